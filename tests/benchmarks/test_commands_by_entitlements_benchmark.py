"""What does not grow faster than the file: an identity that is entitled to each of so many operations, on one resource.

Each operation and each entitlement is a line of its own, and ten tasks need a tenth of the operations each. What a
command takes on the smallest such file (to start Python and to import) is taken off before sizes are compared.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest
from benchmarks import one_command
from benchmarks.racing import Race, Row, seconds

PLACE, TASKS = 0, 10
SIZES, SMALL_SIZES = (10, 1_000, 4_000, 10_000), (10,)
LEAST = 0.25
"""Processor seconds: two runs of one command on a busy machine differ by this much."""
SLACK = 3.0
"""A test fails at so many times n log n: what grows with the square of n is at 7.5 times."""
ROOT = Path(__file__).parents[2]
COMMANDS = {
    "validate": (),
    "graph": ("--format", "json"),
    "roles": (),
    "privilege": (),
    "check": (),
}


def entitled_to_each(operations: int) -> str:
    """The scenario, as text."""
    names = [f"op-{number}" for number in range(operations)]
    needs = [", ".join(f"api.{name}" for name in names[task::TASKS]) for task in range(TASKS)]
    lines = [
        "simkit: 1",
        "name: one identity, many operations",
        "horizon: 30d",
        "identities: {worker: {kind: service, roles: [everything]}}",
        "resources: {store: {value: {confidentiality: 1}}}",
        "tools:",
        "  api:",
        "    operations:",
        *(f"      {name}: {{effect: read, targets: [store]}}" for name in names),
        "credentials: {key: {identity: worker, ttl: 90d}}",
        "roles:",
        "  everything:",
        "    entitlements:",
        *(f"      - {{operation: api.{name}}}" for name in names),
        "tasks:",
        *(f"  task-{task}: {{identity: worker, needs: [{each}], rate: 1/d}}" for task, each in enumerate(needs)),
        "entry_points: {leaked-key: {leak: key}}",
        "goals: {store-leaked: {lost: [{resource: store, impact: confidentiality}]}}",
        "expect: {no-more-than-the-store: {measure: value-lost, at_most: 1}}",
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_grows_no_faster_than_the_file(command: str, race: Race, full: bool, tmp_path: Path) -> None:
    race.benchmark.pedantic(lambda: None, rounds=1)
    env, file = {**os.environ, "PYTHONPATH": str(ROOT)}, tmp_path / "many.yaml"
    taken: dict[int, float] = {}
    for size in SIZES if full else SMALL_SIZES:
        file.write_text(entitled_to_each(size), "utf-8")
        rounds = 2 if size == SIZES[0] else 1  # the first makes what is kept for the next
        words = (command, str(file), *COMMANDS[command])
        taken[size] = min(one_command.measured(words, env, tmp_path)["seconds"] for _ in range(rounds))
    if not full:
        return
    start, few, many = taken[SIZES[0]], SIZES[1], SIZES[-1]
    growth = (taken[many] - start) / max(taken[few] - start, LEAST)
    goal = many * math.log(many) / (few * math.log(few))
    each = ", ".join(seconds(taken[size]) for size in SIZES)
    sizes = ", ".join(f"{size:,}" for size in SIZES)
    work = f"{command}, one identity entitled to each of {sizes} operations"
    race.note(Row(PLACE, work, each, "", "", growth, f"<= {goal:.1f}x", growth <= goal))
    assert growth <= SLACK * goal
