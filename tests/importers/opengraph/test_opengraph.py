"""Graphs of BloodHound's collectors: GitHound's sample, the contract of importers, and simkit's own graphs and back.

Nodes and edges of the sample are from SpecterOps/GitHound (Apache-2.0), see `tests/data/githound.json`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import pytest
from importer_contract import Cli, ImporterContract

from simkit import Scenario, loads
from simkit.engines.reach import worst_cases
from simkit.importers import Imported, import_files
from simkit.importers.opengraph.opengraph import OPENGRAPH
from simkit.importers.opengraph.own_graph import open_graph
from simkit.simulation import compile_attack

DATA: dict[str, Any] = json.loads((Path(__file__).parents[2] / "data" / "githound.json").read_text("utf-8"))
ALERT = "SSA_O_kgDOCoV2OQ_R_kgDOQXtMxw_1"
"""The node of the token itself, from which networkx counts."""
TOKEN = f"what {ALERT} holds of user-06 leaks"


def node(node_id: str, /, *kinds: str, **properties: Any) -> dict[str, Any]:
    return {"id": node_id, "kinds": list(kinds), "properties": properties}


def edge(source: str, kind: str, target: str, traversable: bool | None = True) -> dict[str, Any]:
    said = {} if traversable is None else {"traversable": traversable}
    return {"kind": kind, "start": {"value": source}, "end": {"value": target}, "properties": said}


def payload(nodes: list[dict[str, Any]], edges: list[dict[str, Any]], source: str = "GitHub") -> str:
    return json.dumps({"metadata": {"source_kind": source}, "graph": {"nodes": nodes, "edges": edges}}, indent=1)


def sample() -> str:
    nodes = [node(name, *kinds, name=label) for name, kinds, label in DATA["nodes"]]
    edges = [
        edge(*(DATA["nodes"][end][0] if isinstance(end, int) else end for end in ends[:1]), kind.partition(" ")[0],
             *(DATA["nodes"][end][0] if isinstance(end, int) else end for end in ends[1:]), not kind.endswith(" no"))
        for kind, of in DATA["edges"].items()
        for ends in of
    ]  # fmt: skip
    return payload(nodes, edges)


def imported(folder: Path, text: str) -> Imported:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "graph.json").write_text(text, "utf-8")
    (made,) = import_files([folder / "graph.json"])
    return made


def reached(scenario: Scenario, entry: str) -> set[str]:
    """The identities and resources that the attacker has, or does something to that leads on."""
    attack = compile_attack(scenario)
    start = attack.graph.entry(entry)
    held = worst_cases(attack.graph, [start.roots(0)], threads=1)[0]
    facts = [fact for number, fact in enumerate(attack.graph.facts) if held[number]]
    effects = {name: operation.effect for name, _, operation in scenario.model.operations()}
    acting = {fact.subject for fact in facts if fact.kind == "replays"} & set(scenario.model.identities)
    done = {fact.object for fact in facts if fact.kind == "performed" and effects[fact.subject] != "none"}
    return (acting | done) - {""}


class TestOpenGraph(ImporterContract):
    importer = OPENGRAPH
    sample: ClassVar[Mapping[str, str]] = {
        "graph.json": payload(
            [
                node("u", "GH_User", name="ann", token="canary-in-a-property"),
                node("t", "GH_Team", name="core"),
                node("r", "GH_Repository", name="shop"),
                node("b", "GH_Branch", name="main"),
                node("s", "GH_RepoSecret", name="KEY"),
                node("a", "GH_SecretScanningAlert", name="alert"),
                node("x", "Okta_User", name="someone"),
            ],
            [
                edge("u", "GH_MemberOf", "t"),
                edge("t", "GH_CanWriteBranch", "b"),
                edge("t", "GH_CanCreateBranch", "r"),
                edge("r", "GH_HasSecret", "s"),
                edge("t", "GH_CanReadSecretScanningAlert", "a"),
                edge("a", "GH_ValidToken", "u"),
                edge("t", "GH_AddLabel", "r", False),
                edge("x", "Okta_Knows", "u", None),
                edge("x", "Okta_Knows", "nobody"),
                {
                    "kind": "Okta_Same",
                    "start": {"match_by": "property", "property_matchers": [
                        {"key": "name", "operator": "equals", "value": "someone"}]},
                    "end": {"match_by": "name", "value": "ann", "kind": "GH_User"},
                },
            ],
        )
    }  # fmt: skip
    secrets = ("canary-in-a-property",)


def test_the_leaked_token_of_githounds_sample_reaches_134_of_338_nodes(tmp_path: Path) -> None:
    made = imported(tmp_path, sample())
    found = reached(made.scenario(), TOKEN) - {ALERT}
    named = {name: note.get("note", "").partition(",")[0] for of in ("identities", "resources")
             for name, note in made.sections[of].items()}  # fmt: skip
    kinds = Counter(named[name] for name in found if name in named)
    assert (len(DATA["nodes"]), sum(kinds.values())) == (338, 134)
    assert (kinds["GH_Branch"], kinds["GH_Repository"], kinds["GH_RepoSecret"] + kinds["GH_OrgSecret"]) == (60, 12, 9)


def test_no_node_and_no_edge_of_the_sample_is_dropped_in_silence(tmp_path: Path) -> None:
    made = imported(tmp_path, sample())
    things = [*made.sections["identities"], *made.sections["resources"]]
    ids = {note.get("note", "").rpartition("id ")[2] for of in ("identities", "resources")
           for note in made.sections[of].values()}  # fmt: skip
    assert {name for name, _, _ in DATA["nodes"]} <= ids
    assert len(things) >= 338
    trust = Counter(each["note"] for each in made.trust)
    given = Counter[str]()
    for said in made.sections["identities"].values():
        for each in said.get("entitlements", ()):
            given[each["operation"].removeprefix("graph.").partition(" ")[0]] += len(each["targets"])
    held = sum(len(said.get("holds", ())) for said in made.sections["resources"].values())
    left = Counter(each.what.removeprefix("edge ") for each in made.untranslated)
    total = sum(len(of) for of in DATA["edges"].values())
    assert total == 2763
    dangling = 2  # listed, and told to lead nowhere
    assert trust.total() + given.total() + held + left.total() - dangling == total


def test_two_edges_of_the_sample_lead_from_what_is_in_no_file(tmp_path: Path) -> None:
    unseen = [each for each in imported(tmp_path, sample()).untranslated if "in no file" in each.why]
    assert [each.what for each in unseen] == ["edge GH_HasEnvironment"] * 2


PEOPLE = [node("1", "Person", name="ann"), node("2", "Person", name="bob"), node("3", "Box", name="ann")]


@pytest.mark.parametrize(
    ("end", "meant"),
    [
        ({"value": "2"}, "bob"),
        ({"match_by": "id", "value": "2"}, "bob"),
        ({"match_by": "name", "value": "bob"}, "bob"),
        ({"match_by": "name", "value": "ann", "kind": "Box"}, "ann (Box 3)"),
        ({"match_by": "property", "property_matchers": [{"key": "name", "operator": "equals", "value": "bob"}]}, "bob"),
    ],
)
def test_an_end_is_found_by_id_by_name_or_by_properties(tmp_path: Path, end: dict[str, Any], meant: str) -> None:
    one = {"kind": "Leads", "start": {"value": "1"}, "end": end}
    made = imported(tmp_path, payload(PEOPLE, [one], "Other"))
    targets = [target for said in made.sections["tools"]["graph"]["operations"].values() for target in said["targets"]]
    assert targets == [meant]


def test_kinds_that_nobody_knows_are_listed_and_kept(tmp_path: Path) -> None:
    made = imported(tmp_path, payload(PEOPLE, [edge("1", "Leads", "2"), edge("2", "Leads", "3")], "Other"))
    assert [each.about for each in made.assumed] == ["nodes of the kind Person", "nodes of the kind Box"]
    assert reached(made.scenario(), "ann (Person 1) is taken over") == {"ann (Person 1)", "bob", "ann (Box 3)"}


def test_an_edge_that_does_not_lead_on_leads_nowhere(tmp_path: Path) -> None:
    nodes = [node("u", "GH_User", name="ann"), node("t", "GH_Team", name="core"), node("b", "GH_Branch", name="main")]
    edges = [edge("u", "GH_MemberOf", "t", False), edge("t", "GH_CanWriteBranch", "b")]
    assert reached(imported(tmp_path, payload(nodes, edges)).scenario(), "ann is taken over") == {"ann"}


WORLD = """
simkit: 1
name: world
identities:
  ann: {kind: human, roles: [writer], runtime_holds: [robot-key, notes]}
  robot: {kind: agent, entitlements: [{operation: db.read, targets: [rows]}]}
  admin: {entitlements: [{operation: db.drop}]}
