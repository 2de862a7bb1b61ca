"""The definition by hand: windows, lapses, renewals, containment and role juggling on graphs of a few steps."""

from __future__ import annotations

import pytest

from simkit.attackgraph import AttackGraph, Conclusion, Containment, Entry, Fact, Ground, Step, Variant
from simkit.distributions import Distribution, Exponential, Fixed, draw, quantile_table
from simkit.engines import reference
from simkit.fate import Stream, key_hash, word

HORIZON = 1000.0
TOKEN, SESSION, OTHER = Fact("holds", "token"), Fact("replays", "s"), Fact("replays", "t")
LOSS, SECOND = Fact("lost", "x", "integrity"), Fact("lost", "y", "integrity")
NO_RESPONSE = Containment(Fixed(0.0), Fixed(0.0), {})


def rule(key: str, premises: str | list[Fact], concluded: Fact, takes: float = 0.0, after: float | None = 0.0) -> Step:
    """A certain step that takes `takes` seconds; its fact outlives the premises by `after`."""
    facts = tuple(premises) if not isinstance(premises, str) else ()
    return Step(key, "act", facts, (Conclusion(concluded, after),), (Ground("flow"),), duration=Fixed(takes))


def graph(*steps: Step, containment: Containment = NO_RESPONSE) -> AttackGraph:
    """The graph whose one entry starts every step without premises."""
    roots = tuple(step for step in steps if not step.premises)
    entry = Entry("in", (Variant("", 1.0, roots),))
    return AttackGraph.build([s for s in steps if s.premises], [entry], containment, horizon=HORIZON)


def run(
    *steps: Step, containment: Containment = NO_RESPONSE, extensions: int = 8, sample: int = 0
) -> dict[Fact, float]:
    """When each fact first held, in seconds."""
    made = graph(*steps, containment=containment)
    trace = reference.replay(made, made.entry("in"), seed=0, sample=sample, extensions=extensions)
    return {made.facts[fact]: time / 1000 for fact, time in trace.first.items()}


def contained(*steps: Step, containment: Containment, sample: int = 0) -> float | None:
    made = graph(*steps, containment=containment)
    at = reference.replay(made, made.entry("in"), seed=0, sample=sample).contained
    return None if at is None else at / 1000


def leak(after: float | None, takes: float = 0.0, key: str = "leak", fact: Fact = TOKEN) -> Step:
    return rule(key, "", fact, takes, after)


# ---- when a step concludes


def test_steps_follow_one_another_and_their_times_add_up() -> None:
    assert run(leak(None, 5.0), rule("a", [TOKEN], SESSION, 2.0), rule("b", [SESSION], LOSS, 3.0)) == {
        TOKEN: 5.0,
        SESSION: 7.0,
        LOSS: 10.0,
    }


def test_work_wait_and_approval_add_up() -> None:
    slow = rule("a", [TOKEN], LOSS, 2.0)._replace(wait=Fixed(30.0), approval=Fixed(400.0))
    assert run(leak(None), slow)[LOSS] == 432.0


def test_a_step_starts_when_the_last_of_its_premises_holds() -> None:
    both = rule("both", [SESSION, OTHER], LOSS, 1.0)
    times = run(leak(None), rule("a", [TOKEN], SESSION, 2.0), rule("b", [TOKEN], OTHER, 7.0), both)
    assert times[LOSS] == 8.0


def test_a_fact_holds_from_the_first_step_that_concludes_it() -> None:
    assert run(leak(None), rule("slow", [TOKEN], LOSS, 9.0), rule("fast", [TOKEN], LOSS, 4.0))[LOSS] == 4.0


def test_among_equals_the_step_whose_key_sorts_first_has_it() -> None:
    made = graph(leak(None), rule("b", [TOKEN], LOSS, 4.0), rule("a", [TOKEN], LOSS, 4.0))
    trace = reference.replay(made, made.entry("in"), seed=0, sample=0)
    assert made.steps[trace.by[made.index[LOSS]]].key == "a"


