"""Which real runs would each grant design have stopped? `python scenarios/taubench-airline/measure.py --out FILE`.

Reads the scenario beside it and writes Markdown. A run is covered when every operation that it called is one that the
session of its task holds; the others would have been stopped.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from simkit.blast_radius.utility import covered, utility
from simkit.model import Need
from simkit.policies import Sessions, sessions
from simkit.scenario import Scenario, load
from simkit.simulation import worst_case_pairs
from simkit.table import Cell, Table, percent

HERE = Path(__file__).parent
THINK = "airline.think"

TEXT = """\
# tau-bench airline: which real runs would each grant design have stopped?

Remade by `python scenarios/taubench-airline/measure.py --out results/taubench.md`.

Of {runs} runs of gpt-4o on the {tasks} airline tasks of [tau-bench](https://arxiv.org/abs/2406.12045), {done} did their
job (reward 1). Task scopes are cut from the ground truth of each task. A run is *stopped* if it called an operation
that its task's session does not hold, although it did its job. Beside that stands what the design is for: the share of
(conversation, change to the records) pairs that remain possible when the customer is the attacker (our assumption:
tau-bench has none), in the worst case.

{designs}

Exactly the tools of the ground truth stop {stopped} of the {done} good runs. The ground truth is one way to do the job;
agents look things up on other ways, think, and hand over to a person, none of which changes a record. With every tool
that changes nothing, all but {left} runs pass, and the attacker can make no further change. Allowing `think` alone,
which does nothing at all, is free too, and hardly helps.

## What the stopped runs wanted

Good runs that called an operation which their session lacks, by operation. A run may lack several. Those that made a
change outside the ground truth ended, all the same, in the records that the benchmark asks for.

{wanted}

## What this leaves out

- Whether an agent that is refused finds another way to do the same job: these runs were recorded without any refusal.
- Arguments: the records hold names of tools only.
- What the agent reads aloud to the wrong customer: the pairs count changes, not disclosures.
- Scenario: `{digest}`.
"""


@dataclass(frozen=True, slots=True)
class Design:
    """A row of the table: a grant policy on a scenario."""

    name: str
    policy: str
    scenario: Scenario

    def sessions(self) -> Sessions:
        """The sessions that the policy cuts."""
        return sessions(self.scenario.model, self.scenario.grant_policy(self.policy))


def thinking(scenario: Scenario) -> Scenario:
    """`scenario` with `think` among the needs of every task."""
    tasks = {
        name: replace(task, needs=tuple(dict.fromkeys((*task.needs, Need(THINK)))))
        for name, task in scenario.model.tasks.items()
    }
    return replace(scenario, model=replace(scenario.model, tasks=tasks))


def designs(scenario: Scenario) -> tuple[Design, ...]:
    """The rows of the table, from the widest grants to the narrowest."""
    return (
        Design("every tool (rbac)", "rbac", scenario),
        Design(
            "the task's tools and every tool that changes nothing (task-scoped-reads)", "task-scoped-reads", scenario
        ),
        Design("the task's tools and think (task-scoped)", "task-scoped", thinking(scenario)),
        Design("the task's tools (task-scoped)", "task-scoped", scenario),
    )


def design_table(scenario: Scenario) -> Table:
    """Good runs that are covered and stopped, and attacks that remain possible, by design."""
    rows: list[tuple[Cell, ...]] = []
    for design in designs(scenario):
        made = utility(design.sessions(), scenario.response, scenario.observed)
        pairs = worst_case_pairs(design.scenario, design.policy)
        kept = made.observed - made.stopped
        rows.append(
            (design.name, kept, made.stopped, percent(kept / made.observed), len(pairs.reached), percent(pairs.share))
        )
    columns = ("design", "good runs covered", "stopped", "share covered", "attacks possible", "of all")
    return Table(columns, tuple(rows))


def wanted(design: Design) -> Mapping[str, int]:
    """How many good runs called each operation that their session lacks."""
    made = design.sessions()
    found: Counter[str] = Counter()
    for run in design.scenario.observed:
        if run.success and not covered(made, run):
            session = made.serving(made.model.tasks[run.task])
            held = {operation for operation, _ in session.grants} if session else set()
            found.update(sorted(set(run.wanted) - held))
    return found


def wanted_table(scenario: Scenario) -> Table:
    """The operations that stopped runs lack, with their effects, by design."""
    under = {policy: wanted(Design(policy, policy, scenario)) for policy in ("task-scoped", "task-scoped-reads")}
    names = sorted(set().union(*under.values()), key=lambda name: (-under["task-scoped"].get(name, 0), name))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, scenario.model.operation(name).effect, *(counts.get(name, 0) for counts in under.values()))
        for name in names
    )
    return Table(("operation", "effect", *under), rows)


def text(scenario: Scenario) -> str:
    """The whole page as Markdown."""
    table = design_table(scenario)
    stopped = {str(row["design"]): row["stopped"] for row in table.records()}
    by_policy = {design.policy: stopped[design.name] for design in designs(scenario)}
    return TEXT.format(
        runs=len(scenario.observed),
        tasks=len(scenario.model.tasks),
        done=sum(run.success for run in scenario.observed),
        designs=table.markdown(),
        stopped=by_policy["task-scoped"],
        left=by_policy["task-scoped-reads"],
        wanted=wanted_table(scenario).markdown(),
        digest=scenario.digest[:12],
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", type=Path, default=HERE / "airline.yaml", help="default: the one beside this")
    parser.add_argument("--out", type=Path, required=True, help="Markdown file to write")
    given = parser.parse_args(arguments)
    given.out.write_text(text(load(given.scenario)), encoding="utf-8")


if __name__ == "__main__":
    main()
