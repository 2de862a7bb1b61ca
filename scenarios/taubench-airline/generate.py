"""Writes the airline scenario and its runs: `python scenarios/taubench-airline/generate.py --data FILE --out FOLDER`.

FILE is a JSON file of facts about the historical gpt-4o runs of tau-bench: `tools` (name and upstream type) and `runs`
(task_id, trial, reward, the names of the tools called, and those of the ground truth).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from simkit.model import (
    Entitlement,
    EntryPoint,
    Goal,
    Identity,
    Model,
    Need,
    ObservedRun,
    Operation,
    Resource,
    Role,
    Task,
    Tool,
)
from simkit.scenario import Assumption, Scenario, Source, dump

HEADER = """\
# tau-bench, domain airline: Yao et al., tau-bench: A Benchmark for Tool-Agent-User Interaction in Real-World Domains,
# arXiv:2406.12045, 2024; runs of gpt-4o from sierra-research/tau-bench @ 59a200c, types of the tools from
# sierra-research/tau2-bench @ a2c0247; MIT licence, (c) 2024, 2025 Sierra. Facts only: names of tools, rewards.
# Written by scenarios/taubench-airline/generate.py: change that, not this.
"""

AGENT = "airline-agent"
RUNS = "runs.jsonl"

EFFECT_OF = {"READ": "read", "WRITE": "write", "GENERIC": "none"}
"""Upstream's types in the words of a scenario: `think`, `calculate` and the transfer to a person change no data."""

TARGETS: Mapping[str, tuple[str, ...]] = {
    "book_reservation": ("reservations",),
    "cancel_reservation": ("reservations",),
    "get_flight_status": ("flights",),
    "get_reservation_details": ("reservations",),
    "get_user_details": ("customers",),
    "list_all_airports": ("flights",),
    "search_direct_flight": ("flights",),
    "search_onestop_flight": ("flights",),
    "send_certificate": ("customers",),
    "update_reservation_baggages": ("reservations",),
    "update_reservation_flights": ("reservations",),
    "update_reservation_passengers": ("reservations",),
}
"""The records that each tool works on; the tools without a row work on none."""

ASSUMPTIONS = (
    (
        "entry points and goals",
        "tau-bench has no attacker: we let the customer of each conversation be one, who wants any one change to the "
        "airline's records",
    ),
    ("susceptibility 1.0", "the worst case: a customer who wants to can steer the agent"),
    ("value of resources", "one for the integrity of reservations and of customers (certificates): no source"),
    ("rate and duration of tasks", "tau-bench has no clock: once a day and five minutes are placeholders"),
    ("needs of tasks", "exactly the tools of the ground truth, which is one way to do the job and often not the only"),
    ("the answer to the customer", "not modelled as a way out: what the agent reads aloud is no loss here"),
)

Facts = Mapping[str, Any]


def airline_scenario(facts: Facts) -> Scenario:
    """The scenario of the airline: one task, and one entry point, for each conversation of the benchmark."""
    truths = {run["task_id"]: run["ground_truth"] for run in facts["runs"]}
    tasks = {_name(number): _task(number, truths[number]) for number in sorted(truths)}
    return Scenario(
        name="taubench-airline",
        description="An airline's customer service: which real runs would each grant design have stopped?",
        model=_model(facts, tasks),
        entry_points={f"customer-{name}": EntryPoint(f"customer-{name}", "poison", task=name) for name in tasks},
        goals={goal.name: goal for goal in _goals(facts)},
        compare=("rbac", "task-scoped-reads", "task-scoped"),
        observed=tuple(_run(run) for run in facts["runs"]),
        sources=(
            Source("https://arxiv.org/abs/2406.12045", "P", "the benchmark"),
            Source("https://github.com/sierra-research/tau-bench", "P", "historical_trajectories: 200 runs of gpt-4o"),
            Source("https://github.com/sierra-research/tau2-bench", "P", "READ, WRITE or GENERIC for each tool"),
        ),
        assumptions=tuple(Assumption(about, why) for about, why in ASSUMPTIONS),
    )


def _model(facts: Facts, tasks: Mapping[str, Task]) -> Model:
    tool = Tool("airline", {operation.name: operation for operation in map(_operation, facts["tools"])})
    role = Role("all-tools", (Entitlement("airline.*"),))
    resources = (
        Resource("customers", value={"integrity": 1.0}),
        Resource("flights"),
        Resource("reservations", value={"integrity": 1.0}),
        Resource("conversation", kind="other", exposure="public-write"),
    )
    return Model(
        identities={AGENT: Identity(AGENT, kind="agent", susceptibility=1.0, roles=(role.name,))},
        resources={resource.name: resource for resource in resources},
        tools={tool.name: tool},
        roles={role.name: role},
        tasks=tasks,
    )


def _operation(tool: Facts) -> Operation:
    return Operation(tool["name"], EFFECT_OF[tool["type"]], TARGETS.get(tool["name"], ()))


def _goals(facts: Facts) -> Iterator[Goal]:
    for tool in facts["tools"]:
        if tool["type"] == "WRITE":
            yield Goal(tool["name"].replace("_", "-"), performed=((f"airline.{tool['name']}", ""),))


def _name(number: int) -> str:
    return f"task-{number:02d}"


def _task(number: int, truth: Sequence[str]) -> Task:
    needs = tuple(Need(f"airline.{tool}") for tool in dict.fromkeys(truth))
    return Task(_name(number), AGENT, needs=needs, reads=("conversation",))


def _run(run: Facts) -> ObservedRun:
    calls = (f"airline.{call}" for call in run["calls"])
    return ObservedRun.of(_name(run["task_id"]), *calls, success=run["reward"] == 1)


def _line(run: ObservedRun) -> Facts:
    return {"task": run.task, "calls": [call.operation for call in run.calls], "success": run.success}


def write(out: Path, facts: Facts) -> None:
    """Writes `airline.yaml`, and `runs.jsonl` that it names, into the folder `out`."""
    scenario = airline_scenario(facts)
    lines = (json.dumps(_line(run)) for run in scenario.observed)
    out.mkdir(parents=True, exist_ok=True)
    (out / RUNS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = dump(replace(scenario, observed=()))
    (out / "airline.yaml").write_text(f"{HEADER}{text}observed: {RUNS}\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="JSON file of the facts")
    parser.add_argument("--out", type=Path, required=True, help="folder that the scenario is written to")
    given = parser.parse_args(arguments)
    write(given.out, json.loads(given.data.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
