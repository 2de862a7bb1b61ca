"""`simkit diff`: what differs between two scenarios, in words, and what that changes in the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simkit.cli.group import DOES_NOT_HOLD, FINE
from simkit.cli.options import (
    FILES,
    every_run_options,
    load,
    output_options,
    policies_option,
)
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal
from simkit.errors import QuestionError

if TYPE_CHECKING:
    from simkit.history import ScenarioDiff


@click.command(short_help="What differs between two scenarios, in words, and what it changes.")
@click.argument("before", type=FILES, metavar="SCENARIO")
@click.argument("after", type=FILES, metavar="[OTHER]", required=False)
@click.option("--against", metavar="REVISION",
              help="Hold SCENARIO against what it was where this git branch was left; without OTHER.")  # fmt: skip
@click.option("--no-answer", is_flag=True, help="Only the words; replay nothing.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 where something differs.")
@policies_option("Under which policies attacks are replayed. Default: that in force in each.")
@every_run_options
@output_options()
@click.pass_obj
def diff(
    terminal: Terminal,
    before: str,
    after: str | None,
    against: str | None,
    no_answer: bool,
    exit_code: bool,
    policies: tuple[str, ...] | None,
    entry_points: tuple[str, ...] | None,
    trials: int,
    seed: int,
    threads: int | None,
    format_: str | None,
    out: str,
) -> int:
    """Tell what OTHER says otherwise than SCENARIO, in words: what came, what went, what was renamed, which chances,
    dials and lifetimes changed, each with its line, and what gives somebody more or less.

    Then what that changes in the answer: each measure that moves, paired sample by sample, and the part of the change
    that made it worse. With --against the other one is SCENARIO itself as it was at a git revision.

    \b
    Examples:
      simkit diff before.yaml after.yaml
      simkit diff scenario.yaml --against origin/main
      simkit diff scenario.yaml --against HEAD --no-answer --exit-code
      simkit diff before.yaml after.yaml --policies rbac,jit --out diff.md
    """
    if (after is None) == (against is None):
        raise QuestionError("a diff is between two scenarios: name OTHER, or a git revision with --against")
    output = Output.planned(terminal, "diff", (format_, out), *filter(None, (before, after)))
    asked = {"answer": not no_answer, "policies": policies, "entry_points": entry_points}
    with terminal.working("holding one against the other"):
        found = _found(before, after, against, {**asked, "trials": trials, "seed": seed, "threads": threads})
    output.result(found)
    return FINE if found.is_same or not exit_code else DOES_NOT_HOLD


def _found(before: str, after: str | None, against: str | None, asked: dict[str, object]) -> ScenarioDiff:
    from simkit.checks.revision import at_revision
    from simkit.history import diff as held

    if after is not None:
        return held(load(before), load(after), **asked)  # type: ignore[arg-type]
    if before == "-":
        raise QuestionError("standard input has no git revision: name the scenario's file")
    now = load(before)
    with at_revision(str(against), [before]) as then:
        old = then.scenario(before)
        if old is None:
            raise QuestionError(f"{before} was not there at {against}: name another revision")
        return held(old, now, names=(then.as_git_says(old.file), before), **asked)  # type: ignore[arg-type]
