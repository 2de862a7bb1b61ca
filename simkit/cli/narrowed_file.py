"""The narrower scenario as a file: refused before any work where it cannot be written, read back before it is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from simkit.cli.endings import format_of
from simkit.cli.output import check_out
from simkit.cli.terminal import Terminal
from simkit.errors import InputError

if TYPE_CHECKING:
    from simkit.scenario import Scenario


def check_write(write: str | None, out: str, scenario: str) -> None:
    """Raises InputError, before any work, where the narrowed scenario cannot be written."""
    if write is None:
        return
    if write == "-":
        raise InputError("--write -: the answer stands on standard output already: name a file")
    check_out(write, scenario, option="--write")
    format_of(write, ("yaml",), option="--write")
    if out != "-" and os.path.realpath(out) == os.path.realpath(write):
        raise InputError(f"--write {write} is where --out writes the answer: name two files")


def write_scenario(terminal: Terminal, narrowed: Scenario, write: str | None, more: str = "") -> None:
    """Write `narrowed`, once it has been read back."""
    if write is None:
        return
    from simkit.files import write as write_file
    from simkit.scenario import dump, loads

    text = dump(narrowed)
    loads(text, write)
    write_file(write, text)
    terminal.note(f"note: wrote {write}{more}")