def test_a_step_must_be_done_before_its_premise_ends() -> None:
    assert LOSS in run(leak(10.0), rule("a", [TOKEN], LOSS, 9.999))
    assert LOSS not in run(leak(10.0), rule("a", [TOKEN], LOSS, 10.0))


def test_premises_that_never_hold_together_do_nothing() -> None:
    late = leak(None, 20.0, "late", OTHER)
    assert LOSS not in run(leak(10.0), late, rule("a", [TOKEN, OTHER], LOSS))
    assert LOSS in run(leak(30.0), late, rule("a", [TOKEN, OTHER], LOSS))


def test_nothing_happens_at_or_after_the_horizon() -> None:
    assert LOSS in run(leak(None), rule("a", [TOKEN], LOSS, 999.999))
    assert LOSS not in run(leak(None), rule("a", [TOKEN], LOSS, 1000.0))


# ---- how long a fact holds


def test_a_live_session_dies_with_its_token() -> None:
    assert LOSS in run(leak(10.0), rule("open", [TOKEN], SESSION, 1.0), rule("use", [SESSION], LOSS, 8.0))
    assert LOSS not in run(leak(10.0), rule("open", [TOKEN], SESSION, 1.0), rule("use", [SESSION], LOSS, 9.0))


def test_an_assumed_session_lives_its_own_ttl_after_that() -> None:
    assume = rule("assume", [SESSION], OTHER, after=50.0)
    opened = rule("open", [TOKEN], SESSION)
    assert LOSS in run(leak(10.0), opened, assume, rule("use", [OTHER], LOSS, 59.0))
    assert LOSS not in run(leak(10.0), opened, assume, rule("use", [OTHER], LOSS, 60.0))


def test_a_fact_that_two_steps_conclude_ends_with_the_last() -> None:
    steps = [
        leak(10.0),
        leak(40.0, 0.0, "second leak", OTHER),
        rule("a", [TOKEN], SESSION),
        rule("b", [OTHER], SESSION),
    ]
    assert LOSS in run(*steps, rule("use", [SESSION], LOSS, 39.0))
    assert LOSS not in run(*steps, rule("use", [SESSION], LOSS, 40.0))


def test_what_is_out_is_out() -> None:
    assert SECOND in run(leak(1.0), rule("a", [TOKEN], LOSS), rule("b", [LOSS], SECOND, 500.0))


def test_a_fact_that_lapses_is_won_again_and_its_steps_begin_anew() -> None:
    """The token is there from 0 to 10 and again from 30 to 50: work of 15 s is done at 45, not at 15 or 30."""
    again = leak(20.0, 30.0, "again")
    assert run(leak(10.0), again, rule("a", [TOKEN], LOSS, 15.0))[LOSS] == 45.0


def test_a_fact_that_is_extended_before_it_lapses_keeps_work_under_way() -> None:
    """The token is there from 0 to 10, and at 5 renewed until 25: work of 15 s is done at 15."""
    again = leak(20.0, 5.0, "again")
    assert run(leak(10.0), again, rule("a", [TOKEN], LOSS, 15.0))[LOSS] == 15.0


def test_a_shorter_renewal_shortens_nothing() -> None:
    assert run(leak(30.0), leak(1.0, 2.0, "again"), rule("a", [TOKEN], LOSS, 20.0))[LOSS] == 20.0


def test_an_aged_token_has_a_uniform_part_of_its_ttl_left() -> None:
    aged = Step("leak", "leak", (), (Conclusion(TOKEN, 100.0, aged=True),), (Ground("flow"),))
    for sample in range(50):
        left = 100.0 * (1 - word(0, sample, Stream.AGE, key_hash("leak")) / 2**32)
        assert (LOSS in run(aged, rule("a", [TOKEN], LOSS, 40.0), sample=sample)) is (left > 40.0)


# ---- role juggling


JUGGLING = (
    leak(10.0),
    rule("open", [TOKEN], SESSION),
    rule("there", [SESSION], OTHER, 1.0, 5.0),
    rule("back", [OTHER], SESSION, 1.0, 5.0),
)


