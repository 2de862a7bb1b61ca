"""The commands that attack a scenario: run, compare, rank, paths."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from simkit.cli.conditions import Condition, conditions
from simkit.cli.group import DOES_NOT_HOLD, FINE
from simkit.cli.options import (
    WholeNumber,
    complete_goals,
    complete_policies,
    engine_option,
    load,
    names,
    output_options,
    policy_option,
    run_options,
    scenario_argument,
    scheduler_option,
    threads_option,
)
from simkit.cli.output import Answer, Output
from simkit.cli.screen import Screen

if TYPE_CHECKING:
    from simkit.blast_radius import AttackPaths
    from simkit.scenario import Scenario

GOAL_RULE = "objective"
"""The rule of the step that says a goal is reached: nothing that an attacker does."""


def entry_through(screen: Screen, scenario: Scenario, name: str | None) -> str:
    """The entry point called `name`; without a name the first in the file, and a note where there are more."""
    chosen = scenario.entry_point(name).name
    others = [other for other in scenario.entry_points if other != chosen]
    if name is None and others:
        shown = ", ".join(others[:5]) + (", ..." if len(others) > 5 else "")
        screen.note(f"note: through {chosen}, the first entry point; --entry-point chooses another: {shown}")
    return chosen


@click.command(short_help="The blast radius under one policy.")
@scenario_argument
@policy_option
@run_options
@scheduler_option
@click.option(
    "--fail-if",
    "fail_if",
    multiple=True,
    metavar="CONDITION",
    callback=conditions,
    help="Exit with 1 if this holds, such as 'customers-leaked > 5%' or 'value-lost >= 100'. May be given again.",
)
@output_options()
@click.pass_obj
def run(
    screen: Screen,
    scenario: str,
    policy: str | None,
    entry_point: str | None,
    trials: int,
    seed: int,
    threads: int | None,
    scheduler: str | None,
    fail_if: tuple[Condition, ...],
    format_: str | None,
    out: str,
) -> int:
    """Replay the attack, and show the blast radius: what is lost, how often, and how fast.

    A condition of --fail-if names a measure, as `expect` in a scenario does: a goal, a resource or a resource:impact
    (its chance), `value-lost` (the mean), `value-lost-p95`, `worst-case`, `goals-reached` or `contained`; then >, >=, <
    or <=, then a number or a share in %. It is judged with the whole interval: where that holds the limit, it fails.

    \b
    Examples:
      simkit run scenario.yaml
      simkit run scenario.yaml --policy task-scoped --trials 10000
      simkit run scenario.yaml --entry-point poisoned-ticket --format json -o result.json
      simkit run scenario.yaml --fail-if 'customers-leaked > 5%'       a gate for CI
    """
    import simkit.simulation

    output = Output.planned(screen, "run", (format_, out), scenario)
    world = load(scenario)
    for condition in fail_if:
        condition.check(world)
    entry = entry_through(screen, world, entry_point)
    with screen.working(f"replaying {trials:,} trials"):
        result = simkit.simulation.simulate(
            world, policy, entry_point=entry, trials=trials, seed=seed, threads=threads, executor=scheduler
        )
    verdicts = [condition.judge(result) for condition in fail_if]
    output.result(result, [verdict.sentence for verdict in verdicts])
    return DOES_NOT_HOLD if any(verdict.failed for verdict in verdicts) else FINE


@click.command(short_help="The same attack under several policies.")
@scenario_argument
@click.option(
    "--policies",
    metavar="A,B,...",
    callback=names,
    shell_complete=complete_policies,
    help="The grant policies to compare. Default: those that the scenario says, else all.",
)
@click.option(
    "--against",
    metavar="NAME",
    shell_complete=complete_policies,
    help="The policy that the others are measured against. Default: the one in force.",
)
@run_options
@scheduler_option
@output_options()
@click.pass_obj
def compare(
    screen: Screen,
    scenario: str,
    policies: tuple[str, ...] | None,
    against: str | None,
    entry_point: str | None,
    trials: int,
    seed: int,
    threads: int | None,
    scheduler: str | None,
    format_: str | None,
    out: str,
) -> None:
    """Replay the same attack under several grant policies, and show what each prevents and what it costs.

    Every policy meets the same fates, so that small differences show; one whose interval holds zero is called no
    difference. Tasks that a policy breaks are listed beside what it saves, and do not fail the command.

    \b
    Examples:
      simkit compare scenario.yaml
      simkit compare scenario.yaml --policies rbac,jit,task-scoped --against rbac
      simkit compare scenario.yaml --entry-point leaked-key --format markdown -o comparison.md
    """
    import simkit.simulation

    output = Output.planned(screen, "compare", (format_, out), scenario)
    world = load(scenario)
    entry = entry_through(screen, world, entry_point)
    with screen.working(f"replaying {trials:,} trials under each policy"):
        result = simkit.simulation.compare(
            world,
            policies,
            entry_point=entry,
            trials=trials,
            seed=seed,
            threads=threads,
            executor=scheduler,
            against=against,
        )
    output.result(result)


@click.command(short_help="Which credential or identity is the worst to lose.")
@scenario_argument
@policy_option
@threads_option
@scheduler_option
@engine_option
@output_options()
@click.pass_obj
def rank(
    screen: Screen,
    scenario: str,
    policy: str | None,
    threads: int | None,
    scheduler: str | None,
    engine: str,
    format_: str | None,
    out: str,
) -> None:
    """Rank everything that could leak or be taken over by what an attacker could reach from it.

    The worst case: time, chances and alerts are left aside, so there is nothing to draw and no seed.

    \b
    Examples:
      simkit rank scenario.yaml
      simkit rank scenario.yaml --policy static-secrets --format json
    """
    import simkit.simulation

    output = Output.planned(screen, "rank", (format_, out), scenario)
    world = load(scenario)
    with screen.working("ranking"):
        result = simkit.simulation.rank(world, policy, threads=threads, executor=scheduler, engine=engine)
    output.result(result)


@click.command(short_help="How the attacker reaches the goals.")
@scenario_argument
@policy_option
@run_options
@click.option("--goal", "-g", metavar="NAME", shell_complete=complete_goals, help="Only paths to this goal.")
@click.option("--limit", type=WholeNumber(min=1), default=10, show_default=True, help="How many paths to show.")
@click.option(
    "--standards",
    is_flag=True,
    help="Add what the steps are relevant to in ATT&CK, ATLAS and the OWASP lists for agents and non-human identities.",
)
@output_options()
@click.pass_obj
def paths(
    screen: Screen,
    scenario: str,
    policy: str | None,
    entry_point: str | None,
    trials: int,
    seed: int,
    threads: int | None,
    goal: str | None,
    limit: int,
    standards: bool,
    format_: str | None,
    out: str,
) -> None:
    """Show how the attacker reached the goals: chains of steps, the most frequent first.

    \b
    Examples:
      simkit paths scenario.yaml
      simkit paths scenario.yaml --goal customers-leaked --limit 3
      simkit paths scenario.yaml --standards
      simkit paths scenario.yaml --policy jit --format json
    """
    import simkit.simulation

    output = Output.planned(screen, "paths", (format_, out), scenario)
    world = load(scenario)
    entry = entry_through(screen, world, entry_point)
    with screen.working(f"replaying {trials:,} trials"):
        result = simkit.simulation.simulate(world, policy, entry_point=entry, trials=trials, seed=seed, threads=threads)
        found = result.paths(goal, limit=limit)
    answer = with_standards(found) if standards else found
    output.result(answer)


def with_standards(paths: AttackPaths) -> Answer:
    """`paths`, and what the rules of their steps are relevant to in the public lists."""
    from simkit.standards import crosswalk, of

    rules = sorted({step.rule for path in paths for step in path.steps} - {GOAL_RULE})
    entries = {rule: [asdict(reference) for reference in of(rule)] for rule in rules}
    tables = (*paths.tables(), crosswalk(rules))
    return Answer(paths.summary, tables, {**paths.to_dict(), "standards": entries})
