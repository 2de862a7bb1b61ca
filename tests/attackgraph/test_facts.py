"""Facts by name, and the kinds of them that end."""

from __future__ import annotations

import pickle
from copy import deepcopy
from typing import Any

import pytest

from simkit.attackgraph import ACTIONS, LASTING, Conclusion, Fact, Ground, Step
from simkit.attackgraph.facts import ENDS, UNKNOWN

KEY = Fact("holds", "key")
USED = Ground("credential", ("key",), within="app")
OPEN = Step("open", "redeem", (KEY,), (Conclusion(Fact("replays", "app")),), (USED,), chance=0.5)


def test_a_fact_reads_as_it_is_written() -> None:
    assert str(Fact("holds", "key")) == "holds(key)"
    assert str(Fact("lost", "db", "integrity")) == "lost(db, integrity)"


def test_facts_sort_by_kind_then_names() -> None:
    ordered = [Fact("holds", "b"), Fact("lost", "a", "availability"), Fact("lost", "a", "integrity"), Fact("lost", "b")]
    assert sorted([ordered[2], ordered[0], ordered[3], ordered[1]]) == ordered


def test_responders_clean_planted_content_and_end_nothing_else_that_lasts() -> None:
    assert frozenset({"tainted"}) == LASTING & frozenset.union(*ENDS.values())


def test_what_responders_cannot_know_ends_with_an_account_alone() -> None:
    """That a task runs again and again is no thing to know of; who closes its account ends it all the same."""
    assert UNKNOWN & frozenset.union(*ENDS.values()) == {"recurring"}
    assert {action for action, ended in ENDS.items() if "recurring" in ended} == {
        "disable",
        "delete",
        "remove-entitlement",
    }
    assert set(ACTIONS) == set(ENDS)


@pytest.mark.parametrize("value", [KEY, Conclusion(KEY, 60.0, aged=True), USED, OPEN], ids=lambda v: type(v).__name__)
def test_what_a_graph_is_made_of_is_frozen_and_is_what_it_says(value: Any) -> None:
    for name in (*value._fields, "other"):
        with pytest.raises(AttributeError):
            setattr(value, name, None)
    for copy in (pickle.loads(pickle.dumps(value)), deepcopy(value), type(value)(**value._asdict())):
        assert type(copy) is type(value)
        assert (copy, hash(copy), repr(copy)) == (value, hash(value), repr(value))
    assert all(value != value._replace(**{name: "another"}) for name in value._fields)
    assert repr(KEY) == "Fact(kind='holds', subject='key', object='')"
