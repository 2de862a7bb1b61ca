"""Attack paths of five samples that were written by hand."""

from __future__ import annotations

import tracemalloc

from few_steps import graph, rule
from small_losses import ALWAYS, BOTH, CARDS, NAMES, SAMPLES, blast_radius

from simkit.attackgraph import Fact, Ground
from simkit.blast_radius.intervals import wilson
from simkit.blast_radius.paths import chains_to
from simkit.engines.replay import replay

FIVE = blast_radius()
LONG = 2_000
LEAK, OPEN = "leaked key", "use key as app"


def test_a_path_is_every_step_that_was_needed_in_order_and_its_share() -> None:
    (path,) = FIVE.paths("names:confidentiality")
    assert [step.label for step in path.steps] == [LEAK, OPEN, "db.read names"]
    assert [step.rule for step in path.steps] == ["leak", "redeem", "read"]
    assert path.share == wilson(3, 5)
    assert str(path) == "leaked key -> use key as app -> db.read names"


def test_a_path_says_what_made_each_step_possible() -> None:
    (path,) = FIVE.paths("names:confidentiality")
    assert [step.ground for step in path.steps] == [
        Ground("entry", ("start",)),
        Ground("credential", ("key",)),
        Ground("entitlement", ("app", "db.read", "names"), within="app"),
    ]


def test_times_are_the_lower_medians_of_the_samples_on_the_path() -> None:
    (path,) = FIVE.paths("names:confidentiality")
    assert [step.done for step in path.steps] == [0.0, 0.0, 5.0]


def test_a_step_that_concludes_more_facts_than_there_are_samples_is_done_when_they_are() -> None:
    (path,) = FIVE.paths("cards:integrity")
    assert [step.done for step in path.steps] == [0.0, 0.0, 30.0]


def test_two_branches_of_a_goal_are_one_path_each_step_once() -> None:
    (first, second) = FIVE.paths("both-read")
    assert [step.label for step in first.steps][:2] == [LEAK, OPEN]
    branches = {tuple(step.label for step in path.steps[2:]) for path in (first, second)}
    assert branches == {
        ("db.read names", "db.read cards", "both-read is reached"),
        ("db.read cards", "db.read names", "both-read is reached"),
    }
    assert first.share == second.share == wilson(1, 5)


def test_the_most_frequent_path_stands_first_and_the_list_can_be_cut() -> None:
    cards_first = ALWAYS | {NAMES: 7.0, CARDS: 2.0, BOTH: 7.0}
    names_first = ALWAYS | {NAMES: 1.0, CARDS: 2.0, BOTH: 2.0}
    paths = blast_radius([cards_first, names_first, cards_first]).paths("both-read", limit=1)
    assert (len(paths), paths.found) == (1, 2)
    (main,) = paths
    assert main.share == wilson(2, 3)
    assert main.steps[2].label == "db.read cards"
    assert paths.to_dict()["found"] == 2


def test_what_is_never_reached_has_no_path() -> None:
    assert len(FIVE.paths("out-of-reach")) == 0
    assert FIVE.paths("out-of-reach").summary == "attack paths: no attack path was taken."


def test_without_a_name_all_goals_are_meant() -> None:
    assert {path.goal for path in FIVE.paths()} == {"both-read"}


def test_plain_data_has_every_step() -> None:
    data = FIVE.paths("names:confidentiality").to_dict()
    assert data["paths"][0]["hops"] == 3  # type: ignore[index]
    assert data["paths"][0]["steps"][2]["cause"] == ["entitlement", "app", "db.read", "names"]  # type: ignore[index]
    assert len(SAMPLES) == 5


def test_a_long_way_takes_memory_for_its_steps_and_not_for_each_beginning_of_it() -> None:
    """As on a ring of trust edges: each step rests on the one before it."""
    facts = [Fact("replays", f"s{number:05d}") for number in range(LONG)]
    after = (rule(f"step {number:05d}", [facts[number - 1]], facts[number], after=None) for number in range(1, LONG))
    made = graph(rule("root", "", facts[0], after=None), *after)
    outcomes = replay(made, "in", seed=0, trials=1, threads=1)
    tracemalloc.start()
    (way,) = chains_to(made, outcomes, [("last", made.facts.index(facts[-1]))])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(way.steps) == LONG
    assert peak < LONG * 1000, "a thousand bytes a step; all beginnings of the way would take eight times as much"
