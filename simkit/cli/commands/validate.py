"""`simkit validate`: every mistake of scenario files by line, and every question of the linter."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from simkit.cli.group import BAD_INPUT, DOES_NOT_HOLD, FINE
from simkit.cli.options import load, output_options
from simkit.cli.output import Answer, Output, as_json
from simkit.cli.scenario_files import scenario_files
from simkit.cli.terminal import Terminal, complain
from simkit.errors import InputError, Problem, ScenarioError
from simkit.table import Table

if TYPE_CHECKING:
    from simkit.linter import LintReport
    from simkit.scenario import Scenario


Row = tuple[str, str, str]
"""A place, a code (or `mistake`), and what it says."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What `validate` found out about one file: mistakes, or (in a sound file) what the linter asks. `told` are the
    rows of files before: a part that several scenarios include is wrong once."""

    file: str
    says: str
    error: InputError | None = None
    report: LintReport | None = None
    told: frozenset[Row] = frozenset()

    @property
    def warnings(self) -> int:
        """How many warnings there are."""
        return len(self.report) if self.report is not None else 0

    def to_dict(self) -> Mapping[str, Any]:
        """The inspection as plain data."""
        asked = self.report.to_dict() if self.report is not None else {}
        return {
            "file": self.file,
            "valid": self.error is None,
            "summary": self.says,
            "problems": [_plain(problem) for problem in _problems(self.error, self.file)],
            "warnings": asked.get("warnings", []),
            "silenced": asked.get("silenced", []),
        }

    def rows(self) -> Iterator[Row]:
        """A row for each mistake and each warning that was not told yet: its place, its code and what it says."""
        yield from (row for row in self.every_row() if row not in self.told)

    def every_row(self) -> Iterator[Row]:
        """As `rows`, with those that were."""
        for problem in _problems(self.error, self.file):
            place = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
            yield place, "mistake", problem.message
        for warning in self.report or ():
            yield warning.place, warning.code, warning.message


@click.command(short_help="Check scenario files; every mistake and every doubt by line.")
@click.argument("scenarios", nargs=-1, required=True, type=click.Path(allow_dash=True), metavar="SCENARIO...")
@click.option("--strict", is_flag=True, help="Exit with 1 where a sound file has warnings.")
@output_options()
@click.pass_obj
def validate(terminal: Terminal, scenarios: tuple[str, ...], strict: bool, format_: str | None, out: str) -> int:
    """Check scenario files, or all those in a folder, and name every mistake with its line and column.

    A broken file ends with exit code 2. A sound one is asked about what is probably a slip: an identity without a task,
    an entitlement that grants nothing, a goal that nothing reaches. Each such warning has a code; a comment in the
    file, `# simkit: ignore[code] why`, answers it. docs/lint.md lists them.

    \b
    Examples:
      simkit validate scenario.yaml
      simkit validate --strict scenarios/
      simkit validate --format json - < scenario.yaml
    """
    files = dict.fromkeys(file for path in scenarios for file in _files(path))
    output = Output.planned(terminal, "validate", (format_, out), *files)
    found = _each_once(map(_inspected, files))
    several = len(found) > 1 or any(os.path.isdir(path) for path in scenarios)
    count = _count(found) if several else ""
    if output.format == "json":
        output.text(
            as_json("validate", {"summary": count or found[0].says, "files": [each.to_dict() for each in found]})
        )
    elif output.format != "text":
        output.result(_page(found, count))
    else:
        _tell(output, found, count)
    if any(each.error for each in found):
        return BAD_INPUT
    return DOES_NOT_HOLD if strict and any(each.warnings for each in found) else FINE


def _files(path: str) -> list[str]:
    """A folder stands for what is in it; what is no file is said later, beside the mistakes of the others."""
    return scenario_files([path]) if os.path.isdir(path) else [path]


def _inspected(file: str) -> Inspection:
    import simkit.linter

    try:
        scenario = load(file)
    except InputError as error:
        count = len(_problems(error, file))
        return Inspection(file, f"{file}: {count} mistake{'s' if count != 1 else ''}", error)
    return Inspection(file, f"{file}: {_inventory(scenario)}", None, simkit.linter.lint(scenario))


def _each_once(found: Iterable[Inspection]) -> list[Inspection]:
    """`found`, each knowing what is told before it."""
    told: set[Row] = set()
    made = []
    for each in found:
        made.append(replace(each, told=frozenset(told)))
        told |= set(each.every_row())
    return made


def _count(found: Sequence[Inspection]) -> str:
    """How many files there are, how many of them are sound, and what is in the others."""
    broken = [each for each in found if each.error is not None]
    rows = [row for each in found for row in each.rows()]
    mistakes = sum(code == "mistake" for _, code, _ in rows)
    text = f"{_several(len(found), 'file')}: {len(found) - len(broken)} sound"
    text += f", {len(broken)} with {_several(mistakes, 'mistake')}" if broken else ""
    return text + (f"; {_several(len(rows) - mistakes, 'warning')}." if len(rows) > mistakes else ".")


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _page(found: Sequence[Inspection], count: str) -> Answer:
    """Every file with what was found in it, as one answer."""
    table = Table(("place", "code", "message"), [row for each in found for row in each.rows()])
    says = "; ".join(each.says for each in found)
    return Answer(f"{count} {says}".strip(), (table,) if table.rows else (), {})


def _tell(output: Output, found: Iterable[Inspection], count: str) -> None:
    """Mistakes and warnings go where errors go; standard output says what is sound."""
    sound = []
    for each in found:
        for place, code, message in each.rows():
            if code == "mistake":
                complain(f"{place}: {message}" if isinstance(each.error, ScenarioError) else message)
            else:
                output.terminal.note(f"warning: {place}: {message} [{code}]")
        sound += [each.says] if each.error is None else []
    if count:
        sound.append(count)
    if sound and not (output.terminal.quiet and output.out == "-"):
        output.text("\n".join(sound))


def _inventory(scenario: Scenario) -> str:
    model = scenario.model
    counts = (
        ("identity", "identities", model.identities),
        ("resource", "resources", model.resources),
        ("tool", "tools", model.tools),
        ("credential", "credentials", model.credentials),
        ("task", "tasks", model.tasks),
        ("entry point", "entry points", scenario.entry_points),
        ("goal", "goals", scenario.goals),
    )
    said = ", ".join(f"{len(things)} {one if len(things) == 1 else many}" for one, many, things in counts)
    return f"{scenario.name} is sound: {said}"


def _problems(error: InputError | None, file: str) -> tuple[Problem, ...]:
    if isinstance(error, ScenarioError):
        return error.problems
    return (Problem((), str(error), file=file),) if error else ()


def _plain(problem: Problem) -> Mapping[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line or None,
        "column": problem.column or None,
        "where": list(problem.where),
        "message": problem.message,
    }
