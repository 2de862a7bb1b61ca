"""The command line; `simkit/cli/commands/` has its commands.

Exit codes: 0 fine; 1 what was asked about does not hold; 2 bad usage or input; 3 an internal error; 130 stopped.
Results go to standard output, everything else to standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

STOPPED = 130
"""128 + SIGINT, as shells have it: stopped by Ctrl+C."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line on `arguments` (None: those of the process) and exit with its code."""
    try:
        from simkit.cli.commands import simkit
    except KeyboardInterrupt:
        print("error: stopped", file=sys.stderr)
        sys.exit(STOPPED)
    simkit.main(args=None if arguments is None else list(arguments), prog_name="simkit")
