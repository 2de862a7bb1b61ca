"""The command line; `simkit/cli/commands/` has its commands.

Exit codes: 0 fine; 1 what was asked about does not hold; 2 bad usage or input; 3 an internal error; 130 stopped.
Results go to standard output, everything else to standard error.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

STOPPED = 130
"""128 + SIGINT, as shells have it: stopped by Ctrl+C."""

NEW_OBJECTS = 100_000
"""Garbage is looked for each time so many objects came. A command ends soon and keeps most of what it makes: to look at
every 700, as Python does, took a tenth of a short one, and of compiling the engine."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line on `arguments` (None: those of the process) and exit with its code."""
    before = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS)
    try:
        from simkit.cli.commands import simkit

        simkit.main(args=None if arguments is None else list(arguments), prog_name="simkit")
    except KeyboardInterrupt:
        print("error: stopped", file=sys.stderr)
        sys.exit(STOPPED)
    finally:
        gc.set_threshold(*before)
