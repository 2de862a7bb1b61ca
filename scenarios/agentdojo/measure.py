"""Which injection tasks does each grant design leave possible? `python scenarios/agentdojo/measure.py --out FILE`.

Reads the scenarios beside it and writes Markdown. A pair (user task, injection task) counts when the worst case of the
attack graph, entered through what the user task reads, reaches the goal of the injection task.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

from simkit.model import STATE_CHANGING, Model, Task
from simkit.narrowing.granularity import split
from simkit.policies import sessions
from simkit.policies.mining import MinedRoles, mine_roles
from simkit.scenario import Scenario, load
from simkit.simulation import worst_case_pairs
from simkit.table import Cell, Table, percent

HERE = Path(__file__).parent
SUITES = ("workspace", "travel", "banking", "slack")
ROLES = (1, 2, 4, 8, 16, 32)
PAPER = 0.17
"""The share of test cases in which the tools that the user's own task needs suffice for the attack (section 4.3)."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Design:
    """A row of the table: a grant policy, on the scenarios as they stand or with `roles` mined roles."""

    name: str
    policy: str
    roles: int = 0


DESIGNS = (
    Design("every tool of the suite (rbac, as AgentDojo deploys it)", "rbac"),
    Design("one role, mined from the suite's tasks (rbac)", "rbac", roles=1),
    Design("the task's tools and every tool that only reads (task-scoped-reads)", "task-scoped-reads"),
    Design("the task's tools (task-scoped)", "task-scoped"),
    Design("the task's tools, arguments bound (task-arguments)", "task-arguments"),
    Design(
        "the task's tools, no change after an untrusted read (no-write-after-untrusted-read)",
        "no-write-after-untrusted-read",
    ),
)

TEXT = """\
# AgentDojo: which injection tasks does each grant design leave possible?

Remade by `python scenarios/agentdojo/measure.py --out results/agentdojo.md`.

[AgentDojo](https://arxiv.org/abs/2406.13352) (benchmark v1, MIT licence; {tasks} user tasks, {injections} injection
tasks) plants an injection task in what a user task reads. Here each pair of the two is one attack on the agent of that
suite, and it succeeds when the worst case of the attack graph reaches everything that the injection task asks for: the
agent obeys, and only its grants stop it. No chance, no clock, no model.

{designs}

The paper reports that the tools of the user's own task suffice for the attack in {paper} of the test cases (section
4.3, the tool filter); here it is {own} ({own_count} of {all_count}), found from the published ground truths alone.
*Tasks broken* are user tasks that cannot make every call of their ground truth. The last design is the only one that
breaks any, and it breaks {broken}: those that both read untrusted content and change something, whichever comes first.

## Fewer roles than tasks

Nobody writes a role for each task. Roles mined from the suite's tasks (at most k roles a suite; the two whose merge
over-grants least are merged first, see `simkit.policies.mining`) lie between one role and task scopes. *Over-grant*
counts the operations that a role grants to a task that does not need them, summed over the tasks.

{curve}

## What no grant stops

{steered}

## What this leaves out

- A pair is possible or not: how often a model obeys, and whether it would stumble on the way, is what AgentDojo itself
  measures. Here susceptibility is 1.
- `task-scoped-reads` lets the agent see more than its task needs. What it sees counts for nothing here unless an
  injection task asks for a call that carries it out.
- Bound arguments are those of the ground truth, known in advance. Where the argument is itself what the task must find
  out in untrusted content (whom to pay, says the bill), nobody can bind it beforehand.
- Scenarios: {digests}.
"""


def mined_roles(scenario: Scenario, k: int) -> MinedRoles:
    """`k` roles for the one agent of `scenario`."""
    (agent,) = scenario.model.identities
    return mine_roles(scenario.model, agent, k)


def design_pairs(scenario: Scenario, design: Design) -> frozenset[Pair]:
    """The pairs that `design` leaves possible."""
    if not design.roles:
        return worst_case_pairs(scenario, design.policy).reached
    return split(scenario, mined_roles(scenario, design.roles)).pairs(design.policy)


