"""The widget's side in the kernel: what it holds, what it marks, and the picture where it cannot be clicked."""

from __future__ import annotations

import base64
import sys
from pathlib import Path

import pytest

import simkit

pytest.importorskip("anywidget")

from simkit import notebook
from simkit.notebook import widget as home

SCENARIOS = Path(__file__).parents[2] / "scenarios"
STARTER = simkit.load(SCENARIOS / "starter.yaml")
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def result() -> simkit.BlastRadius:
    return simkit.simulate(STARTER, entry_point="leaked-ci-secret", trials=50, seed=1)


def ids(drawn: home.GraphWidget) -> set[str]:
    return {element["data"]["id"] for element in drawn._elements}


def test_every_thing_is_a_box_with_a_line_of_text() -> None:
    drawn = notebook.graph(STARTER)
    assert {"credential:deploy-key", "identity:ci", "tool:crm", "resource:customer-records"} <= ids(drawn)
    assert set(drawn.told) <= ids(drawn)
    assert drawn.told["identity:ci"] == "identity, pipeline"
    assert repr(drawn) == f"GraphWidget(starter: {len(drawn.told)} boxes, 54 lines; selected: nothing)"


def test_the_selected_box_is_a_thing_of_the_scenario() -> None:
    drawn = notebook.graph(STARTER)
    assert drawn.thing is None
    for box, thing in (
        ("credential:deploy-key", STARTER.credentials.deploy_key),
        ("identity:ci", STARTER.identities.ci),
        ("tool:crm", STARTER.tools.crm),
        ("resource:tickets", STARTER.resources.tickets),
        ("resource:nowhere", None),
    ):
        drawn.selected = box
        assert drawn.thing is thing


def test_a_result_fills_what_it_reached_and_a_path_is_marked(result: simkit.BlastRadius) -> None:
    drawn = notebook.graph(STARTER, result)
    assert "credential:deploy-key" in drawn.filled
    assert "credential:refund-token" not in drawn.filled
    assert "100 % of trials" in drawn.told["credential:deploy-key"]
    assert "out of reach" in drawn.told["credential:refund-token"]
    path = next(iter(result.paths("customers-leaked")))
    drawn.highlight(path)
    assert len(drawn.steps) == len(path.steps)
    assert {"credential:deploy-key", "resource:customer-records"} <= set().union(*drawn.steps) <= ids(drawn)
    drawn.highlight(None)
    assert drawn.steps == []
    drawn.show(None)
    assert drawn.filled == []
    assert drawn.told["credential:deploy-key"] == "credential, cloud key"


def test_what_does_not_belong_together_is_refused(result: simkit.BlastRadius) -> None:
    other = simkit.load(SCENARIOS / "incidents" / "circleci.yaml")
    with pytest.raises(simkit.InputError, match=r"the result is of starter .* simulate the scenario that is drawn"):
        notebook.graph(other, result)
    with pytest.raises(simkit.InputError, match="no result is shown"):
        notebook.graph(STARTER).highlight(next(iter(result.paths())))
    foreign = simkit.simulate(other, entry_point=next(iter(other.entry_points)), trials=20)
    with pytest.raises(simkit.InputError, match="take a path out of the result that is shown"):
        notebook.graph(STARTER, result).highlight(next(iter(foreign.paths())))
    with pytest.raises(simkit.QuestionError, match="grouped by 'colour'"):
        notebook.graph(STARTER, group="colour")


@pytest.mark.parametrize("watched", [True, False])
def test_there_is_a_picture_in_any_case_and_a_widget_where_it_can_be_clicked(
    watched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "watched", lambda: watched)
    data, _ = notebook.graph(STARTER)._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert (VIEW in data) is watched


def test_the_script_needs_no_network() -> None:
    script = notebook.graph(STARTER)._esm
    assert "export default { render }" in script
    assert script.count("Cytoscape Consortium") == 1
    assert "import " not in script.split("const COLUMNS")[1].split("\n\n")[0]
    view = script[script.index("const COLUMNS") :]
    assert not [word for word in ("http://", "https://", "fetch(", "innerHTML") if word in view]


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "simkit.notebook.widget")
    with pytest.raises(simkit.InputError, match=r"anywidget is not .*`pip install 'blast-radius-simkit\[notebooks\]'`"):
        notebook.graph(STARTER)