def test_two_roles_that_open_each_other_keep_each_other_alive_for_ever() -> None:
    assert run(*JUGGLING, rule("use", [SESSION], LOSS, 900.0))[LOSS] == 900.0


def test_without_the_way_back_they_do_not() -> None:
    assert LOSS not in run(*JUGGLING[:3], rule("use", [SESSION], LOSS, 900.0))


def test_the_bound_errs_on_the_attackers_side_only() -> None:
    exact = run(*JUGGLING, rule("use", [SESSION], LOSS, 900.0), extensions=10**6)
    assert exact == run(*JUGGLING, rule("use", [SESSION], LOSS, 900.0), extensions=0)


def test_after_so_many_extensions_a_fact_ends_at_the_horizon_and_not_before() -> None:
    """Three leaks of the same token, each 10 s: with two extensions allowed it ends at 30, with one it never does."""
    leaks = [leak(10.0, 9.0 * number, f"leak {number}") for number in range(3)]
    use = rule("use", [TOKEN], LOSS, 100.0)
    assert LOSS not in run(*leaks, use, extensions=2)
    assert LOSS in run(*leaks, use, extensions=1)


# ---- alerts and containment


def alarm(step: Step, delay: float, chance: float = 1.0) -> Step:
    return step._replace(alert=chance, alert_delay=Fixed(delay))


def response(delay: float, lag: float = 0.0, forgotten: float = 0.0) -> Containment:
    return Containment(Fixed(delay), Fixed(lag), {TOKEN: forgotten})


def test_containment_comes_an_alert_delay_and_a_response_delay_after_a_step() -> None:
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


def test_containment_ends_the_session_and_its_token() -> None:
    steps = (alarm(leak(None), 10.0), rule("open", [TOKEN], SESSION))
    assert LOSS in run(*steps, rule("use", [SESSION], LOSS, 14.0), containment=response(5.0))
    assert LOSS not in run(*steps, rule("use", [SESSION], LOSS, 15.0), containment=response(5.0))


def test_what_was_done_at_the_very_moment_of_containment_is_not_done() -> None:
    assert LOSS not in run(alarm(leak(None), 5.0), rule("use", [TOKEN], LOSS, 5.0), containment=response(0.0))


@pytest.mark.parametrize("kind", ["runs_in", "tainted", "outbound", "steers"])
def test_code_content_and_steered_sessions_end_too(kind: str) -> None:
    fact = Fact(kind, "x")
    steps = (alarm(leak(None), 10.0), rule("a", [TOKEN], fact))
    assert LOSS not in run(*steps, rule("use", [fact], LOSS, 15.0), containment=response(5.0))


@pytest.mark.parametrize("kind", ["seen", "performed", "deleted", "lost"])
def test_what_was_learnt_and_done_does_not(kind: str) -> None:
    fact = Fact(kind, "x")
    steps = (alarm(leak(None), 10.0), rule("a", [TOKEN], fact))
    assert LOSS in run(*steps, rule("use", [fact], LOSS, 15.0), containment=response(5.0))


def test_a_forgotten_credential_lives_until_its_remediation_lag() -> None:
    def when(work: float) -> float | None:
        steps = (alarm(leak(None), 10.0), rule("open", [TOKEN], SESSION), rule("use", [SESSION], LOSS, work))
        return run(*steps, containment=response(5.0, lag=100.0, forgotten=1.0)).get(LOSS)

    assert when(14.0) == 14.0
    assert when(20.0) == 35.0  # the session was cut at 15 and opened again at once
    assert when(99.0) == 114.0
    assert when(100.0) is None


def test_a_forgotten_credential_dies_no_later_than_it_would_have() -> None:
    steps = (alarm(leak(40.0), 10.0), rule("open", [TOKEN], SESSION))
    forgets = response(5.0, lag=100.0, forgotten=1.0)
    assert LOSS in run(*steps, rule("use", [SESSION], LOSS, 24.0), containment=forgets)
    assert LOSS not in run(*steps, rule("use", [SESSION], LOSS, 25.0), containment=forgets)


