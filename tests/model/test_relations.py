"""The model as a networkx graph, and what the model says of itself."""

from __future__ import annotations

import io
from collections import Counter

import networkx as nx
import pytest
from support_desk import DESK

from simkit.model import Identity, Model, Operation, Response, TrustEdge
from simkit.model.threats import Detection


@pytest.fixture(scope="module")
def graph() -> nx.MultiDiGraph:
    return DESK.graph()


def edges(graph: nx.MultiDiGraph, relation: str) -> set[tuple[str, str]]:
    return {(source, target) for source, target, data in graph.edges(data=True) if data["relation"] == relation}


def test_every_thing_is_a_node_of_its_kind(graph: nx.MultiDiGraph) -> None:
    kinds = Counter(data["kind"] for _, data in graph.nodes(data=True))
    assert kinds == {"identity": 3, "resource": 7, "tool": 4, "credential": 4, "role": 2, "task": 3}
    assert all(node == f"{data['kind']}:{data['name']}" for node, data in graph.nodes(data=True))


def test_nodes_say_what_matters(graph: nx.MultiDiGraph) -> None:
    assert graph.nodes["identity:ci"] == {
        "kind": "identity",
        "name": "ci",
        "type": "pipeline",
        "stage": "deployment",
        "environment": "production",
    }
    assert graph.nodes["resource:cases"]["value"] == 15.0
    assert graph.nodes["resource:tickets"]["exposure"] == "public-write"


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (
            "authenticates",
            {
                ("credential:desk-token", "identity:desk"),
                ("credential:crm-key", "identity:biller"),
                ("credential:vendor-key", "identity:biller"),
                ("credential:deploy-key", "identity:ci"),
            },
        ),
        ("holds", {("resource:vault", "credential:crm-key"), ("identity:desk", "credential:vendor-key")}),
        ("contains", {("resource:cases", "resource:case-eu"), ("resource:cases", "resource:case-us")}),
        ("recoverable-from", {("resource:case-eu", "resource:backup")}),
        ("has-role", {("identity:desk", "role:support"), ("identity:biller", "role:billing")}),
        (
            "entitled-to",
            {
                ("role:support", "tool:crm"),
                ("role:support", "tool:mail"),
                ("role:billing", "tool:pay"),
                ("role:billing", "tool:crm"),
                ("identity:ci", "tool:deploy"),
                ("identity:ci", "tool:crm"),
            },
        ),
        ("runs-as", {("tool:crm", "identity:biller")}),
        (
            "acts-on",
            {
                ("tool:crm", "resource:cases"),
                ("tool:crm", "resource:case-eu"),
                ("tool:crm", "resource:case-us"),
                ("tool:pay", "resource:ledger"),
                ("tool:deploy", "identity:biller"),
            },
        ),
        ("assume", {("identity:ci", "identity:biller")}),
        (
            "performs",
            {("identity:desk", "task:answer"), ("identity:desk", "task:triage"), ("identity:biller", "task:bill")},
        ),
        ("reads", {("task:answer", "resource:tickets"), ("task:triage", "resource:tickets")}),
    ],
)
def test_edges_of_each_relation(graph: nx.MultiDiGraph, relation: str, expected: set[tuple[str, str]]) -> None:
    assert edges(graph, relation) == expected


def test_two_entitlements_to_one_tool_are_two_edges(graph: nx.MultiDiGraph) -> None:
    found = graph.get_edge_data("role:support", "tool:crm").values()
    assert {(data["operation"], data["targets"]) for data in found} == {
        ("crm.read_*", "(default)"),
        ("crm.write_case", "cases"),
    }


def test_the_graph_is_written_as_graphml_and_read_back(graph: nx.MultiDiGraph) -> None:
    stream = io.BytesIO()
    nx.write_graphml(graph, stream)
    again = nx.read_graphml(io.BytesIO(stream.getvalue()), force_multigraph=True)
    assert set(again.nodes) == set(graph.nodes)
    assert sorted(again.edges()) == sorted(graph.edges())


def test_an_empty_model_is_an_empty_graph() -> None:
    assert len(Model().graph()) == 0


def test_what_is_inside_a_resource_comes_after_it() -> None:
    assert DESK.within("cases") == ("cases", "case-eu", "case-us")
    assert DESK.within("ledger") == ("ledger",)


def test_an_identity_without_a_tier_has_one_of_its_own() -> None:
    assert [DESK.tier(name) for name in ("desk", "biller", "ci")] == ["support", "support", "ci"]


def test_operations_are_looked_up_by_their_full_name() -> None:
    assert DESK.operation("pay.refund").effect == "write"
    assert DESK.tool_of("pay.refund").name == "pay"
    with pytest.raises(KeyError):
        DESK.operation("pay.refnd")


@pytest.mark.parametrize("effect", ["execute", "assume", "invoke", "mint", "grant"])
def test_some_effects_are_on_identities(effect: str) -> None:
    assert DESK.targets_of(Operation("o", effect)) is DESK.identities


@pytest.mark.parametrize("effect", ["none", "read", "write", "delete", "send"])
def test_the_others_are_on_resources(effect: str) -> None:
    assert DESK.targets_of(Operation("o", effect)) is DESK.resources


@pytest.mark.parametrize(
    ("operation", "waits"),
    [
        (Operation("o", "delete"), True),
        (Operation("o", "read"), False),
        (Operation("o", "read", high_impact=True), True),
        (Operation("o", "delete", high_impact=False), False),
    ],
)
def test_what_waits_for_approval(operation: Operation, waits: bool) -> None:
    assert operation.waits_for_approval is waits


def test_a_trust_edge_is_named_as_reports_write_it() -> None:
    assert TrustEdge("a", "b", "federate").name == "a -federate-> b"


def test_the_most_specific_detection_counts() -> None:
    one, two, three = Detection(0.1), Detection(0.2), Detection(0.3)
    response = Response({"mint": one, "identity": two, "any": three})
    asked = (("mint", "identity"), ("assume", "identity"), ("read", "action"))
    assert [response.noticed(*event) for event in asked] == [one, two, three]
    assert Response().noticed("mint", "identity") is None


def test_an_identity_is_a_service_in_production_unless_it_says_otherwise() -> None:
    assert (Identity("x").kind, Identity("x").stage, Identity("x").environment) == (
        "service",
        "inference",
        "production",
    )
