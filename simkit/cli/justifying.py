"""The commands that weigh controls against what they cost: ablate, privilege, evidence, study."""

from __future__ import annotations

import click

from simkit.cli.asking import entry_through
from simkit.cli.checking import scenario_files
from simkit.cli.options import (
    LARGEST_SEED,
    WholeNumber,
    complete_policies,
    entry_points_option,
    every_run_options,
    load,
    names,
    output_options,
    policy_option,
    run_options,
    scenario_argument,
    threads_option,
)
from simkit.cli.output import Answer, Output
from simkit.cli.screen import Screen
from simkit.errors import every


@click.command(short_help="What each dial of the policy buys, and what it costs.")
@scenario_argument
@click.option("--from", "from_policy", metavar="NAME", shell_complete=complete_policies,
              help="The grant policy to start from. Default: the one in force.")  # fmt: skip
@click.option("--to", "to_policy", metavar="NAME", shell_complete=complete_policies, default="zero-standing",
              show_default=True, help="The grant policy to go to.")  # fmt: skip
@run_options
@click.option("--every", is_flag=True, help="Show every combination of dials, too.")
@output_options()
@click.pass_obj
def ablate(
    screen: Screen,
    scenario: str,
    from_policy: str | None,
    to_policy: str,
    entry_point: str | None,
    trials: int,
    seed: int,
    threads: int | None,
    every: bool,
    format_: str | None,
    out: str,
) -> None:
    """Move the dials from one policy to another, one at a time and in every combination.

    The reduction in the mean value lost is attributed to each dial by Shapley value, so that the parts add up to the
    whole; beside it stands what each costs, and curves over remediation lag and token lifetime.

    \b
    Examples:
      simkit ablate scenario.yaml
      simkit ablate scenario.yaml --from rbac --to task-scoped --entry-point leaked-key
      simkit ablate scenario.yaml --every --format markdown -o ablation.md
    """
    import simkit.ablation

    output = Output.planned(screen, "ablate", (format_, out), scenario)
    world = load(scenario)
    entry = entry_through(screen, world, entry_point)
    with screen.working("replaying every combination of dials"):
        found = simkit.ablation.ablate(world, entry, from_policy, to_policy, trials=trials, seed=seed, threads=threads)
    tables = tuple(found.tables())
    shown = Answer(found.summary, (*tables, found.combinations_table()), found.to_dict()) if every else found
    output.result(shown)


@click.command(short_help="What is granted, needed and used.")
@scenario_argument
@policy_option
@output_options()
@click.pass_obj
def privilege(screen: Screen, scenario: str, policy: str | None, format_: str | None, out: str) -> None:
    """Hold what identities are granted against what tasks need and observed runs used.

    Nothing is replayed. What no declared task needs and no run used can go first, as far as the evidence goes: how
    many runs there are, of which tasks, and how often a use could have been missed.

    \b
    Examples:
      simkit privilege scenario.yaml
      simkit privilege scenario.yaml --policy task-scoped --format json
    """
    import simkit.privilege

    output = Output.planned(screen, "privilege", (format_, out), scenario)
    output.result(simkit.privilege.over_privilege(load(scenario), policy))


@click.command(short_help="What was measured of the controls of public frameworks.")
@scenario_argument
@policy_option
@every_run_options
@click.option("--frameworks", metavar="A,B,...", callback=names, help="Only these, such as 'NIST CSF'. Default: all.")
@output_options()
@click.pass_obj
def evidence(
    screen: Screen,
    scenario: str,
    policy: str | None,
    entry_points: tuple[str, ...] | None,
    trials: int,
    seed: int,
    threads: int | None,
    frameworks: tuple[str, ...] | None,
    format_: str | None,
    out: str,
) -> None:
    """List controls of public frameworks with what was measured of each in this scenario, and those without evidence.

    All entry points are replayed unless some are named, under the policy and with each dial at each other setting. A
    measurement is relevant to a control; it never shows that the control is met.

    \b
    Examples:
      simkit evidence scenario.yaml
      simkit evidence scenario.yaml --frameworks 'NIST CSF,OWASP NHI Top 10'
      simkit evidence scenario.yaml --format markdown -o evidence.md
    """
    import simkit.controls

    output = Output.planned(screen, "evidence", (format_, out), scenario)
    world = load(scenario)
    with screen.working("replaying each dial at each setting"):
        found = simkit.controls.evidence(
            world, policy, entry_points=entry_points, frameworks=frameworks, trials=trials, seed=seed, threads=threads
        )
    output.result(found)


@click.command(short_help="One grant design against another over many scenarios.")
@click.argument("scenarios", nargs=-1, required=True, type=click.Path())
@click.option("--weak", metavar="NAME", default="rbac", show_default=True, shell_complete=complete_policies,
              help="The grant policy that the other is held against.")  # fmt: skip
@click.option("--strong", metavar="NAME", default="task-scoped", show_default=True, shell_complete=complete_policies,
              help="The grant policy whose worth is in question.")  # fmt: skip
@entry_points_option
@click.option("--trials", "-n", type=WholeNumber(min=1), default=1000, show_default=True,
              help="How many times each attack is replayed.")  # fmt: skip
@click.option("--seed", type=WholeNumber(0, LARGEST_SEED), default=0, show_default=True,
              help="The same seed gives the same answer, on any number of threads.")  # fmt: skip
@threads_option
@output_options()
@click.pass_obj
def study(
    screen: Screen,
    scenarios: tuple[str, ...],
    weak: str,
    strong: str,
    entry_points: tuple[str, ...] | None,
    trials: int,
    seed: int,
    threads: int | None,
    format_: str | None,
    out: str,
) -> None:
    """Hold one grant design against another over every attack of SCENARIOS: files, or folders, in which every YAML
    file that begins a scenario counts.

    Shows blast radius, utility and overhead, and, as a table of its own, where the stronger design does not help.

    \b
    Examples:
      simkit study scenarios --out study.md
      simkit study a.yaml b.yaml --weak rbac --strong jit
    """
    import simkit.studies

    files = scenario_files(scenarios)
    output = Output.planned(screen, "study", (format_, out), *files)
    worlds = every(load, files)
    with screen.working(f"replaying the attacks of {len(worlds)} scenarios"):
        found = simkit.studies.study(
            worlds, weak, strong, entry_points=entry_points, trials=trials, seed=seed, threads=threads
        )
    output.result(found)
