"""What can be reached at all: the worst of each group of variants, and what any of a group reaches."""

from __future__ import annotations

import numpy as np
import pytest

from simkit.blast_radius import Legend, WorstCase

VALUE = {1: 2.0, 3: 1.0, 4: 1.0}
LEGEND = Legend(
    value=VALUE,
    touched={
        "identities": {"app": (0, 2)},
        "credentials": {"key": (2,)},
        "tools": {},
        "resources": {"table": (1, 5), "inbox": (3, 4)},
    },
    totals={"identities": 2, "credentials": 1, "tools": 1, "resources": 4},
    goals={"never": None, "read": 5, "written": 4},
    resources=frozenset({"table", "inbox"}),
    losses={1: "table:confidentiality", 3: "inbox:integrity", 4: "inbox:availability"},
)


def test_the_worst_variant_is_the_costliest_and_a_goal_is_one_that_any_variant_reaches() -> None:
    held = np.array([[1, 0, 0, 1, 0, 1], [0, 1, 0, 0, 0, 0], [0, 0, 1, 1, 1, 0]], dtype=np.bool_)
    cases = WorstCase.each(LEGEND, held, [2, 1])
    assert cases == [
        WorstCase(
            2.0, ("read",), 1 / 8, counts(0, 0, 0, 1), ("table:confidentiality", "inbox:integrity")
        ),  # of the second row; the first touches more, and costs less
        WorstCase(2.0, ("written",), 3 / 8, counts(1, 1, 0, 1), ("inbox:integrity", "inbox:availability")),
    ]


def test_of_variants_that_cost_alike_the_worst_touches_the_most_and_of_these_it_is_the_first() -> None:
    held = np.array([[0, 0, 0, 1, 0, 0], [1, 0, 0, 0, 1, 0], [0, 0, 0, 1, 0, 1]], dtype=np.bool_)
    case = WorstCase.of(LEGEND, held)
    assert (case.value, case.counts) == (1.0, counts(1, 0, 0, 1))


@pytest.mark.parametrize("seed", range(5))
def test_each_group_has_what_it_has_alone(seed: int) -> None:
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 4, 40).tolist()
    held = random.random((sum(sizes), 6)) < 0.4
    begin = np.cumsum([0, *sizes]).tolist()
    alone = [WorstCase.of(LEGEND, held[first : first + size]) for first, size in zip(begin, sizes, strict=False)]
    assert WorstCase.each(LEGEND, held, sizes) == alone


def test_where_nothing_can_be_lost_and_nothing_is_aimed_at_there_is_nothing_to_reach() -> None:
    nothing = Legend({}, {group: {} for group in LEGEND.touched}, dict.fromkeys(LEGEND.touched, 0), {}, frozenset())
    case = WorstCase.of(nothing, np.ones((2, 3), dtype=np.bool_))
    assert case == WorstCase(0.0, (), 0.0, counts(0, 0, 0, 0))


def counts(*numbers: int) -> dict[str, int]:
    return dict(zip(LEGEND.touched, numbers, strict=True))
