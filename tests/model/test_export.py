"""A model leaves as Mermaid, DOT, GraphML or JSON: the same text each time, and nothing in a name is markup."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import networkx as nx
import pytest

from simkit.errors import QuestionError
from simkit.model import (
    Credential,
    Entitlement,
    Identity,
    Model,
    Need,
    Operation,
    Resource,
    Role,
    Task,
    Tool,
    TrustEdge,
)
from simkit.model.export import FORMATS, MERMAID_EDGES, dot, graphml, json_graph, mermaid

T = TypeVar("T")
NASTY = 'end"]; click n0 "javascript:1" <script>alert(1)</script> \\N \u202e漢|{}'


def small() -> Model:
    crm = Tool("crm", {"read": Operation("read", "read", ("cases",)), "write": Operation("write", "write", ("cases",))})
    return Model(
        identities={
            "agent": Identity("agent", kind="agent", tier="support", roles=("reader",), environment="sandbox"),
            "service": Identity("service", entitlements=(Entitlement("crm.*"),)),
        },
        resources={"cases": Resource("cases", value={"confidentiality": 3.0}, holds=("key",))},
        tools={"crm": crm},
        credentials={"key": Credential("key", "service")},
        roles={"reader": Role("reader", (Entitlement("crm.read"),))},
        trust=(TrustEdge("agent", "service"),),
        tasks={"answer": Task("answer", "agent", (Need("crm.read"),), reads=("cases",))},
    )


def nasty() -> Model:
    return Model(
        identities={NASTY: Identity(NASTY, tier=NASTY)},
        resources={NASTY: Resource(NASTY)},
        credentials={NASTY: Credential(NASTY, NASTY)},
    )


def crowd(people: int) -> Model:
    """Every identity may become the next one, and has a task that reads one store."""
    names = [f"i{index}" for index in range(people)]
    return Model(
        identities={name: Identity(name) for name in names},
        resources={"store": Resource("store")},
        trust=tuple(TrustEdge(a, b) for a, b in itertools.pairwise(names)),
        tasks={name: Task(name, name, reads=("store",)) for name in names},
    )


def backwards(things: Mapping[str, T]) -> dict[str, T]:
    return dict(reversed(list(things.items())))


def reversed_file(model: Model) -> Model:
    return replace(
        model,
        identities=backwards(model.identities),
        resources=backwards(model.resources),
        tools={name: replace(t, operations=backwards(t.operations)) for name, t in model.tools.items()},
        trust=tuple(reversed(model.trust)),
    )


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("model", [small(), crowd(20), nasty(), Model()], ids=["small", "crowd", "nasty", "empty"])
def test_the_order_of_the_file_does_not_show(name: str, model: Model) -> None:
    assert FORMATS[name](model) == FORMATS[name](reversed_file(model))
    assert FORMATS[name](model).endswith("\n")


def test_mermaid_draws_boxes_nodes_and_joined_arrows() -> None:
    lines = mermaid(small()).splitlines()
    assert lines[0] == "flowchart LR"
    at = lines.index('  subgraph box1["production"]')
    assert lines[at + 1] == '    n2(["service: service"]):::identity'
    assert lines[at + 2] == "  end"
    assert '  n2 -->|"entitled-to: #42;"| n6' in lines
    assert '  n6 -->|"acts-on: read, write"| n3' in lines
    assert '  n1 -->|"assume"| n2' in lines


def test_boxes_can_be_tiers_or_left_out() -> None:
    assert 'subgraph box1["support"]' in mermaid(small(), group="tier")
    assert "subgraph" not in mermaid(small(), group="none")
    assert "subgraph cluster_1 {" in dot(small(), group="tier")
    with pytest.raises(QuestionError, match="cannot be grouped by 'teir': did you mean tier"):
        mermaid(small(), group="teir")


def test_mermaid_stops_at_what_hosts_draw_and_keeps_how_privilege_travels() -> None:
    model = crowd(400)
    text = mermaid(model)
    assert text.count("-->") == MERMAID_EDGES
    assert f"%% {399 + 800 - MERMAID_EDGES} of 1199 edges left out" in text
    assert text.count('"assume"') == 399
    assert text.count('"reads"') == 0
    assert "left out" not in mermaid(crowd(100))


def test_a_trimmed_picture_has_no_lonely_nodes() -> None:
    text = mermaid(crowd(400), edges=10)
    drawn = set(re.findall(r"(n\d+).*:::", text))
    ends = set(re.findall(r"(n\d+) -->", text)) | set(re.findall(r"\| (n\d+)", text))
    assert drawn == ends
    assert ":::task" not in text


def test_mermaid_reads_nothing_in_a_name() -> None:
    body = mermaid(nasty(), group="tier").split("flowchart LR", 1)[1]
    for label in re.findall(r'"([^"]*)"', body):
        assert re.fullmatch(r"(?:[\w \-.,/:…]|#\d+;)*", label), label
    outside = re.sub(r'"[^"]*"', "", body)
    assert "script" not in outside
    assert "click" not in outside


def test_dot_reads_nothing_in_a_name() -> None:
    text = dot(nasty(), group="tier")
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    assert sum("script" in string for string in strings) >= 4
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    assert "script" not in outside
    assert outside.count("{") == outside.count("}") == 2
    assert "\\\\N" in text
    assert not re.search(r"(?<!\\)(?:\\\\)*\\N", text)


def test_dot_has_every_node_and_arrow() -> None:
    text = dot(small())
    assert '"identity:agent" [label="agent: agent", shape=box, fillcolor="#cfe3f5"];' in text
    assert '"tool:crm" -> "resource:cases" [label="acts-on: read, write"];' in text
    assert len(re.findall(r"^ +\"[^\"]+\" \[", text, re.MULTILINE)) == small().graph().number_of_nodes()


@pytest.mark.parametrize("model", [small(), crowd(20)], ids=["small", "crowd"])
def test_graphml_and_json_come_back_as_the_same_graph(model: Model) -> None:
    original = model.graph()
    from_xml = nx.read_graphml(io.BytesIO(graphml(model).encode()), force_multigraph=True)
    from_json = nx.node_link_graph(json.loads(json_graph(model)), edges="edges")
    for read in (from_xml, from_json):
        assert dict(read.nodes(data=True)) == dict(original.nodes(data=True))
        assert sorted(read.edges(data=True), key=repr) == sorted(original.edges(data=True), key=repr)


def test_graphml_is_xml_even_where_a_name_is_not() -> None:
    name = "bell\x07 & <tag> \ud800"
    read = nx.read_graphml(io.BytesIO(graphml(Model(identities={name: Identity(name)})).encode()))
    assert list(read.nodes) == ["identity:bell\\x07 & <tag> \\ud800"]
