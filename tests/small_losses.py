"""A tiny attack whose samples are written by hand: every measure of it can be worked out on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from tiny_worlds import attacked, ever, world

from simkit.blast_radius import BlastRadius, WorstCase
from simkit.engines.outcomes import Outcomes
from simkit.simulation import Attack

WORLD = """
identities:
  app: {entitlements: [{operation: db.read}, {operation: db.wipe}]}
  idle: {}
resources:
  names: {value: {confidentiality: 10}}
  cards: {value: {confidentiality: 4, integrity: 6, availability: 100}}
  paper: {}
tools:
  db:
    operations:
      read: {effect: read, targets: [names, cards]}
      wipe: {effect: write, targets: [cards]}
  unused: {operations: {nothing: {effect: none}}}
credentials: {key: {identity: app}, spare: {identity: idle}}
entry_points: {start: {leak: key}}
goals:
  both-read:
    lost: [{resource: names, impact: confidentiality}, {resource: cards, impact: confidentiality}]
  out-of-reach: {lost: [{resource: paper, impact: integrity}]}
"""
NAMES, CARDS = "lost(names, confidentiality)", "lost(cards, confidentiality)"
WIPED, BOTH = "lost(cards, integrity)", "reached(both-read)"
BY = {
    "holds(key)": "leak(key) in start",
    "replays(app)": "redeem(key -> app)",
    NAMES: "replays(app): db.read(names)",
    CARDS: "replays(app): db.read(cards)",
    WIPED: "replays(app): db.wipe(cards)",
    "performed(db.wipe, cards)": "replays(app): db.wipe(cards)",
    BOTH: "goal(both-read)",
}
ALWAYS = {"holds(key)": 0.0, "replays(app)": 0.0}
SAMPLES: tuple[dict[str, float], ...] = (
    {},
    ALWAYS,
    ALWAYS | {NAMES: 5.0},
    ALWAYS | {NAMES: 5.0, CARDS: 9.0, BOTH: 9.0},
    ALWAYS | {NAMES: 7.0, CARDS: 2.0, WIPED: 30.0, "performed(db.wipe, cards)": 30.0, BOTH: 7.0},
)
"""They lose 0, 0, 10, 14 and 20."""
CONTAINED = (None, 60.0, 120.0, None, 600.0)


def outcomes(attack: Attack, samples: Sequence[Mapping[str, float]], contained: Sequence[float | None]) -> Outcomes:
    """Outcomes with these times (seconds) of facts."""
    graph = attack.graph
    facts = {str(fact): number for number, fact in enumerate(graph.facts)}
    keys = {step.key: number for number, step in enumerate(graph.steps)}
    first = np.full((len(samples), len(facts)), -1, dtype=np.int64)
    by = np.full((len(samples), len(facts)), -1, dtype=np.int32)
    for row, sample in enumerate(samples):
        for fact, time in sample.items():
            first[row, facts[fact]] = round(time * 1000)
            by[row, facts[fact]] = keys[BY[fact]]
    ended = np.array([-1 if time is None else round(time * 1000) for time in contained], dtype=np.int64)
    return Outcomes(first, by, ended, np.zeros(len(samples), dtype=np.int32), seed=0)


def _reachable(attack: Attack) -> NDArray[np.bool_]:
    held = ever(attack)
    return np.array([[str(fact) in held for fact in attack.graph.facts]])


def blast_radius(
    samples: Sequence[Mapping[str, float]] = SAMPLES,
    contained: Sequence[float | None] | None = None,
    policy: str = "rbac",
) -> BlastRadius:
    """The blast radius that these samples make."""
    attack = attacked(world(WORLD))
    ended = (
        contained if contained is not None else CONTAINED if len(samples) == len(CONTAINED) else [None] * len(samples)
    )
    provenance = replace(attack.provenance("start", trials=len(samples)), policy=policy)
    return BlastRadius(
        graph=attack.graph,
        outcomes=outcomes(attack, samples, ended),
        legend=attack.legend,
        worst_case=WorstCase.of(attack.legend, _reachable(attack)),
        utility=attack.utility,
        provenance=provenance,
    )
