#!/usr/bin/env bash
# bhopengraph 1.3.1: reading an OpenGraph payload drops the edges that say nothing about how their ends are matched.
#
# In BloodHound's schema of an edge `match_by` may be absent, and is then `id`; `kind` beside it asks for a node of that
# kind (https://bloodhound.specterops.io/opengraph/schema).
# A guess: an edge without `match_by` is read as one by id, and what was read is written again.
# Seen: it is left out; import_from_dict says True, and validate_graph finds nothing wrong. The kind of an end is lost when it is
# written again, so that the edge may match another node than it said.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check bhopengraph==1.3.1

cat >"$room/probe.py" <<'PYTHON'
from bhopengraph.OpenGraph import OpenGraph

NODES = [{"id": "ann", "kinds": ["Person"], "properties": {"name": "Ann"}}, {"id": "db", "kinds": ["Store"], "properties": {"name": "Db"}}]
ENDS = {
    "match_by id": ({"value": "ann", "match_by": "id"}, {"value": "db", "match_by": "id"}),
    "match_by absent": ({"value": "ann"}, {"value": "db"}),
    "kind given": ({"value": "ann", "match_by": "id"}, {"value": "db", "match_by": "id", "kind": "Store"}),
}
for what, (start, end) in ENDS.items():
    graph = OpenGraph()
    edges = [{"kind": "Reads", "start": dict(start), "end": dict(end)}, {"kind": "Owns", "start": {"value": "db", "match_by": "id"}, "end": {"value": "ann", "match_by": "id"}}]
    read = graph.import_from_dict({"graph": {"nodes": NODES, "edges": edges}})
    written = [edge for edge in graph.export_to_dict()["graph"]["edges"] if edge["kind"] == "Reads"]
    print(f"{what}: read {read}, sound {graph.validate_graph()[0]}, edges {len(written)} of 1, kind kept {any('kind' in edge['end'] for edge in written)}")
PYTHON

seen=$("$room/venv/bin/python" "$room/probe.py" 2>/dev/null)
expected="match_by id: read True, sound True, edges 1 of 1, kind kept False
match_by absent: read True, sound True, edges 0 of 1, kind kept False
kind given: read True, sound True, edges 1 of 1, kind kept False"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "bhopengraph behaves differently now" >&2; exit 1; }
