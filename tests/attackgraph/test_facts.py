"""Facts by name, and the kinds of them that end."""

from __future__ import annotations

from simkit.attackgraph import LASTING, SURVIVING, Fact


def test_a_fact_reads_as_it_is_written() -> None:
    assert str(Fact("holds", "key")) == "holds(key)"
    assert str(Fact("lost", "db", "integrity")) == "lost(db, integrity)"


def test_facts_sort_by_kind_then_names() -> None:
    ordered = [Fact("holds", "b"), Fact("lost", "a", "availability"), Fact("lost", "a", "integrity"), Fact("lost", "b")]
    assert sorted([ordered[2], ordered[0], ordered[3], ordered[1]]) == ordered


def test_containment_cleans_planted_content_and_nothing_else_that_lasts() -> None:
    assert {"tainted"} == LASTING - SURVIVING
