"""`simkit validate`: every mistake of scenario files by line, and what is worth a second look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from simkit.cli.group import BAD_INPUT, DOES_NOT_HOLD, FINE
from simkit.cli.options import FILES, load, output_options
from simkit.cli.output import Output, as_json
from simkit.cli.terminal import Terminal, complaints
from simkit.errors import InputError, Problem, ScenarioError

if TYPE_CHECKING:
    from simkit.scenario import Scenario

CHECKS = ("text", "json")


@dataclass(frozen=True, slots=True)
class Finding:
    """What `validate` found out about one file: mistakes, and (in a sound file) what is worth a second look."""

    file: str
    says: str
    error: InputError | None = None
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> Mapping[str, Any]:
        """The finding as plain data."""
        return {
            "file": self.file,
            "valid": self.error is None,
            "summary": self.says,
            "problems": [_plain(problem) for problem in _problems(self.error, self.file)],
            "warnings": list(self.warnings),
        }


@click.command(short_help="Check scenario files; every mistake by line.")
@click.argument("scenarios", nargs=-1, required=True, type=FILES, metavar="SCENARIO...")
@click.option("--strict", is_flag=True, help="Exit with 1 where a sound file has warnings.")
@output_options(CHECKS)
@click.pass_obj
def validate(terminal: Terminal, scenarios: tuple[str, ...], strict: bool, format_: str | None, out: str) -> int:
    """Check scenario files, and name every mistake with its line and column.

    A broken file ends with exit code 2. Warnings are what a sound file should not have: a task that needs what its
    identity is not entitled to, a file without goals.

    \b
    Examples:
      simkit validate scenario.yaml
      simkit validate --strict scenarios/*.yaml
      simkit validate --format json - < scenario.yaml
    """
    output = Output.planned(terminal, "validate", (format_, out), *scenarios, formats=CHECKS)
    findings = [_checked(file) for file in dict.fromkeys(scenarios)]
    if output.format == "json":
        output.text(as_json("validate", {"files": [finding.to_dict() for finding in findings]}))
    else:
        _tell(output, findings)
    if any(finding.error for finding in findings):
        return BAD_INPUT
    return DOES_NOT_HOLD if strict and any(finding.warnings for finding in findings) else FINE


def _checked(file: str) -> Finding:
    try:
        scenario = load(file)
    except InputError as error:
        count = len(_problems(error, file))
        return Finding(file, f"{file}: {count} mistake{'s' if count != 1 else ''}", error)
    return Finding(file, f"{file}: {_inventory(scenario)}", None, tuple(_warnings(scenario)))


def _tell(output: Output, findings: list[Finding]) -> None:
    """Mistakes and warnings go where errors go; standard output says what is sound."""
    for finding in findings:
        if finding.error is not None:
            complaints(finding.error)
        for warning in finding.warnings:
            output.terminal.note(f"warning: {finding.file}: {warning}")
    sound = [finding.says for finding in findings if finding.error is None]
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


def _warnings(scenario: Scenario) -> list[str]:
    from simkit.policies import sessions

    made = sessions(scenario.model, scenario.grant_policy(), rotation_period=scenario.response.rotation_period)
    warnings = [str(broken) for broken in made.broken]
    if not scenario.goals:
        warnings.append("no goal says what must not happen, so only losses are counted")
    return warnings


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
