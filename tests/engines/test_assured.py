"""What is reached in any case is told without a replay: `by` then names no step, since none was taken."""

from __future__ import annotations

import numpy as np
import pytest
from few_steps import HORIZON, LOSS, NO_RESPONSE, OTHER, SECOND, SESSION, TOKEN, alarm, graph, leak, rule

from simkit.attackgraph import Action, Containment, Fact, Step
from simkit.distributions import Exponential, Fixed
from simkit.engines.outcomes import NEVER
from simkit.engines.replay import replay

SAMPLES = 640
USE = rule("use", [SESSION], LOSS, 10.0)
PAGE = Fact("tainted", "page")


def told(*steps: Step, containment: Containment = NO_RESPONSE, of: Fact = LOSS) -> tuple[int, int]:
    """In how many of 640 samples `of` is reached, and in how many of these that was told without a replay; what a
    replay to the horizon says is the same, sample by sample."""
    made = graph(*steps, containment=containment)
    kept = [made.index[of]]
    whole = replay(made, "in", seed=1, trials=SAMPLES, threads=1, facts=kept)
    short = replay(made, "in", seed=1, trials=SAMPLES, threads=1, facts=kept, only_whether=True)
    reached = short.first[:, 0] >= 0
    assert np.array_equal(reached, whole.first[:, 0] >= 0)
    return int(reached.sum()), int((reached & (short.by[:, 0] == NEVER)).sum())


def responder(*facts: Fact, action: str = "revoke-secret", delay: float = 5.0, group: str = "") -> Containment:
    """Who does `action` so many seconds after any of `facts` is known."""
    groups = dict.fromkeys((*facts, TOKEN), group) if group else {}
    return Containment(((Action(action, Fixed(delay)),),), Fixed(0.0), dict.fromkeys(facts, 0), groups)


def test_a_way_of_sure_steps_is_not_replayed() -> None:
    assert told(leak(None), rule("open", [TOKEN], SESSION, 1.0), USE) == (SAMPLES, SAMPLES)


def test_nor_is_a_sample_in_which_all_steps_work() -> None:
    some = rule("open", [TOKEN], SESSION)._replace(chance=0.25)
    reached, sure = told(leak(None), some, USE)
    assert 100 < reached == sure < 220


def test_what_comes_after_the_horizon_is_not_reached() -> None:
    assert told(leak(None), rule("open", [TOKEN], SESSION, HORIZON - 10), USE) == (0, 0)
    assert told(leak(None), rule("open", [TOKEN], SESSION, HORIZON - 11), USE) == (SAMPLES, SAMPLES)


@pytest.mark.parametrize(("life", "lost"), [(11.0, SAMPLES), (10.0, 0)])
def test_a_first_fact_must_hold_as_long_as_the_way_takes(life: float, lost: int) -> None:
    assert told(leak(life), rule("use", [TOKEN], LOSS, 10.0)) == (lost, lost)


def test_a_session_may_outlive_the_token_that_opened_it() -> None:
    assert told(leak(1.0), rule("open", [TOKEN], SESSION, after=11.0), USE) == (SAMPLES, SAMPLES)
    assert told(leak(1.0), rule("open", [TOKEN], SESSION, after=9.0), USE) == (0, 0)


def test_the_samples_in_which_a_token_was_too_old_are_replayed() -> None:
    old = leak(100.0)
    aged = old._replace(conclusions=(old.conclusions[0]._replace(aged=True),))
    reached, sure = told(aged, rule("use", [TOKEN], LOSS, 10.0))
    assert 540 < sure <= reached < 610


def test_the_samples_in_which_a_step_took_unusually_long_are_replayed() -> None:
    slow = rule("open", [TOKEN], SESSION)._replace(duration=Exponential(10.0))
    reached, sure = told(leak(None), slow, USE)
    assert reached == SAMPLES
    assert 600 < sure < SAMPLES


