"""The definition by hand: runs of tasks, which end, come again, and wait for a person; and rotation schedules."""

from __future__ import annotations

from few_steps import LOSS, OTHER, SECOND, TOKEN, graph, leak, rule, run

from simkit.attackgraph import Conclusion, Fact, Step
from simkit.distributions import Exponential, Fixed, draw, quantile_table
from simkit.fate import Stream, key_hash, word

PAGE, STEERED, SEEN = Fact("tainted", "page"), Fact("steers", "agent"), Fact("seen", "agent", "secret")
POISON = leak(None, fact=PAGE)


def steer(lasts: float, wait: float = 10.0) -> Step:
    """A run of a task that reads the page: it comes `wait` seconds later, and `lasts` so long."""
    concluded = (Conclusion(STEERED, lasts, run=True),)
    return rule("steer", [PAGE], STEERED)._replace(conclusions=concluded, wait=Fixed(wait), again=True)


def test_work_must_fit_into_a_run() -> None:
    assert run(POISON, steer(20.0), rule("use", [STEERED], LOSS, 19.0))[LOSS] == 29.0
    assert LOSS not in run(POISON, steer(20.0), rule("use", [STEERED], LOSS, 20.0))


def test_what_a_run_has_seen_ends_with_it() -> None:
    steps = (POISON, steer(20.0), rule("read", [STEERED], SEEN, 5.0))
    assert LOSS in run(*steps, rule("use", [SEEN], LOSS, 14.0))
    assert LOSS not in run(*steps, rule("use", [SEEN], LOSS, 15.0))


def test_what_a_run_brings_out_lasts_as_long_as_runs_come_again() -> None:
    """A token with no life of its own, found in each run, is there between the runs and after them."""
    assert (
        run(POISON, steer(20.0), rule("find", [STEERED], TOKEN, 5.0), rule("use", [TOKEN], LOSS, 300.0))[LOSS] == 315.0
    )


def test_the_next_run_comes_when_something_new_is_there() -> None:
    """At 100 something else is won, without which the run could do nothing: the next run counts, at 110."""
    late = leak(None, 100.0, "late", TOKEN)
    assert run(POISON, steer(20.0), late, rule("use", [STEERED, TOKEN], LOSS, 5.0))[LOSS] == 115.0


def test_a_run_under_way_uses_what_is_won_during_it() -> None:
    late = leak(None, 15.0, "late", TOKEN)
    assert run(POISON, steer(20.0), late, rule("use", [STEERED, TOKEN], LOSS, 5.0))[LOSS] == 20.0


def test_a_run_goes_on_until_the_answer_that_it_waits_for_and_for_what_was_left() -> None:
    """Asked at 13, answered at 113: the run, which would have ended at 30, has 17 s left."""
    asks = rule("ask", [STEERED], OTHER, 3.0)._replace(approval=Fixed(100.0))
    times = run(POISON, steer(20.0), asks, rule("use", [OTHER], LOSS, 16.0), rule("use too", [OTHER], SECOND, 17.0))
    assert times[OTHER] == 113.0
    assert times[LOSS] == 129.0
    assert SECOND not in times


def test_what_is_asked_after_the_run_is_not_answered() -> None:
    asks = rule("ask", [STEERED], LOSS, 20.0)._replace(approval=Fixed(100.0))
    assert LOSS not in run(POISON, steer(20.0), asks)


def test_a_stolen_session_does_not_wait_for_an_answer() -> None:
    asks = rule("ask", [TOKEN], LOSS)._replace(approval=Fixed(100.0))
    assert LOSS not in run(leak(50.0), asks)


def test_a_life_that_varies_is_drawn_once_for_each_sample_and_step() -> None:
    law = Exponential(30.0)
    leaked = Step("leak", "leak", (), (Conclusion(TOKEN, law),), leak(None).grounds)
    for sample in range(20):
        life = draw(quantile_table(law), word(0, sample, Stream.AGE, key_hash("leak"))) / 1000
        assert (LOSS in run(leaked, rule("use", [TOKEN], LOSS, 30.0), sample=sample)) is (life > 30.0)


def test_a_secret_ends_at_the_rotation_after_it_was_found() -> None:
    """Rotations come every 100 s; when, is drawn once for each sample and secret: found late, it lives on that much."""
    for start in (0.0, 130.0):
        found = leak(None, start)._replace(conclusions=(Conclusion(TOKEN, rotates=100.0),))
        made = graph(found)
        for sample in range(30):
            phase = 100.0 * word(0, sample, Stream.ROTATION, int(made.fact_hash[made.index[TOKEN]])) / 2**32
            left = next(left for k in range(3) if (left := phase + 100.0 * k - start) > 0)
            times = run(found, rule("use", [TOKEN], LOSS, 40.0), sample=sample)
            assert (LOSS in times) is (left > 40.0)


def test_what_is_read_twice_is_the_same_secret_unless_it_was_rotated_in_between() -> None:
    """Read at 0 and at 30: what was rotated by then is there anew for 70 s or more."""
    first = leak(None)._replace(conclusions=(Conclusion(TOKEN, rotates=100.0),))
    again = leak(None, 30.0, "again")._replace(conclusions=(Conclusion(TOKEN, rotates=100.0),))
    for sample in range(30):
        phase = 100.0 * word(0, sample, Stream.ROTATION, int(graph(first).fact_hash[0])) / 2**32
        in_time = LOSS in run(first, again, rule("use", [TOKEN], LOSS, 60.0), sample=sample)
        assert in_time is (phase > 60.0 or phase <= 30.0)
