"""A picture for Cytoscape.js: the same boxes and places as the printed one, and nothing dangling."""

from __future__ import annotations

import json

from simkit.diagram import cytoscape
from simkit.diagram.diagram import COLUMNS
from simkit.diagram.marks import pictured
from simkit.scenario import load

STARTER = load("scenarios/starter.yaml")
ELEMENTS = cytoscape.elements(STARTER, pictured(STARTER))


def of_kind(kind: str) -> list[str]:
    return [element["data"]["id"] for element in ELEMENTS if element["data"].get("kind") == kind]


def test_every_thing_of_the_model_has_a_box_in_the_column_of_its_kind() -> None:
    things = {"credential": STARTER.model.credentials, "identity": STARTER.model.identities}
    things |= {"tool": STARTER.model.tools, "resource": STARTER.model.resources}
    for kind, named in things.items():
        assert sorted(of_kind(kind)) == sorted(f"{kind}:{name}" for name in named)
    places = {e["data"]["id"]: e["position"]["x"] for e in ELEMENTS if "position" in e}
    assert {node: x / cytoscape.COLUMN for node, x in places.items()} == {
        node: COLUMNS.index(node.partition(":")[0]) for node in places
    }


def test_no_edge_and_no_parent_dangles_and_ids_are_unique() -> None:
    ids = [element["data"]["id"] for element in ELEMENTS]
    assert len(ids) == len(set(ids))
    for element in ELEMENTS:
        assert {element["data"][end] for end in ("source", "target", "parent") if end in element["data"]} <= set(ids)


def test_starts_and_jewels_are_marked() -> None:
    classes = {element["data"]["id"]: element.get("classes", "") for element in ELEMENTS}
    assert classes["credential:deploy-key"] == classes["resource:tickets"] == "attack"
    assert classes["resource:customer-records"] == "jewel"


def test_where_other_attacks_start_is_told_from_where_this_one_does() -> None:
    found = cytoscape.elements(STARTER, pictured(STARTER), "leaked-ci-secret")
    signs = {element["data"]["id"]: (element.get("classes"), element["data"].get("shown")) for element in found}
    assert signs["credential:deploy-key"] == ("attack", "\u25b6 deploy-key")
    assert signs["credential:old-chatbot-key"] == ("other", "\u25b7 old-chatbot-key")
    assert signs["resource:customer-records"] == ("jewel", "\u25c6 customer-records")
    assert signs["identity:deployer"] == ("", "deployer")


def test_alike_things_share_a_box_beyond_the_limit() -> None:
    few = cytoscape.elements(STARTER, pictured(STARTER, most=10))
    assert max(element["data"].get("count", 1) for element in few) > 1


def test_a_picture_is_json_and_the_same_each_time() -> None:
    assert json.dumps(ELEMENTS) == json.dumps(ELEMENTS)
    json.dumps(cytoscape.style(), allow_nan=False)


def test_every_relation_has_a_line_and_every_kind_a_fill() -> None:
    selectors = {rule["selector"] for rule in cytoscape.style()}
    for element in ELEMENTS:
        if "relation" in element["data"]:
            assert f'edge[relation="{element["data"]["relation"]}"]' in selectors


def test_the_library_is_shipped_with_its_licence() -> None:
    assert "Cytoscape Consortium" in cytoscape.source()[:200]