def broken_tasks(scenario: Scenario, design: Design) -> int:
    """How many user tasks cannot do their work under `design`: a need is not granted, or is a change that the task
    makes in a session that reads untrusted content, under a policy that refuses every such change.

    The second counts a task whichever of the two comes first in it.
    """
    model = mined_roles(scenario, design.roles).apply() if design.roles else scenario.model
    policy = scenario.grant_policy(design.policy)
    broken = {need.task for need in sessions(model, policy).broken}
    if policy.at_least("context", "checks") and policy.miss_rate == 0:
        broken |= {
            task.name for task in model.tasks.values() if _reads_untrusted(model, task) and _changes(model, task)
        }
    return len(broken)


def _reads_untrusted(model: Model, task: Task) -> bool:
    return any(model.resources[name].exposure in ("public-write", "public") for name in task.reads)


def _changes(model: Model, task: Task) -> bool:
    return any(model.operation(need.operation).effect in STATE_CHANGING for need in task.needs)


def design_table(scenarios: Mapping[str, Scenario]) -> Table:
    """Possible pairs by design and suite, and the user tasks that each design breaks."""
    total = _pairs(scenarios)
    rows: list[tuple[Cell, ...]] = []
    for design in DESIGNS:
        counts = [len(design_pairs(scenario, design)) for scenario in scenarios.values()]
        broken = sum(broken_tasks(scenario, design) for scenario in scenarios.values())
        rows.append((design.name, *counts, sum(counts), percent(sum(counts) / total), broken))
    return Table(("design", *scenarios, "all", "share", "tasks broken"), tuple(rows))


def curve_table(scenarios: Mapping[str, Scenario]) -> Table:
    """Possible pairs by number of mined roles and suite."""
    rows: list[tuple[Cell, ...]] = []
    for k in ROLES:
        mined = [(scenario, mined_roles(scenario, k)) for scenario in scenarios.values()]
        counts = [len(split(scenario, roles).pairs("rbac")) for scenario, roles in mined]
        over = sum(roles.over_grant for _, roles in mined)
        rows.append((k, *counts, sum(counts), percent(sum(counts) / _pairs(scenarios)), over))
    return Table(("roles a suite, at most", *scenarios, "all", "share", "over-grant"), tuple(rows))


def _pairs(scenarios: Mapping[str, Scenario]) -> int:
    return sum(len(scenario.entry_points) * len(scenario.goals) for scenario in scenarios.values())


def _without_tools(scenarios: Mapping[str, Scenario]) -> Iterator[str]:
    """A sentence for each injection task that needs no tool, with what is left of its pairs under every design."""
    for suite, scenario in scenarios.items():
        silent = worst_case_pairs(scenario).unstoppable
        left = frozenset.intersection(*(design_pairs(scenario, design) for design in DESIGNS))
        tasks = list(scenario.entry_points)
        for goal in silent:
            stopped = [entry for entry in tasks if (entry, goal) not in left]
            verdict = "no design in the table stops one of them" if not stopped else f"{len(stopped)} are stopped"
            yield fill(
                f"`{goal}` of {suite} needs no tool: it is reached as soon as the agent reads the content, by what it "
                f"then tells its user. That makes {len(tasks)} pairs, and {verdict}: grants are the wrong control for "
                f"them. They are {goal} with {', '.join(tasks)}.",
                width=118,
            )


def text(scenarios: Mapping[str, Scenario]) -> str:
    """The whole page as Markdown."""
    designs = design_table(scenarios)
    own = next(row for row in designs.records() if "(task-scoped)" in str(row["design"]))
    return TEXT.format(
        tasks=sum(len(scenario.entry_points) for scenario in scenarios.values()),
        injections=sum(len(scenario.goals) for scenario in scenarios.values()),
        designs=designs.markdown(),
        curve=curve_table(scenarios).markdown(),
        paper=percent(PAPER),
        own=own["share"],
        broken=designs.records()[-1]["tasks broken"],
        own_count=own["all"],
        all_count=_pairs(scenarios),
        steered="\n\n".join(_without_tools(scenarios)),
        digests=", ".join(f"{name} `{scenario.digest[:12]}`" for name, scenario in scenarios.items()),
    )


def read(folder: Path) -> dict[str, Scenario]:
    """The scenario of each suite, from `folder`."""
    return {suite: load(folder / f"{suite}.yaml") for suite in SUITES}


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenarios", type=Path, default=HERE, help="folder of the scenarios; default: this one")
    parser.add_argument("--out", type=Path, required=True, help="Markdown file to write")
    given = parser.parse_args(arguments)
    given.out.write_text(text(read(given.scenarios)), encoding="utf-8")


if __name__ == "__main__":
    main()
