"""`simkit run`: the blast radius under one policy."""

from __future__ import annotations

import click

from simkit.cli.answer_files import drawn_as
from simkit.cli.beside_money import say_what_is_not_known, with_annual_loss
from simkit.cli.cautions import cautions
from simkit.cli.conditions import Condition, conditions
from simkit.cli.group import DOES_NOT_HOLD, FINE
from simkit.cli.options import (
    entry_through,
    load,
    output_options,
    policy_option,
    run_options,
    scenario_argument,
    scheduler_option,
)
from simkit.cli.output import Output
from simkit.cli.terminal import Terminal


@click.command(short_help="The blast radius under one policy.")
@scenario_argument
@policy_option
@run_options
@scheduler_option
@click.option(
    "--persistent",
    is_flag=True,
    help="Let the attacker try each time, whatever the file says, and show one try beside it.",
)
@click.option(
    "--fail-if",
    "fail_if",
    multiple=True,
    metavar="CONDITION",
    callback=conditions,
    help="Exit with 1 if this holds, such as 'customers-leaked > 5%' or 'value-lost >= 100'. May be given again.",
)
@output_options(pictures=True)
@click.pass_obj
def run(
    terminal: Terminal,
    scenario: str,
    policy: str | None,
    entry_point: str | None,
    trials: int,
    seed: int,
    threads: int | None,
    scheduler: str | None,
    persistent: bool,
    fail_if: tuple[Condition, ...],
    format_: str | None,
    out: str,
) -> int:
    """Replay the attack, and show the blast radius: what is lost, how often, and how fast.

    A condition of --fail-if names a measure, as `expect` in a scenario does: a goal, a resource or a resource:impact
    (its chance), `value-lost` (the mean), `value-lost-p95`, `worst-case`, `goals-reached` or `contained`; then >, >=, <
    or <=, then a number or a share in %. It is judged with the whole interval: where that holds the limit, it fails.
    With --persistent it is judged of who tries each time.

    \b
    Examples:
      simkit run scenario.yaml
      simkit run scenario.yaml --policy task-scoped --trials 10000
      simkit run scenario.yaml --entry-point poisoned-ticket --format json -o result.json
      simkit run scenario.yaml --persistent                            beside one try: a try in each run of a task
      simkit run scenario.yaml --fail-if 'customers-leaked > 5%'       a gate for CI
    """
    from simkit.persistence import Persistence, persist
    from simkit.simulation import simulate

    output = Output.planned(terminal, "run", (format_, out), scenario, pictures=True)
    world = load(scenario)
    for condition in fail_if:
        condition.check(world)
    entry = entry_through(terminal, world, entry_point)
    with terminal.working(f"replaying {trials:,} trials"):
        found = (persist if persistent else simulate)(
            world, policy, entry_point=entry, trials=trials, seed=seed, threads=threads, executor=scheduler
        )
    shown = found.each_time if isinstance(found, Persistence) else found
    verdicts = [condition.judge(shown) for condition in fail_if]
    say_what_is_not_known(terminal, world)
    output.result(
        with_annual_loss(found, [shown], world),
        [verdict.sentence for verdict in verdicts],
        cautions(world, [policy], [entry]),
        picture=drawn_as("over_time", shown),
    )
    return DOES_NOT_HOLD if any(verdict.failed for verdict in verdicts) else FINE
