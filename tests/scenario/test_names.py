"""Names that TAB completes, and the short table that a notebook shows."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

import simkit
from simkit.scenario.names import Names

STARTER = simkit.load(Path(__file__).parents[2] / "scenarios" / "starter.yaml")


def test_names_are_attributes_and_keys() -> None:
    assert STARTER.credentials.deploy_key is STARTER.model.credentials["deploy-key"]
    assert STARTER.credentials["deploy-key"] is STARTER.credentials.deploy_key
    assert list(STARTER.identities) == list(STARTER.model.identities)
    assert len(STARTER.tools) == len(STARTER.model.tools)


@pytest.mark.parametrize("kind", ["identities", "credentials", "resources", "tools", "roles", "tasks"])
def test_tab_offers_every_name(kind: str) -> None:
    names = getattr(STARTER, kind)
    offered = [word for word in dir(names) if getattr(names, word, None) in list(names.values())]
    assert len(offered) >= len(names) > 0
    assert names._ipython_key_completions_() == list(getattr(STARTER.model, kind))


def test_an_unknown_name_is_an_attribute_error_with_the_nearest_one() -> None:
    with pytest.raises(AttributeError, match="no credential is called 'deploy_ky': did you mean deploy_key"):
        STARTER.credentials.deploy_ky  # noqa: B018
    assert not hasattr(STARTER.credentials, "__array__")


def test_names_that_read_alike_are_written_in_brackets() -> None:
    names = Names("tool", {"a-b": 1, "a.b": 2})
    with pytest.raises(AttributeError, match=r"'a_b' may be 'a-b' or 'a.b': write the name in brackets"):
        names.a_b  # noqa: B018
    assert names["a.b"] == 2


def test_a_notebook_shows_what_a_scenario_holds() -> None:
    table = STARTER.table()
    assert {row["kind"]: row["how many"] for row in table.records()}["identities"] == len(STARTER.model.identities)
    shown = STARTER._repr_html_()
    assert "<table" in shown
    assert "agents-only" in shown
    assert "deploy-key" in shown


def test_a_word_that_python_or_a_mapping_needs_gets_a_line_behind_it() -> None:
    names = Names("role", {"class": 1, "keys": 2, "2fa": 3})
    assert (names.class_, names.keys_, names._2fa) == (1, 2, 3)
    assert list(names.keys()) == ["class", "keys", "2fa"]


def test_tab_offers_no_name_that_reads_like_another() -> None:
    offered = dir(Names("tool", {"a-b": 1, "a.b": 2, "c": 3}))
    assert "c" in offered
    assert "a_b" not in offered


def test_a_changed_scenario_completes_as_well() -> None:
    changed = replace(STARTER, goals={"data-out": next(iter(STARTER.goals.values()))}, incident=None, expect={})
    assert changed.goals.data_out is STARTER.goals[next(iter(STARTER.goals))]
    assert replace(STARTER) == STARTER
    assert pickle.loads(pickle.dumps(STARTER)).entry_points.leaked_ci_secret.kind == "leak"


@pytest.mark.parametrize("jedi", [True, False])
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("scenario.credentials.dep", "deploy_key"),
        ("scenario.credentials['dep", "deploy-key"),
        ("scenario.entry_points.", "leaked_ci_secret"),
        ("scenario.goals.cust", "customers_leaked"),
        ("scenario.", "credentials"),
    ],
)
def test_ipython_completes(typed: str, offered: str, jedi: bool) -> None:
    completer = pytest.importorskip("IPython.core.completer")
    finished = completer.IPCompleter(namespace={"scenario": STARTER}, use_jedi=jedi)
    with completer.provisionalcompleter():
        words = {found.text.lstrip(".") for found in finished.completions(typed, len(typed))}
    assert offered in words
