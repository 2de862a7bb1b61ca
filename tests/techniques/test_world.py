"""What the rules see: names of facts, tokens, alerts by level of logging, and who becomes whom."""

from __future__ import annotations

import pytest
from support_desk import DESK, TASKS

from simkit.attackgraph import Conclusion, Fact
from simkit.distributions import Exponential, Fixed, Residual
from simkit.model import Detection, EntryPoint, Response
from simkit.policies import GrantPolicy, sessions
from simkit.policies.sessions import Token
from simkit.techniques import rules
from simkit.techniques.world import World, holds, input_of, minted_token, next_run, opens

RULES = rules()
EVERYTHING = {event: Detection(0.5, Fixed(1.0)) for event in ("entry", "damage", "identity", "action")}


def world(responding: Response | None = None, *entries: EntryPoint, **dials: str) -> World:
    cut = sessions(DESK, GrantPolicy("p", **dials))  # type: ignore[arg-type]
    return World.of(cut, responding or Response(), {entry.name: entry for entry in entries}, {})


@pytest.mark.parametrize(
    ("response", "shown"),
    [
        ("manual", {"leak", "delete"}),
        ("rotation", {"leak", "delete", "redeem", "assume"}),
        ("automatic", {"leak", "delete", "redeem", "assume", "read", "steer"}),
    ],
)
def test_the_response_dial_decides_which_events_show(response: str, shown: set[str]) -> None:
    seen = world(Response(EVERYTHING), response=response)
    events = ("leak", "delete", "redeem", "assume", "read", "steer")
    assert {event for event in events if seen.alert(RULES[event], seen.policy).chance > 0} == shown
    assert {event for event in events if seen.alert(RULES[event], seen.policy).logged} == shown
    assert seen.alert(RULES["delete"], seen.policy) == (0.5, Fixed(1.0), True)


def test_an_event_that_nobody_detects_raises_no_alert() -> None:
    seen = world(Response({"leak": Detection(0.5)}), response="automatic")
    assert seen.alert(RULES["redeem"], seen.policy) == (0.0, Fixed(0.0), True)


def test_agents_err_only_where_an_entry_point_says_so() -> None:
    assert world().modes == ("replays", "steers")
    assert world(None, EntryPoint("oops", "mistake", "desk")).modes == ("replays", "steers", "errs")


def test_the_token_that_is_held_lives_its_ttl_from_an_age_unless_it_never_expires() -> None:
    token = Token("k", "k", "ci", ("ci",), 60.0, "bearer")
    assert holds(token) == Conclusion(Fact("holds", "k"), 60.0, aged=True)
    assert holds(minted_token("ci")) == Conclusion(Fact("holds", "minted:ci"), None, aged=False)


def test_a_token_of_a_run_that_varies_has_what_is_left_of_the_run() -> None:
    token = Token("k", "k", "ci", ("ci",), 60.0, "bearer", run=Exponential(60.0))
    assert holds(token) == Conclusion(Fact("holds", "k"), Residual(Exponential(60.0)))


def test_a_token_that_rotates_ends_with_its_schedule_whenever_it_was_found() -> None:
    token = Token("k", "k", "ci", ("ci",), None, "bearer", rotates=60.0)
    assert holds(token) == Conclusion(Fact("holds", "k"), rotates=60.0)


def test_a_minted_token_is_a_standing_bearer_that_nobody_manages() -> None:
    made = minted_token("ci")
    assert (made.sessions, made.binding, made.managed, made.rate) == (("ci|standing",), "bearer", False, 0.0)


def test_a_bound_token_opens_in_its_runtime_only() -> None:
    assert opens(Token("k", "k", "ci", ("ci",), None, "bearer")) == ()
    assert opens(Token("k", "k", "ci", ("ci",), None, "sender-constrained")) == (Fact("runs_in", "ci"),)


def test_the_wait_for_the_next_run_has_the_mean_of_one_over_the_rate() -> None:
    assert next_run(0.25) == Exponential(4.0)
    assert next_run(0.0) == Fixed(0.0)


def test_the_input_of_a_task_has_a_name_of_its_own() -> None:
    assert input_of(TASKS["answer"]) == "input of answer"


def test_the_tokens_in_a_resource_are_those_of_the_credentials_that_it_holds() -> None:
    assert [token.name for token in world().held_in("vault")] == ["crm-key"]
    assert [token.name for token in world(identity="task").held_in("vault")] == ["crm-key@bill"]
    assert world().held_in("ledger") == ()


def test_the_miss_rate_of_the_policy_wins_over_the_responses() -> None:
    seen = world(Response(miss_rate=0.25))
    assert seen.miss_rate(GrantPolicy("p")) == 0.25
    assert seen.miss_rate(GrantPolicy("p", miss_rate=0.0)) == 0.0
