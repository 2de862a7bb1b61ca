"""The definition by hand: what responders know, what they do, and what that ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from few_steps import LOSS, OTHER, SECOND, SESSION, TOKEN, alarm, contained, graph, leak, logged, rule, run

from simkit.attackgraph import ACTIONS, Action, Containment, Fact, Step
from simkit.distributions import Exponential, Fixed, draw, quantile_table
from simkit.engines import reference
from simkit.fate import Stream, key_hash, word

ROLE, CODE, PAGE = Fact("replays", "role"), Fact("runs_in", "host"), Fact("tainted", "page")
OPEN = rule("open", [TOKEN], SESSION)


def response(
    delay: float, *actions: str, lag: float = 0.0, forgotten: float = 0.0, told: Mapping[Fact, tuple[Fact, ...]] = {}
) -> Containment:
    """One responder, for all facts here, who does `actions` (revoke-secret) so long after something is known."""
    facts = (TOKEN, SESSION, OTHER, ROLE, CODE, PAGE)
    done = tuple(Action(kind, Fixed(delay)) for kind in actions or ("revoke-secret",))
    groups = {SESSION: "ci", TOKEN: "ci", ROLE: "role"}
    return Containment((done,), Fixed(lag), dict.fromkeys(facts, 0), groups, {TOKEN: forgotten}, told=told)


def outliving(step: Step, **seconds: float | None) -> Step:
    """`step`, whose first conclusion outlives what `seconds` says of each action."""
    outlives = tuple(seconds.get(action.replace("-", "_"), 0.0) for action in ACTIONS)
    return step._replace(conclusions=(step.conclusions[0]._replace(outlives=outlives),))


# ---- alerts


def test_a_response_comes_an_alert_delay_and_its_own_delay_after_a_step() -> None:
    assert contained(alarm(leak(None, 5.0), 20.0), containment=response(300.0)) == 325.0


def test_the_first_alert_counts_and_not_the_first_step() -> None:
    steps = (alarm(leak(None), 100.0), alarm(rule("a", [TOKEN], SESSION, 10.0), 20.0))
    assert contained(*steps, containment=response(300.0)) == 330.0


def test_a_step_that_does_not_conclude_raises_no_alert() -> None:
    steps = (leak(5.0), alarm(rule("a", [TOKEN], SESSION, 10.0), 0.0))
    assert contained(*steps, containment=response(300.0)) is None


def test_an_alert_after_the_horizon_contains_nothing() -> None:
    assert contained(alarm(leak(None), 700.0), containment=response(300.0)) is None
    assert contained(alarm(leak(None), 699.0), containment=response(300.0)) == 999.0


def test_an_alert_is_raised_with_its_chance() -> None:
    noticed = [contained(alarm(leak(None), 0.0, 0.3), containment=response(1.0), sample=n) == 1.0 for n in range(200)]
    assert noticed == [word(0, n, Stream.ALERT, key_hash("leak")) < 0.3 * 2**32 for n in range(200)]


def test_a_step_notices_once_however_often_it_is_repeated() -> None:
    steps = (alarm(leak(10.0), 0.0, 0.5), leak(10.0, 30.0, "again"), alarm(rule("a", [TOKEN], SESSION), 0.0, 0.5))
    made = graph(*steps, containment=response(500.0))
    for sample in range(40):
        at = reference.replay(made, made.entry("in"), seed=0, sample=sample).contained
        assert at in (None, 500_000)


# ---- what an action ends


def test_a_session_ends_with_the_secret_that_opened_it() -> None:
    steps = (alarm(leak(None), 10.0), OPEN)
    assert LOSS in run(*steps, rule("use", [SESSION], LOSS, 14.0), containment=response(5.0))
    assert LOSS not in run(*steps, rule("use", [SESSION], LOSS, 15.0), containment=response(5.0))


def test_what_was_done_at_the_very_moment_of_the_response_is_not_done() -> None:
    assert LOSS not in run(alarm(leak(None), 5.0), rule("use", [TOKEN], LOSS, 5.0), containment=response(0.0))


def test_a_session_that_survives_revocation_goes_on() -> None:
    opened = outliving(OPEN, revoke_secret=None)
    assert LOSS in run(alarm(leak(None), 10.0), opened, rule("use", [SESSION], LOSS, 900.0), containment=response(5.0))


def test_a_session_that_survives_for_a_time_ends_so_long_after_the_event() -> None:
    steps = (alarm(leak(None), 10.0), outliving(OPEN, revoke_secret=30.0))
    assert LOSS in run(*steps, rule("use", [SESSION], LOSS, 44.0), containment=response(5.0))
    assert LOSS not in run(*steps, rule("use", [SESSION], LOSS, 45.0), containment=response(5.0))


def test_ends_in_place_of_survives_goes_down_the_whole_chain() -> None:
    """The role was assumed from a session that ends with its token; whether the role does, its own edge says."""
    assume = rule("assume", [SESSION], ROLE)
    use = rule("use", [ROLE], LOSS, 100.0)
    steps = (alarm(leak(None), 10.0), OPEN, use)
    assert LOSS not in run(*steps, assume, containment=response(5.0))
    assert LOSS in run(*steps, outliving(assume, revoke_secret=None), containment=response(5.0))


def test_terminating_sessions_ends_what_survives_revocation() -> None:
    steps = (alarm(leak(None), 10.0), logged(outliving(OPEN, revoke_secret=None)))
    use = rule("use", [SESSION], LOSS, 100.0)
    assert LOSS in run(*steps, use, containment=response(5.0))
    assert LOSS not in run(*steps, use, containment=response(5.0, "revoke-secret", "terminate-sessions"))


def test_a_second_secret_opens_a_terminated_session_again_but_not_one_of_a_disabled_identity() -> None:
    second = (leak(None, 0.0, "other leak", OTHER), rule("open other", [OTHER], SESSION))
    steps = (alarm(leak(None), 10.0), logged(OPEN), *second, rule("use", [SESSION], LOSS, 100.0))
    assert LOSS in run(*steps, containment=response(5.0, "revoke-secret", "terminate-sessions"))
    assert LOSS not in run(*steps, containment=response(5.0, "disable"))


def test_a_second_secret_takes_over_without_a_gap() -> None:
    second = (leak(None, 0.0, "other leak", OTHER), rule("open other", [OTHER], SESSION))
    steps = (alarm(leak(None), 10.0), OPEN, *second, rule("use", [SESSION], LOSS, 100.0))
    assert run(*steps, containment=response(5.0))[LOSS] == 100.0


def test_who_still_reads_the_store_gets_the_new_secret() -> None:
    """The session comes from another token; what it reads is revoked, and read again."""
    steps = (leak(None, 0.0, "other leak", OTHER), alarm(rule("read", [OTHER], TOKEN), 10.0))
    unreached = response(5.0)
    only_the_token = Containment(unreached.responders, by={TOKEN: 0})
    assert LOSS in run(*steps, OPEN, rule("use", [SESSION], LOSS, 100.0), containment=only_the_token)


@pytest.mark.parametrize(("fact", "action"), [(PAGE, "clean-content"), (CODE, "evict-code")])
def test_content_and_code_go_only_by_their_own_action(fact: Fact, action: str) -> None:
    steps = (alarm(leak(None, fact=fact), 10.0), rule("use", [fact], LOSS, 100.0))
    others = [other for other in ACTIONS if other != action]
    assert LOSS in run(*steps, containment=response(5.0, *others))
    assert LOSS not in run(*steps, containment=response(5.0, action))


@pytest.mark.parametrize("kind", ["performed", "deleted", "lost"])
def test_what_was_done_stays_done(kind: str) -> None:
    fact = Fact(kind, "x")
    steps = (alarm(leak(None), 10.0), rule("a", [TOKEN], fact))
    assert LOSS in run(*steps, rule("use", [fact], LOSS, 15.0), containment=response(5.0, *ACTIONS))


def test_a_response_in_two_actions_ends_each_thing_at_its_own_moment() -> None:
    """The secret is revoked at 15, which the session survives; it is terminated at 70."""
    actions = (Action("revoke-secret", Fixed(5.0)), Action("terminate-sessions", Fixed(60.0), "later"))
    two = Containment((actions,), by={TOKEN: 0, SESSION: 0})
    steps = (alarm(leak(None), 10.0), logged(outliving(OPEN, revoke_secret=None)))
    assert LOSS in run(*steps, rule("use", [SESSION], LOSS, 69.0), containment=two)
    assert LOSS not in run(*steps, rule("use", [SESSION], LOSS, 70.0), containment=two)


def test_actions_of_one_name_take_the_same_time_in_a_sample() -> None:
    law = Exponential(100.0)
    actions = (Action("revoke-secret", law, "team"), Action("clean-content", law, "team"))
    for sample in range(20):
        delay = draw(quantile_table(law), word(0, sample, Stream.RESPONSE, key_hash("response:team"))) / 1000
        for fact in (TOKEN, PAGE):
            both = Containment((actions,), by={fact: 0})
            steps = (alarm(leak(None, fact=fact), 0.0), rule("use", [fact], LOSS, 100.0))
            assert (LOSS in run(*steps, containment=both, sample=sample)) is (delay > 100.0)


def test_an_action_takes_its_time_to_spread() -> None:
    spreads = Containment(response(5.0).responders, by={TOKEN: 0}, spread={TOKEN: 4.0})
    assert LOSS in run(alarm(leak(None), 10.0), rule("use", [TOKEN], LOSS, 18.0), containment=spreads)
    assert LOSS not in run(alarm(leak(None), 10.0), rule("use", [TOKEN], LOSS, 19.0), containment=spreads)


def test_what_an_action_does_not_end_is_spared() -> None:
    """A token that is validated locally lives to its own end, whatever is revoked."""
    spared = Containment(response(5.0).responders, by={TOKEN: 0}, spared={TOKEN: ("revoke-secret",)})
    assert LOSS in run(alarm(leak(None), 10.0), rule("use", [TOKEN], LOSS, 900.0), containment=spared)


# ---- what is missed


def test_a_missed_secret_lives_until_its_remediation_lag_and_its_session_with_it() -> None:
    def when(work: float) -> float | None:
        steps = (alarm(leak(None), 10.0), OPEN, rule("use", [SESSION], LOSS, work))
        return run(*steps, containment=response(5.0, lag=100.0, forgotten=1.0)).get(LOSS)

    assert when(20.0) == 20.0
    assert when(114.0) == 114.0
    assert when(115.0) is None


def test_a_missed_secret_dies_no_later_than_it_would_have() -> None:
    steps = (alarm(leak(40.0), 10.0), OPEN)
    forgets = response(5.0, lag=100.0, forgotten=1.0)
    assert LOSS in run(*steps, rule("use", [SESSION], LOSS, 39.0), containment=forgets)
    assert LOSS not in run(*steps, rule("use", [SESSION], LOSS, 40.0), containment=forgets)


def overlooking(action: str, *facts: Fact, fates: Mapping[Fact, str] = {}) -> Containment:
    """A team that does `action` at once and surely overlooks the account behind `facts`; all else it finds."""
    account = dict.fromkeys((TOKEN, SESSION), "ci")
    by, missed = dict.fromkeys((TOKEN, SESSION, OTHER), 0), dict.fromkeys(facts, 1.0)
    return Containment(((Action(action, Fixed(5.0)),),), by=by, groups=account, overlooked=missed, fates=fates)


@pytest.mark.parametrize("action", ["disable", "delete", "remove-entitlement"])
def test_an_account_that_is_overlooked_is_left_alone(action: str) -> None:
    steps = (alarm(leak(None), 10.0), OPEN, rule("use", [SESSION], LOSS, 100.0))
    assert LOSS not in run(*steps, containment=overlooking(action))
    assert LOSS in run(*steps, containment=overlooking(action, TOKEN))


def test_an_account_is_found_by_any_thing_of_it_that_is_known_and_not_missed() -> None:
    """The token is known and missed; the session is known only where its opening is logged."""
    use = rule("use", [SESSION], LOSS, 100.0)
    for opened, found in ((OPEN, False), (logged(OPEN), True)):
        times = run(alarm(leak(None), 10.0), opened, use, containment=overlooking("disable", TOKEN))
        assert (LOSS not in times) is found


def test_what_has_the_fate_of_a_secret_is_missed_with_it() -> None:
    half = overlooking("disable", fates={SESSION: "token"})
    chances = Containment(half.responders, by=half.by, groups=half.groups, overlooked=dict.fromkeys(half.by, 0.5))
    steps = (alarm(leak(None), 10.0), logged(OPEN), rule("use", [SESSION], LOSS, 100.0))
    apart, together = (replace(chances, fates=fates) for fates in ({}, half.fates))
    missed = [word(0, n, Stream.FORGOTTEN, key_hash("credential:token")) < 2**31 for n in range(200)]
    assert [LOSS in run(*steps, containment=together, sample=n) for n in range(200)] == missed
    also = [word(0, n, Stream.FORGOTTEN, key_hash("credential:s")) < 2**31 for n in range(200)]
    both = [token and session for token, session in zip(missed, also, strict=True)]
    assert [LOSS in run(*steps, containment=apart, sample=n) for n in range(200)] == both


# ---- what is known


def test_what_nobody_knows_of_lives_on() -> None:
    """A second way in that nobody noticed works on, before and after the response."""
    for start in (0.0, 50.0):
        late = leak(None, start, "late", OTHER)
        times = run(alarm(leak(None), 10.0), late, rule("use", [OTHER], LOSS, 100.0), containment=response(5.0))
        assert times[LOSS] == start + 100.0


@pytest.mark.parametrize("seen", [True, False])
def test_a_logged_step_links_what_is_known_with_what_is_not(seen: bool) -> None:
    """Who reads a store that holds a secret has it; responders know that only if they log reads."""
    found = Fact("holds", "found")
    read = rule("read", [TOKEN], found, after=None)._replace(logged=seen)
    both = Containment(response(5.0).responders, by={TOKEN: 0, found: 0})
    times = run(alarm(leak(None), 10.0), read, rule("use", [found], LOSS, 100.0), containment=both)
    assert (LOSS in times) is not seen


def test_links_lead_both_ways_and_through_several_steps() -> None:
    """The alert is about the last session; the logs lead back to the token, and forward to the other session."""
    also = logged(outliving(rule("also", [TOKEN], OTHER), revoke_secret=None))
    steps = (leak(None), logged(OPEN), also, alarm(logged(rule("a", [SESSION], ROLE)), 10.0))
    use = rule("use", [OTHER], LOSS, 100.0)
    assert LOSS not in run(*steps, use, containment=response(5.0, "revoke-secret", "terminate-sessions"))
    unlinked = (leak(None), OPEN, *steps[2:])
    assert LOSS in run(*unlinked, use, containment=response(5.0, "revoke-secret", "terminate-sessions"))


def test_damage_is_no_link_between_two_sessions() -> None:
    """Both sessions read the same thing; an alert about one says nothing of the other."""
    reads = (alarm(logged(rule("read", [SESSION], SECOND)), 0.0), logged(rule("read too", [OTHER], SECOND)))
    steps = (leak(None, fact=SESSION), leak(None, 0.0, "other", OTHER), *reads)
    ends = response(5.0, "terminate-sessions")
    assert LOSS in run(*steps, rule("use", [OTHER], LOSS, 100.0), containment=ends)
    assert LOSS not in run(*steps, rule("use", [SESSION], LOSS, 100.0), containment=ends)


def test_a_link_that_is_made_later_makes_known_later() -> None:
    """The session is opened at 50, from a token that the responders know and revoke at 60: they end it at 110."""
    opened = logged(outliving(rule("open", [TOKEN], SESSION, 50.0), revoke_secret=None))
    slow = response(60.0, "revoke-secret", "terminate-sessions")
    steps = (alarm(leak(None), 0.0), opened)
    assert LOSS in run(*steps, rule("use", [SESSION], LOSS, 59.0), containment=slow)
    assert LOSS not in run(*steps, rule("use", [SESSION], LOSS, 60.0), containment=slow)


def test_a_known_session_names_its_secrets() -> None:
    use = rule("use", [TOKEN], LOSS, 100.0)
    unlinked = Containment(response(5.0).responders, by={TOKEN: 0, SESSION: 0})
    steps = (leak(None), rule("open", [TOKEN], OTHER), alarm(rule("a", [OTHER], SESSION), 10.0), use)
    assert LOSS in run(*steps, containment=unlinked)
    assert LOSS not in run(*steps, containment=response(5.0, told={SESSION: (TOKEN,)}))


def test_a_thing_is_dealt_with_once() -> None:
    """The token is revoked at 15, leaks again at 30, unnoticed, and lives."""
    steps = (alarm(leak(None), 10.0), leak(None, 30.0, "again"), rule("use", [TOKEN], LOSS, 100.0))
    assert run(*steps, containment=response(5.0))[LOSS] == 130.0


# ---- what is kept from being seen

OFF = Fact("performed", "trail")


def silenced(step: Step, shown: float = 0.0) -> Step:
    """`step`, which is seen only while the trail is on, but for what shows by itself."""
    return step._replace(silenced=(OFF,), shown=shown)


def test_after_the_log_is_off_nothing_raises_an_alert() -> None:
    use = silenced(alarm(rule("use", [TOKEN], SESSION, 10.0), 5.0))
    assert contained(leak(None), use, rule("stop", [TOKEN], OFF, 11.0), containment=response(1.0)) == 16.0
    assert contained(leak(None), use, rule("stop", [TOKEN], OFF, 9.0), containment=response(1.0)) is None


def test_of_one_moment_the_step_with_the_lower_number_is_first() -> None:
    late, early = (silenced(alarm(rule(key, [TOKEN], SESSION, 10.0), 5.0)) for key in ("z", "a"))
    stop = rule("stop", [TOKEN], OFF, 10.0)
    assert contained(leak(None), late, stop, containment=response(1.0)) is None
    assert contained(leak(None), early, stop, containment=response(1.0)) == 16.0


def test_what_shows_by_itself_does_so_whatever_is_logged() -> None:
    steps = (leak(None), rule("stop", [TOKEN], OFF))
    use = silenced(alarm(rule("use", [TOKEN], SESSION, 10.0), 5.0), shown=0.25)
    drawn = [word(0, n, Stream.ALERT, key_hash("use")) for n in range(100)]
    found = [contained(*steps, use, containment=response(1.0), sample=n) == 16.0 for n in range(100)]
    assert found == [each < 2**30 for each in drawn]


def test_what_was_not_seen_links_nothing_later() -> None:
    noticed = alarm(leak(None), 100.0)
    use, deed = silenced(logged(rule("use", [TOKEN], OTHER, 10.0))), rule("deed", [OTHER], LOSS, 200.0)
    ends = response(1.0, "disable")
    assert LOSS not in run(noticed, use, deed, rule("stop", [TOKEN], OFF, 11.0), containment=ends)
    assert run(noticed, use, deed, rule("stop", [TOKEN], OFF, 9.0), containment=ends)[LOSS] == 210.0


def test_a_log_that_is_on_again_shows_what_is_done_then() -> None:
    off = leak(41.0, 9.0, "stop", OTHER)  # from 9 to 50
    for takes, seen in ((8.0, 14.0), (49.0, None), (50.0, 56.0)):
        use = alarm(rule("use", [TOKEN], SESSION, takes), 5.0)._replace(silenced=(OTHER,))
        assert contained(leak(None), off, use, containment=response(1.0)) == seen
