"""The command line; `simkit/cli/commands.py` lists its commands.

Exit codes: 0 fine; 1 what was asked about does not hold; 2 bad usage or input; 3 an internal error.
Results go to standard output, everything else to standard error.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line on `arguments` (None: those of the process) and exit with its code."""
    from simkit.cli.commands import simkit

    simkit.main(args=None if arguments is None else list(arguments), prog_name="simkit")
