"""Is there somebody at the other end of the kernel?"""

from __future__ import annotations

import sys
from typing import Any


def watched() -> bool:
    """True in a cell that a person runs: the front end says that it could answer a question (`allow_stdin` of the
    Jupyter message `execute_request`). What runs a notebook through, such as nbconvert and nbclient, cannot answer."""
    message = _request()
    return bool(message.get("content", {}).get("allow_stdin", False))


def _request() -> dict[str, Any]:
    """The message that asked for this cell; empty outside a Jupyter kernel."""
    interactive = sys.modules.get("IPython")  # where nobody loaded it there is no kernel
    shell = interactive.get_ipython() if interactive else None
    kernel = getattr(shell, "kernel", None)
    return dict(kernel.get_parent("shell") or {}) if kernel is not None else {}
