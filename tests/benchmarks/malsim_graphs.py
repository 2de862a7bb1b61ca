"""malsim's own graphs, and what it takes to simulate them: asked in a process of its own (see `ask_malsim`)."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from simkit.attackgraph import AttackGraph, Conclusion, Containment, Entry, Fact, Ground, Step, Variant
from simkit.distributions import Distribution, Exponential, Fixed
from simkit.package import pip_install

ASK = Path(__file__).with_name("ask_malsim.py")
ROUND = 1.0
"""Seconds of ours that a round of malsim stands for."""
MEANS = {"EasyAndCertain": 1.0, "HardAndCertain": 10.0}
"""Rounds that a step takes on average, by the name of its distribution: these are exponential."""
NOTHING = Containment()


@cache
def ask(*question: str) -> dict[str, Any]:
    """What malsim answers; the test is skipped where it is not installed."""
    if find_spec("malsim") is None:
        pytest.skip(f"malsim is not installed: {pip_install('peers')}")
    with TemporaryDirectory() as folder:
        run = subprocess.run([sys.executable, str(ASK), *question], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def as_ours(answer: dict[str, Any], *, expected: bool = False) -> AttackGraph:
    """malsim's graph as an attack graph: its nodes are facts, and what they take is drawn once, whatever led there.

    `expected` takes as long as malsim's mode EXPECTED_VALUE does: as many rounds, whole ones, every time.
    """
    parents: dict[int, list[int]] = {}
    for parent, child in answer["edges"]:
        parents.setdefault(child, []).append(parent)
    steps = [
        _step(node, premises, _takes(answer["ttc"][str(node)], expected))
        for node, above in parents.items()
        for premises in ([above] if answer["kinds"][str(node)] == "and" else [[parent] for parent in above])
    ]
    start = Step("start", "enter", (), (Conclusion(_fact(answer["start"])),), (Ground("entry"),))
    return AttackGraph.build(steps, [Entry("entry", (Variant("", 1.0, (start,)),))], NOTHING, horizon=1e6)


def _fact(node: int) -> Fact:
    return Fact("performed", str(node))  # of a kind that never ends


def _step(node: int, premises: list[int], takes: Distribution) -> Step:
    key = f"{'+'.join(map(str, premises))} to {node}"
    facts = tuple(map(_fact, premises))
    return Step(key, "flow", facts, (Conclusion(_fact(node)),), (Ground("flow"),), fate=str(node), duration=takes)


def _takes(name: str, expected: bool) -> Distribution:
    """An attempt is counted before it is made, so that a mean of ten rounds takes nine, and one is the least."""
    mean = MEANS.get(name, 0.0)
    if expected or not mean:
        return Fixed(max(mean - 1.0, 1.0) * ROUND)
    return Exponential(mean * ROUND)
