"""What a command has worked out and may be asked about again before it ends.

A library keeps nothing of what it was asked. A command asks several questions about one file: what one of them
compiled answers part of the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_KEPT: ContextVar[dict[str, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, what is told to `remember` is there for `recalled`.

    >>> with remembering():
    ...     remember("answer", 42)
    ...     recalled("answer")
    42
    >>> recalled("answer")
    """
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def remember(what: str, value: Any) -> None:
    """Keep `value` in place of what was kept under this name; without anybody who is `remembering`, nothing is."""
    kept = _KEPT.get()
    if kept is not None:
        kept[what] = value


def recalled(what: str) -> Any:
    """What was kept under this name; None where nothing was."""
    return (_KEPT.get() or {}).get(what)
