"""ask, answer: whoever may invoke an agent gets what that may read."""

from __future__ import annotations

import pytest
from tiny_worlds import attacked, can, replayed, steps, world

from simkit.errors import ScenarioError
from simkit.scenario import dump, loads

WORLD = """
identities:
  x: {}
  a: {kind: agent, entitlements: [{operation: t.rd}, {operation: t.wr}]}
resources: {s: {holds: [k]}, p: {}}
tools: {t: {operations: {rd: {effect: read, targets: [s], duration: 4s}, wr: {effect: write, targets: [p]}}}}
trust: [{from: x, to: a, kind: invoke}]
credentials: {c: {identity: x}, k: {identity: a, use: signing}}
entry_points: {start: {leak: c}}
"""
BY_CALL = (
    WORLD.replace("x: {}", "x: {entitlements: [{operation: t.call}]}")
    .replace("wr: {effect: write", "call: {effect: invoke, targets: [a]}, wr: {effect: write")
    .replace("trust: [{from: x, to: a, kind: invoke}]", "")
)
CHAIN = (
    WORLD.replace("  a: {kind: agent, ent", "  b: {kind: agent, ent")
    .replace("  x: {}", "  x: {}\n  a: {kind: agent}")
    .replace("kind: invoke}]", "kind: invoke}, {from: a, to: b, kind: %s}]")
)


def test_a_stolen_token_that_may_invoke_reads_what_the_agent_reads_and_writes_nothing() -> None:
    reached = can(world(WORLD))
    assert {"asks(a)", "lost(s, confidentiality)", "holds(k)"} <= reached
    assert not {"lost(p, integrity)", "steers(a)", "replays(a)"} & reached


@pytest.mark.parametrize("text", [WORLD, BY_CALL])
def test_a_question_takes_a_second_and_the_reading_its_time(text: str) -> None:
    assert replayed(attacked(world(text))).at["lost(s, confidentiality)"] == 5.0


def test_where_nobody_gets_an_answer_nothing_is_read() -> None:
    assert "asks(a)" not in can(world(WORLD.replace("kind: invoke", "kind: invoke, answers: false")))
    assert "asks(a)" not in can(world(BY_CALL.replace("targets: [a]", "targets: [a], answers: false")))


@pytest.mark.parametrize("kind", ["invoke", "assume", "delegate"])
def test_an_agent_asks_others_or_becomes_them_to_answer(kind: str) -> None:
    assert "lost(s, confidentiality)" in can(world(CHAIN % kind))


def test_a_steered_caller_has_seen_the_answer_and_loses_it_only_with_a_way_out() -> None:
    text = (
        WORLD.replace("x: {}", "x: {kind: agent, susceptibility: 1, roles: [out]}").replace("leak: c}", "poison: p}")
        + "tasks: {work: {identity: x, reads: [p], delegates_to: [a], rate: 1/h}}\n"
    )
    out = "roles: {out: {entitlements: [{operation: net.post}]}}\n"
    shut = "roles: {out: {}}\n"
    net = text.replace("tools: {t:", "tools: {net: {operations: {post: {effect: send}}}, t:")
    assert {"asks(a, x)", "seen(x, s)", "lost(s, confidentiality)"} <= can(world(net, out))
    assert "seen(x, s)" in can(world(net, shut))
    assert "lost(s, confidentiality)" not in can(world(net, shut))


def test_approval_and_chance_of_the_agents_own_reading_count() -> None:
    asked = "a: {kind: agent, entitlements: [{operation: t.rd, conditions: [approval]}, {operation: t.wr}]}"
    attack = attacked(
        world(WORLD.replace("a: {kind: agent, entitlements: [{operation: t.rd}, {operation: t.wr}]}", asked))
    )
    (answer,) = steps(attack, "answer")
    assert answer.chance == attack.scenario.response.rubber_stamp


def test_the_answer_ends_when_the_account_of_who_answers_is_disabled() -> None:
    attack = attacked(world(WORLD), response="automatic")
    assert {"asks(a)"} <= {str(fact) for fact in attack.graph.facts}
    text = WORLD + "response: {delay: 0s, detection: {ask: {chance: 1}}}\n"
    assert "lost(s, confidentiality)" not in replayed(attacked(world(text), response="automatic")).at


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            WORLD.replace("kind: invoke", "kind: assume, answers: false"),
            "only an edge of kind 'invoke' answers",
        ),
        (WORLD.replace("targets: [p]", "targets: [p], answers: false"), "only an operation of effect 'invoke' answers"),
    ],
)
def test_what_does_not_invoke_has_no_answer(wrong: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        world(wrong)


def test_an_edge_without_an_answer_is_written_as_it_was_read() -> None:
    scenario = world(WORLD.replace("kind: invoke", "kind: invoke, answers: false"))
    assert loads(dump(scenario), scenario.file) == scenario
    assert scenario.digest != world(WORLD).digest == world(WORLD.replace("invoke", "invoke, answers: true")).digest
