"""How a checkout of an older build is run beside this one, in a process of its own."""

from __future__ import annotations

import os
from pathlib import Path


def older_build(checkout: Path, folder: Path) -> dict[str, str]:
    """The environment in which `import simkit` is that of `checkout`; what it asks for is written into `folder`: builds
    from before the distribution had a name of its own ask for the version of one named `simkit`."""
    named = folder / "simkit-0.dist-info"
    named.mkdir(exist_ok=True)
    (named / "METADATA").write_text("Metadata-Version: 2.1\nName: simkit\nVersion: 0\n", "utf-8")
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(checkout), str(folder)))}
