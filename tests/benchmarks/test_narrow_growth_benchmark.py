"""What a candidate of `narrow` costs where the world is large: on a ring of so many trust edges, each of which can be
cut, and where a resource contains so many others, each of which can be lost.

What the command takes on the smallest such file (to start Python and to import) is taken off before sizes are compared.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks import one_command
from benchmarks.racing import Race, Row, seconds

PLACE = 0
SIZES, SMALL_SIZES = (10, 1_000, 10_000), (10,)
GOAL = 2.0
"""One of the largest world costs at most so many times one of the middle one."""
SLACK = 3.0
"""A test fails at so many times the goal: what grows with the square of the size is at 10."""
ROOT = Path(__file__).parents[2]


def ring(size: int) -> str:
    """The scenario, as text: agents who trust each the next, of whom the first may read what is worth something."""
    names = [f"agent-{number:05d}" for number in range(size)]
    each = "{kind: agent, susceptibility: 0.5}"
    edges = (f"  - {{from: {one}, to: {names[(n + 1) % size]}, kind: assume}}" for n, one in enumerate(names))
    return _scenario(
        "resources: {store: {kind: data-store, value: {confidentiality: 10}}}",
        "identities:",
        f"  {names[0]}: {{kind: agent, susceptibility: 0.5, entitlements: [api.read]}}",
        *(f"  {name}: {each}" for name in names[1:]),
        "trust:",
        *edges,
        lost="store",
    )


def container(size: int) -> str:
    """The scenario, as text: two agents, and a store that contains so many."""
    names = [f"part-{number:05d}" for number in range(size)]
    reads = "{kind: agent, susceptibility: 0.5, entitlements: [api.read]}"
    return _scenario(
        "resources:",
        f"  store: {{kind: data-store, contains: [{', '.join(names)}]}}",
        *(f"  {name}: {{kind: data-store, value: {{confidentiality: 1}}}}" for name in names),
        f"identities: {{agent-00000: {reads}, agent-00001: {reads}}}",
        "trust: [{from: agent-00001, to: agent-00000, kind: assume}]",
        lost=names[0],
    )


def _scenario(*lines: str, lost: str) -> str:
    shared = [
        "simkit: 1",
        "name: narrowed",
        "tools: {api: {operations: {read: {effect: read, targets: [store]}}}}",
        "credentials: {key: {kind: api-key, identity: agent-00001}}",
        "tasks: {work: {identity: agent-00000, rate: 1/h, needs: [api.read]}}",
        "entry_points: {leak: {leak: key}}",
        f"goals: {{read: {{lost: ['{lost}: confidentiality']}}}}",
    ]
    return "\n".join((*shared, *lines)) + "\n"


@pytest.mark.parametrize("made", [ring, container])
def test_a_candidate_costs_much_the_same_in_a_large_world(
    made: Callable[[int], str], race: Race, full: bool, tmp_path: Path
) -> None:
    race.benchmark.pedantic(lambda: None, rounds=1)
    env, file = {**os.environ, "PYTHONPATH": str(ROOT)}, tmp_path / "large.yaml"
    taken: dict[int, float] = {}
    for size in SIZES if full else SMALL_SIZES:
        file.write_text(made(size), "utf-8")
        rounds = 2 if full and size == SIZES[0] else 1  # the first makes what is kept for the next
        words = ("narrow", str(file), "--trials", "100")
        taken[size] = min(one_command.measured(words, env, tmp_path)["seconds"] for _ in range(rounds))
    if not full:
        return
    few, many = ((taken[size] - taken[SIZES[0]]) / size for size in SIZES[1:])
    sizes, each = ", ".join(f"{size:,}" for size in SIZES), ", ".join(seconds(taken[size]) for size in SIZES)
    race.note(
        Row(
            PLACE,
            f"narrow, a {made.__name__} of {sizes}",
            each,
            "",
            "",
            many / few,
            f"<= {GOAL:g}x",
            many <= GOAL * few,
        )
    )
    assert many <= SLACK * GOAL * few
