"""Which edits are told on the graph that is there: those with which steps go, and nothing comes."""

from __future__ import annotations

import pytest
from tiny_worlds import world

from simkit.narrowing import candidates
from simkit.narrowing.recommendation.taken_away import TakenAway
from simkit.scenario import Scenario
from simkit.simulation import compile_attack

OFFICE = """
policy: rbac
identities:
  agent: {kind: agent, susceptibility: 1, entitlements: [%s]}
  visitor: {entitlements: [%s]}
resources:
  vault: {value: {confidentiality: 5}}
  notes: {}
  wall: {exposure: public-read}
  inbox: {}
tools:
  db: {operations: {read: {effect: read, targets: [vault]}}}
  wiki: {operations: {read: {effect: read, targets: [notes]}, write: {effect: write, targets: [notes]}}}
  web: {operations: {post: {effect: send, targets: [wall]}}}
credentials: {badge: {identity: visitor}}
tasks:
  t: {identity: agent, reads: [inbox], rate: 1/h}
entry_points: {letter: {poison: inbox}, lost: {leak: badge}}
"""
READ, WRITE, POST = "{operation: db.read}", "{operation: wiki.write}", "{operation: web.post}"
LOOK_UP = "{operation: wiki.read}"


def told(scenario: Scenario) -> dict[str, list[str] | None]:
    """For each edit that only takes away the keys of the steps that go with it, of those that an attack can take; None
    where it is compiled."""
    base = compile_attack(scenario, editable=True)
    found = TakenAway.of(base)
    assert found
    edits = [each for each in candidates(scenario) if each.removes()]
    gone = {each.name: found.steps(each.removes() or frozenset()) for each in edits}
    return {
        name: None if steps is None else [base.graph.steps[number].key for number in steps]
        for name, steps in gone.items()
    }


def copies(scenario: Scenario, edit: str) -> list[str]:
    """The keys of the steps that find a copy after `edit`."""
    (narrowing,) = (each for each in candidates(scenario) if each.name == edit)
    return [step.key for step in compile_attack(narrowing.apply(scenario)).graph.steps if step.rule == "find"]


@pytest.mark.parametrize(
    ("agent", "visitor", "edit"),
    [
        ((READ, WRITE, POST), (LOOK_UP,), "Drop web.post on wall from identity agent"),
        ((READ, WRITE), (READ, LOOK_UP), "Drop db.read on vault from identity visitor"),
    ],
    ids=["who had a way out copies", "who saw it looks for a copy"],
)
def test_an_edit_with_which_a_copy_comes_to_matter_is_compiled(
    agent: tuple[str, ...], visitor: tuple[str, ...], edit: str
) -> None:
    office = world(OFFICE % (", ".join(agent), ", ".join(visitor)))
    assert told(office)[edit] is None
    assert copies(office, edit)


def test_a_grant_goes_with_its_uses_in_an_attack_and_a_key_with_its_use_elsewhere() -> None:
    office = world(OFFICE % (f"{READ}, {POST}", LOOK_UP))
    read, post = ["steers(agent): db.read(vault)"], ["steers(agent): web.post(wall)"]
    assert told(office) == {
        "Drop db.read on vault from identity agent": read,
        "Drop web.post on wall from identity agent": post,
        "Drop db.read on vault, web.post on wall from identity agent": sorted([*read, *post]),
        "Drop wiki.read on notes from identity visitor": ["replays(visitor): wiki.read(notes)"],
        "Bind badge to the runtime of its identity": ["redeem(badge -> visitor)"],
    }