resources:
  store: {contains: [rows, code], holds: [robot-key]}
  rows: {kind: data-store}
  code: {kind: repository, run_by: [robot]}
  notes: {kind: other, note: on a desk}
roles:
  writer: {entitlements: [{operation: db.write, targets: [store]}, {operation: iam.widen}]}
  powerful: {entitlements: [{operation: db.drop}]}
tools:
  db: {operations: {read: {effect: read, targets: [store]}, write: {effect: write, targets: [store]},
                    drop: {effect: delete, targets: [rows]}}}
  iam: {operations: {widen: {effect: grant, role: powerful, targets: [robot]}}}
credentials: {robot-key: {identity: robot}}
trust: [{from: robot, to: admin, ttl: 2h}]
entry_points: {ann is taken over: {compromise: ann}}
goals: {dropped: {performed: [db.drop]}}
"""


def test_what_is_written_is_read_again_as_the_same_graph(tmp_path: Path) -> None:
    world = loads(WORLD, "world.yaml")
    text = open_graph(world.model)
    again = imported(tmp_path, text)
    assert again.complete
    assert open_graph(again.scenario().model) == text
    assert reached(again.scenario(), "ann is taken over") == reached(world, "ann is taken over")
    assert "rows" in reached(world, "ann is taken over")


def test_a_collected_graph_goes_out_and_in_again_with_what_it_reaches(tmp_path: Path) -> None:
    first = imported(tmp_path / "first", sample()).scenario()
    second = imported(tmp_path / "second", open_graph(first.model))
    assert second.complete
    assert open_graph(second.scenario().model) == open_graph(first.model)
    people = [name for name in first.entry_points if name.startswith("user-")]
    assert people
    for name in people:
        assert reached(second.scenario(), name) == reached(first, name)


SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"
"""The schemas of nodes and edges (SpecterOps/bloodhound-docs, 9f427f7f)."""


def valid(kind: str) -> Callable[[Any], bool]:
    schema = json.loads((SCHEMAS / f"opengraph-{kind}.json").read_text("utf-8"))
    return jsonschema.validators.validator_for(schema)(schema).is_valid


@pytest.mark.parametrize("source", ["world", "sample"])
def test_what_is_written_is_valid_by_the_schemas_of_opengraph(tmp_path: Path, source: str) -> None:
    world = loads(WORLD, "world.yaml") if source == "world" else imported(tmp_path, sample()).scenario()
    graph = json.loads(open_graph(world.model))["graph"]
    assert graph["nodes"]
    assert graph["edges"]
    assert not [each for each in graph["nodes"] if not valid("node")(each)]
    edge_is_valid = valid("edge")
    assert not [each for each in graph["edges"] if not edge_is_valid(each)]
    # more than the schemas say: an edge's kind is one word, and each id stands once
    assert all(re.fullmatch("[A-Za-z0-9_]+", each["kind"]) for each in graph["edges"])
    assert len({each["id"] for each in graph["nodes"]}) == len(graph["nodes"])


@pytest.mark.parametrize(
    ("end", "sound"),
    [
        ({"value": "u1"}, True),
        ({"match_by": "name", "value": "ann", "kind": "GH_User"}, True),
        ({"match_by": "property", "property_matchers": [{"key": "name", "operator": "equals", "value": "a"}]}, True),
        ({"match_by": "property", "value": "u1"}, False),
        ({"match_by": "guess", "value": "u1"}, False),
    ],
)
def test_the_schema_itself_tells_one_way_to_match_from_another(end: dict[str, Any], sound: bool) -> None:
    assert valid("edge")({"kind": "Leads", "start": {"value": "u1"}, "end": end}) is sound


def test_the_command_writes_what_the_schemas_take(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "world.yaml").write_text(WORLD, "utf-8")
    told = cli("graph", str(tmp_path / "world.yaml"), "--format", "opengraph")
    graph = json.loads(told.output)["graph"]
    assert all(map(valid("node"), graph["nodes"]))
    assert all(map(valid("edge"), graph["edges"]))