def test_what_a_forgotten_credential_still_opens_is_not_contained_again() -> None:
    steps = (alarm(leak(None), 10.0), alarm(rule("open", [TOKEN], SESSION), 0.0), rule("use", [SESSION], LOSS, 50.0))
    assert run(*steps, containment=response(5.0, lag=900.0, forgotten=1.0))[LOSS] == 55.0


def test_after_containment_what_is_won_later_is_not_ended() -> None:
    """A second way in, unnoticed and after containment, works: one alert, one response."""
    late = leak(None, 50.0, "late", OTHER)
    assert (
        run(alarm(leak(None), 10.0), late, rule("use", [OTHER], LOSS, 100.0), containment=response(5.0))[LOSS] == 150.0
    )


# ---- chances and draws


def test_a_step_fails_or_works_once_for_all_in_a_sample() -> None:
    """The same step, ready three times: it works at the first or never."""
    half = rule("try", [TOKEN], LOSS)._replace(chance=0.5)
    leaks = [leak(1.0, 10.0 * number, f"leak {number}") for number in range(3)]
    times = [run(*leaks, half, sample=sample).get(LOSS) for sample in range(60)]
    assert set(times) == {None, 0.0}
    assert [time == 0.0 for time in times] == [word(0, n, Stream.SUCCESS, key_hash("try")) < 2**31 for n in range(60)]


@pytest.mark.parametrize(
    ("part", "stream"), [("duration", Stream.DURATION), ("wait", Stream.WAIT), ("approval", Stream.APPROVAL)]
)
def test_durations_are_drawn_from_their_tables_by_the_words_of_their_stream(part: str, stream: Stream) -> None:
    law: Distribution = Exponential(20.0)
    step = rule("a", [TOKEN], LOSS)._replace(**{part: law})
    for sample in range(20):
        expected = draw(quantile_table(law), word(0, sample, stream, key_hash("a"))) / 1000
        assert run(leak(None), step, sample=sample)[LOSS] == expected


# ---- reach and the worst case


def test_reach_ignores_time_lifetimes_and_alerts_but_not_chances() -> None:
    impossible = rule("never", [SESSION], SECOND)._replace(chance=0.0)
    made = graph(
        alarm(leak(1.0), 0.0),
        rule("open", [TOKEN], SESSION, 5000.0),
        rule("half", [SESSION], LOSS)._replace(chance=0.5),
        impossible,
        containment=response(0.0),
    )
    names = [{made.facts[f] for f in reference.reach(made, made.entry("in"), seed=0, sample=n)} for n in range(60)]
    assert all({TOKEN, SESSION} <= held <= {TOKEN, SESSION, LOSS} for held in names)
    assert [LOSS in held for held in names] == [word(0, n, Stream.SUCCESS, key_hash("half")) < 2**31 for n in range(60)]


def test_the_worst_case_ignores_chances_but_not_impossibility() -> None:
    made = graph(
        leak(1.0),
        rule("hardly", [TOKEN], LOSS)._replace(chance=1e-9),
        rule("never", [TOKEN], SECOND)._replace(chance=0.0),
    )
    roots = made.entry("in").roots(0)
    assert {made.facts[f] for f in reference.worst_case(made, roots)} == {TOKEN, LOSS}


def test_the_worst_case_without_a_step_lacks_what_only_it_gives() -> None:
    made = graph(leak(1.0), rule("a", [TOKEN], SESSION), rule("b", [SESSION], LOSS), rule("c", [TOKEN], OTHER))
    number = next(i for i, step in enumerate(made.steps) if step.key == "a")
    left = reference.worst_case(made, made.entry("in").roots(0), without=frozenset({number}))
    assert {made.facts[f] for f in left} == {TOKEN, OTHER}


def test_a_circle_of_steps_holds_nothing_up_by_itself() -> None:
    made = graph(leak(None), rule("a", [SESSION], OTHER), rule("b", [OTHER], SESSION))
    assert {made.facts[f] for f in reference.worst_case(made, made.entry("in").roots(0))} == {TOKEN}