def test_a_responder_who_may_come_in_time_leaves_it_to_the_replay() -> None:
    steps = (alarm(leak(None), 2.0), rule("use", [TOKEN], LOSS, 10.0))
    assert told(*steps, containment=responder(TOKEN, delay=9.0)) == (SAMPLES, SAMPLES)
    assert told(*steps, containment=responder(TOKEN, delay=8.0)) == (0, 0)
    assert told(alarm(leak(None), 2.0, 0.5), steps[1], containment=responder(TOKEN, delay=8.0))[1] == 0


def test_a_responder_to_something_else_does_not() -> None:
    page = alarm(rule("write", [TOKEN], PAGE), 0.0)
    steps = (leak(None), page, rule("use", [TOKEN], LOSS, 10.0))
    assert told(*steps, containment=responder(PAGE, action="clean-content")) == (SAMPLES, SAMPLES)


def test_one_who_ends_all_of_a_group_does_where_any_of_it_is_needed() -> None:
    other = alarm(rule("open other", [TOKEN], OTHER), 0.0)
    steps = (leak(None), other, rule("open", [TOKEN], SESSION), USE)
    assert told(*steps, containment=responder(OTHER, action="disable", group="other")) == (SAMPLES, SAMPLES)
    both = Containment(((Action("disable", Fixed(5.0)),),), Fixed(0.0), {OTHER: 0}, {OTHER: "a", SESSION: "a"})
    assert told(*steps, containment=both) == (0, 0)


def test_what_a_known_thing_gives_away_is_known() -> None:
    steps = (leak(None), alarm(rule("write", [TOKEN], PAGE), 0.0), rule("use", [TOKEN], LOSS, 10.0))
    told_of = Containment(((Action("revoke-secret", Fixed(5.0)),),), Fixed(0.0), {TOKEN: 0}, told={PAGE: (TOKEN,)})
    assert told(*steps, containment=told_of) == (0, 0)


def test_another_way_that_is_ended_takes_nothing_from_the_sure_one() -> None:
    """The session comes by the page first, which only a run writes; when that is cleaned it goes on by the token."""
    steps = (
        leak(None),
        alarm(rule("write", [TOKEN], PAGE)._replace(again=True), 0.0),
        rule("by page", [PAGE], SESSION),
        rule("by token", [TOKEN], SESSION, 1.0),
        USE,
    )
    clean = responder(PAGE, action="clean-content", delay=3.0)
    assert told(*steps, containment=clean) == (SAMPLES, SAMPLES)


def test_a_first_fact_that_another_way_may_support_is_left_to_the_replay() -> None:
    """The way back, by a page that a run writes, makes the session last, and is ended: then the session does not come
    again by itself."""
    write = rule("write", [SESSION], PAGE, after=None)._replace(again=True)
    steps = (leak(20.0, fact=SESSION), alarm(write, 0.0), rule("back", [PAGE], SESSION), USE)
    clean = responder(PAGE, action="clean-content", delay=3.0)
    assert told(*steps, containment=clean) == (0, 0)


def test_runs_of_a_task_are_left_to_the_replay() -> None:
    run = rule("run", [TOKEN], SESSION, after=20.0)
    again = run._replace(again=True, conclusions=(run.conclusions[0]._replace(run=True),))
    assert told(leak(None), again, USE) == (SAMPLES, 0)


def test_where_one_loss_is_open_the_sample_goes_on_for_that_one_alone() -> None:
    steps = (leak(None), rule("open", [TOKEN], SESSION), USE, rule("other", [TOKEN], SECOND)._replace(chance=0.5))
    made = graph(*steps)
    kept = [made.index[LOSS], made.index[SECOND]]
    short = replay(made, "in", seed=1, trials=SAMPLES, threads=1, facts=kept, only_whether=True)
    whole = replay(made, "in", seed=1, trials=SAMPLES, threads=1, facts=kept)
    assert np.array_equal(short.first >= 0, whole.first >= 0)
    assert (short.first[:, 0] == 0).all()
