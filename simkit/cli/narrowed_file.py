"""The narrower scenario as a file: the least of its text changed, read back before it is written."""

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
    """Raises InputError, before any work, where the narrowed scenario cannot be written. It may be written over the
    file that it was read from: then that is changed in place."""
    if write is None:
        return
    if write == "-":
        raise InputError("--write -: the answer stands on standard output already: name a file")
    check_out(write, option="--write")
    format_of(write, ("yaml", "json") if _is(write, scenario) else ("yaml",), option="--write")
    if out != "-" and os.path.realpath(out) == os.path.realpath(write):
        raise InputError(f"--write {write} is where --out writes the answer: name two files")


def _is(write: str, scenario: str) -> bool:
    return scenario != "-" and os.path.exists(write) and os.path.exists(scenario) and os.path.samefile(write, scenario)


def write_scenario(
    terminal: Terminal, scenario: Scenario, narrowed: Scenario, write: str | None, more: str = ""
) -> None:
    """Write `narrowed`, once it has been read back: over the files that `scenario` was read from, of which the least is
    changed, or to a file of its own."""
    if write is None:
        return
    from simkit.files import write as write_file

    texts = _in_place(terminal, scenario, narrowed) if _is(write, scenario.file) else {write: _copy(scenario, narrowed)}
    for name, text in texts.items():
        write_file(name, text)
    terminal.note(f"note: wrote {', '.join(texts) or 'nothing, for nothing changes'}{more}")


def difference(scenario: Scenario, narrowed: Scenario) -> str:
    """What to change in the files of `scenario`, as a diff that `git apply` takes. Raises InputError where it was not
    read from a file."""
    from simkit.patch import smallest_change

    return smallest_change(scenario, narrowed).diff


def _in_place(terminal: Terminal, scenario: Scenario, narrowed: Scenario) -> dict[str, str]:
    from simkit.patch import smallest_change

    found = smallest_change(scenario, narrowed)
    if not found.in_place:
        terminal.note(f"note: {scenario.file} could not be changed in place ({found.why}): it is written anew")
    return {name: new for name, (_, new) in found.files.items()}


def _copy(scenario: Scenario, narrowed: Scenario) -> str:
    """The text of a file of its own: that of the scenario, with the least of it changed, where it is one file."""
    from simkit.scenario import dump, loads

    if changed := _changed_text(scenario, narrowed):
        return changed
    text = dump(narrowed)
    loads(text, scenario.file)
    return text


def _changed_text(scenario: Scenario, narrowed: Scenario) -> str:
    """Empty where the scenario is no YAML file, or several."""
    from simkit.files import decoded, read
    from simkit.patch import smallest_change

    raw = scenario.document.value if scenario.document else None
    if scenario.file in ("", "-", "<text>") or scenario.file.endswith(".json") or not isinstance(raw, dict):
        return ""
    if "include" in raw or isinstance(raw.get("observed"), str):
        return ""  # what it names lies beside it, not beside the other file
    found = smallest_change(scenario, narrowed).files
    return found[scenario.file][1] if found else decoded(read(scenario.file), scenario.file)
