"""`simkit impact`: what another grant design would have done to the work that was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simkit.cli.conditions import Condition, conditions
from simkit.cli.group import DOES_NOT_HOLD, FINE
from simkit.cli.options import FILES, complete_policies, load, output_options, scenario_argument
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal
from simkit.errors import QuestionError, nearest
from simkit.table import format_number

if TYPE_CHECKING:
    from simkit.impacts import Impact


@click.command(short_help="What another grant design would have done to real work.")
@scenario_argument
@click.argument("after", required=False, default=None, type=FILES, metavar="[AFTER]")
@click.option("--from", "before_policy", metavar="NAME", shell_complete=complete_policies,
              help="The grant policy of today. Default: the one in force in SCENARIO.")  # fmt: skip
@click.option("--to", "after_policy", metavar="NAME", shell_complete=complete_policies,
              help="The other grant policy. Default: the one in force in AFTER.")  # fmt: skip
@click.option("--fail-if", "fail_if", multiple=True, callback=conditions, metavar="CONDITION",
              help="Exit with 1 if it holds or may: 'stopped > 2%'; denied, asked, allowed, left-out.")  # fmt: skip
@click.option("--fail-on-widen", is_flag=True, help="Exit with 1 if a call or a right is allowed that was not.")
@output_options()
@click.pass_obj
def impact(
    terminal: Terminal,
    scenario: str,
    after: str | None,
    before_policy: str | None,
    after_policy: str | None,
    fail_if: tuple[Condition, ...],
    fail_on_widen: bool,
    format_: str | None,
    out: str,
) -> int:
    """Hold the observed runs of SCENARIO against the grant design of today and against another.

    The other is another policy (--to), another file such as `simkit narrow --write` makes (AFTER), or both. No attack
    is replayed. The answer: which calls are newly denied, asked for or allowed, which runs would have stopped and
    where, and how often a scope that is made of runs is wrong about a run that it was not made of.

    \b
    Examples:
      simkit impact scenario.yaml --from rbac --to task-scoped
      simkit impact scenario.yaml narrowed.yaml --fail-on-widen
      simkit impact scenario.yaml --to task-scoped --fail-if 'stopped > 2%' --format markdown -o impact.md
    """
    from simkit.impacts import SHARES
    from simkit.impacts import impact as held_against

    for each in fail_if:
        if each.name not in SHARES:
            raise QuestionError(
                f"--fail-if {each.text!r}: an impact has no {each.name!r}: {nearest(each.name, SHARES)}"
            )
    output = Output.planned(terminal, "impact", (format_, out), scenario, *([after] if after else []))
    world, other = load(scenario), load(after) if after else None
    with terminal.working(f"holding {len(world.observed):,} runs against both designs"):
        found = held_against(world, other, before_policy=before_policy, after_policy=after_policy)
    judged = [_judged(found, each) for each in fail_if]
    said = [sentence for _, sentence in judged]
    if fail_on_widen:
        said.append(f"{'FAILED' if found.widens else 'passed'}: --fail-on-widen: {_widens(found)}.")
    output.result(found, said)
    failed = any(holds for holds, _ in judged) or (fail_on_widen and found.widens)
    return DOES_NOT_HOLD if failed else FINE


def _judged(found: Impact, condition: Condition) -> tuple[bool, str]:
    """Whether the condition holds or may hold, judged with the whole interval, and the sentence that says so."""
    from simkit.impacts.impact import spread
    from simkit.measures.bound import HEADS

    share = found.share(condition.name)
    status = condition.status(share)
    told = f"{HEADS[status]}: {condition.name} is {spread(share)}, so --fail-if '{condition.text}' "
    if status == "unsure":
        return True, f"{told}may hold: {share.trials:,} are too few to tell, so observe more, or move the bound."
    return status == "fail", told + ("holds." if status == "fail" else "does not hold.")


def _widens(found: Impact) -> str:
    allowed, rights = sum(row.allowed for row in found.rows), len(found.wider)
    return f"{format_number(allowed)} calls are allowed that were not, and {format_number(rights)} rights are wider"
