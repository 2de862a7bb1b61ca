"""`simkit check`: the gate for CI, red when an expectation is not shown to hold or the blast radius grows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from simkit.cli.cautions import cautions
from simkit.cli.endings import ending_says, format_of
from simkit.cli.group import DOES_NOT_HOLD, FINE
from simkit.cli.options import (
    LARGEST_SEED,
    WholeNumber,
    entry_points_option,
    listening_options,
    load,
    policies_option,
    set_option,
    threads_option,
)
from simkit.cli.output import Answer, Output, check_out
from simkit.cli.scenario_files import scenario_files
from simkit.cli.settings import Settings, settings
from simkit.cli.terminal import Terminal
from simkit.errors import InputError, QuestionError, every

if TYPE_CHECKING:
    from simkit.checks import CheckReport


def _share(_: click.Context, option: click.Parameter, given: str) -> float:
    """A share as people write it: 1% or 0.01."""
    from simkit.scenario.units import bound

    text = given.strip()
    try:
        return bound(text if text.endswith("%") else float(text))
    except ValueError:
        raise click.BadParameter(f"{given!r} is no share: write 1% or 0.01", param=option) from None


FORMATS = ("text", "json", "markdown", "sarif", "junit", "csv", "html")


@click.command(short_help="Fail when an expectation breaks or the blast radius grows.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@set_option
@click.option("--baseline", "-b", metavar="FILE", help="Hold the blast radius against what this file stores.")
@click.option("--against", metavar="REVISION", help="Hold it against what it was where this git branch was left.")
@click.option("--update", is_flag=True, help="Renew the baseline: write it anew, and hold nothing against it.")
@click.option("--reason", default="", metavar="TEXT", help="Why an update takes away what scenarios are held to.")
@click.option("--fail-on-widen", is_flag=True, help="Fail on any right that is wider than before, too.")
@click.option("--fail-on", default="low", metavar="SEVERITY",
              help="Fail on findings as severe as this: critical, high, medium, low. Default: low.")  # fmt: skip
@click.option("--new-only", is_flag=True, help="Pass promises that were broken before, too.")
@click.option("--tolerance", default="0", metavar="SHARE", callback=_share,
              help="How much more is no growth: points of a chance, shares of all else. Default: 0.")  # fmt: skip
@click.option("--suppressions", metavar="FILE", help="Findings that are accepted, each with a reason and a last day.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if something fails.")
@policies_option("What a new baseline holds. Default: that in force, and those that expectations name.")
@click.option("--trials", "-n", type=WholeNumber(min=1), default=None,
              help="How many times each attack is replayed. Default: what the baseline says, else 1000.")  # fmt: skip
@click.option("--seed", type=WholeNumber(0, LARGEST_SEED), default=None,
              help="The same seed gives the same answer. Default: what the baseline says, else 0.")  # fmt: skip
@threads_option
@entry_points_option
@click.option("--format", "-f", "formats", multiple=True, type=click.Choice(FORMATS),
              help="How to write the report; may be given again. Default: as --out ends, else text.")  # fmt: skip
@click.option("--out", "--output-file-path", "-o", "outs", multiple=True, metavar="FILE",
              help="Where to write it; may be given again. Default: standard output.")  # fmt: skip
@listening_options
@click.pass_obj
def check(
    terminal: Terminal,
    /,
    paths: tuple[str, ...],
    baseline: str | None,
    update: bool,
    reason: str,
    policies: tuple[str, ...] | None,
    suppressions: str | None,
    exit_zero: bool,
    formats: tuple[str, ...],
    outs: tuple[str, ...],
    **asked: Any,
) -> int:
    """Judge what scenarios expect of themselves, and hold their blast radius against a baseline.

    PATH is a scenario file, `-`, or a folder, in which every YAML file that begins a scenario counts. An expectation
    holds if its whole interval keeps the bound; where the interval holds the bound, the check says how many trials
    would tell, and fails. Growth is paired, sample by sample, and blamed on the entitlement, credential or trust edge
    that did it. What a scenario was held to and is no longer (an expectation, an entry point, a goal, a value, a
    chance) is red too, unless the baseline holds the reason. What is wrong is told as findings, one for each cause,
    each with a severity and a name by which a file of suppressions accepts it up to a day. Without PATH and --baseline,
    those of [tool.simkit.check] in pyproject.toml count.

    \b
    Examples:
      simkit check scenarios/                                       only what the scenarios expect
      simkit check scenarios/ --baseline results/baseline.json --update
      simkit check scenarios/ --baseline results/baseline.json      in CI
      simkit check scenarios/ --against origin/main                 in CI, with nothing stored
      simkit check scenarios/ -b results/baseline.json --update --reason "the old bot is retired"
      simkit check scenarios/ --against origin/main --tolerance 1% --fail-on high --suppressions accepted.yaml
      simkit check scenario.yaml --format text --format sarif --out simkit.sarif
    """
    project = settings()
    files = scenario_files(paths or [project.path(name) for name in project.checking.get("paths", ())])
    own = baseline is None and asked["against"] is None and "-" not in files
    stored = _own_baseline(project) if own else baseline
    chosen = policies or (tuple(project.checking["policies"]) if "policies" in project.checking and update else None)
    written = pairs(formats, outs)
    for _, out in written:
        check_out(out, *files, *([stored] if stored else []))
    if stored is not None and update:
        check_out(stored, *files, option="--baseline")
    if update and stored is None:
        raise QuestionError("--update has no baseline to renew: name it with --baseline")
    if chosen is not None and stored is None:
        raise QuestionError("--policies says what a baseline holds, and there is none: name it with --baseline")
    if stored is not None and not update and not os.path.exists(stored):
        told = f"there is no baseline {stored!r}"
        raise InputError(f"{told}: make it with `simkit check SCENARIO --baseline {stored} --update`")
    if reason and not update:
        raise QuestionError("--reason says why --update takes something away: give both, or leave it out")
    own_list = project.checking.get("suppressions")
    asked |= {"policies": chosen, "baseline": stored, "update": update, "reason": reason}
    asked["suppressions"] = suppressions or (project.path(own_list) if own_list else None)
    report = _checked(terminal, files, asked)
    _tell(terminal, report, written)
    _caution(terminal, files)
    return DOES_NOT_HOLD if report.failed and not exit_zero else FINE


def _checked(
    terminal: Terminal,
    files: list[str],
    asked: dict[str, Any],
) -> CheckReport:
    import simkit.checks

    if terminal.changes and asked["update"]:
        raise QuestionError("--set asks what if, and a baseline stores what is: leave out --set or --update")
    worlds = every(load, files) if terminal.changes else files
    with terminal.working(f"checking {len(files)} scenarios"):
        return simkit.checks.check(worlds, **asked)


def _caution(terminal: Terminal, files: list[str]) -> None:
    """What the linter asks about each file; standard input is gone by now."""
    for file in files if not terminal.quiet else ():
        if file != "-" and (said := cautions(load(file)).caution):
            terminal.note(f"note: {file}: {said}")


def _own_baseline(project: Settings) -> str | None:
    return project.path(project.checking["baseline"]) if project.checking.get("baseline") else None


def pairs(formats: Iterable[str], outs: Iterable[str]) -> list[tuple[str, str]]:
    """Each format with where it goes: to the file whose name says it, else in order; one may go to standard output.

    >>> pairs(["text", "sarif"], ["simkit.sarif"])
    [('sarif', 'simkit.sarif'), ('text', '-')]
    >>> pairs(["json", "sarif"], ["checked.json", "found.json"])
    [('json', 'checked.json'), ('sarif', 'found.json')]
    """
    wanted, files = list(formats), list(outs)
    if not wanted:
        made = [(format_of(out, FORMATS), out) for out in files] or [("text", "-")]
    elif len(wanted) == len(files) and sorted(wanted) != sorted(map(_says, files)):
        made = list(zip(wanted, files, strict=True))
    else:
        made = _by_name(wanted, files)
    if sum(out == "-" for _, out in made) > 1:
        raise QuestionError("two formats cannot share standard output: give an --out for each --format but one")
    places = [os.path.realpath(out) for _, out in made]
    twice = next((out for place, (_, out) in zip(places, made, strict=True) if places.count(place) > 1), None)
    if twice is not None:
        raise QuestionError(f"--out {twice} is given twice, and would hold only the last: name two files")
    return made


def _by_name(left: list[str], outs: Iterable[str]) -> list[tuple[str, str]]:
    free, made = list[str](), list[tuple[str, str]]()
    for out in outs:
        if _says(out) in left:
            left.remove(_says(out))
            made.append((_says(out), out))
        else:
            free.append(out)
    if len(free) > len(left):
        raise QuestionError(f"--out {free[-1]} has no format: give a --format for each --out")
    return [*made, *zip(left, [*free, *["-"] * (len(left) - len(free))], strict=True)]


def _says(out: str) -> str:
    return ending_says(out, FORMATS)


def _tell(terminal: Terminal, report: CheckReport, written: list[tuple[str, str]]) -> None:
    """Every format to its place; where none of them is for people to read now, they still hear what failed."""
    for name, out in written:
        output = Output(terminal, "check", name, out)
        if name in ("text", "csv", "html"):
            said = report.sentences if terminal.quiet else _advice(report)
            output.result(Answer(report.summary, tuple(report.tables()), {}), said)
        else:
            output.text(_writers()[name](report))
    if report.failed and all(out != "-" for _, out in written):
        terminal.note("\n".join([report.summary, *report.sentences]))


def _advice(report: CheckReport) -> list[str]:
    """What to type where too few trials cannot tell."""
    return [
        advice.replace("would tell.", f"would tell (--trials {verdict.needed}).").replace("an update", "--update")
        for advice, (_, verdict) in zip(report.advice, report.unsure, strict=True)
    ]


def _writers() -> dict[str, Callable[[CheckReport], str]]:
    from simkit import checks as artifacts

    return {
        "json": artifacts.json_report,
        "markdown": artifacts.comment,
        "sarif": artifacts.sarif,
        "junit": artifacts.junit,
    }
