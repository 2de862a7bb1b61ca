"""A bound is judged with the whole interval; the number itself keeps a bound or breaks it, as its sign says."""

from __future__ import annotations

import pytest

from simkit.blast_radius import Interval
from simkit.measures.bound import Bound, Sign

AROUND = Interval(0.5, 0.4, 0.6, 100, "Wilson")
EXACT = Interval(10.0, 10.0, 10.0, 100, "worst case")


@pytest.mark.parametrize(
    ("sign", "statuses"),
    [
        ("<=", ["fail", "unsure", "unsure", "pass", "pass"]),
        ("<", ["fail", "fail", "unsure", "unsure", "pass"]),
        (">=", ["pass", "pass", "unsure", "unsure", "fail"]),
        (">", ["pass", "unsure", "unsure", "fail", "fail"]),
    ],
)
def test_the_whole_interval_counts(sign: Sign, statuses: list[str]) -> None:
    assert [Bound(sign, number).judge(AROUND) for number in (0.3, 0.4, 0.5, 0.6, 0.7)] == statuses


@pytest.mark.parametrize(("sign", "status"), [("<=", "pass"), ("<", "fail"), (">=", "pass"), (">", "fail")])
def test_what_is_exact_is_never_unsure(sign: Sign, status: str) -> None:
    assert Bound(sign, 10.0).judge(EXACT) == status
