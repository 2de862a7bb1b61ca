#!/usr/bin/env bash
# py-abac 0.4.1: NotEquals and Not of Equals are two things where an attribute is missing.
#
# Both are documented as conditions on an attribute, and Not as the negation of another one
# (https://github.com/ketgo/py-abac).
# A guess: they agree, as StringNotEquals and the negation of StringEquals do in AWS, where a missing key is not equal.
# Seen: they agree for a value, and for a missing attribute NotEquals fails while Not(Equals) holds.
# So rewriting one as the other changes who is allowed.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check py-abac==0.4.1 'setuptools<81'

cat >"$room/probe.py" <<'PYTHON'
from py_abac import PDP, AccessRequest, Policy
from py_abac.storage.memory import MemoryStorage

CONDITIONS = {
    "NotEquals": {"condition": "NotEquals", "value": "guest"},
    "Not(Equals)": {"condition": "Not", "value": {"condition": "Equals", "value": "guest"}},
}


def allowed(condition, attributes):
    storage = MemoryStorage()
    rules = {"subject": {"$.kind": condition}, "resource": {}, "action": {}, "context": {}}
    storage.add(Policy.from_json({"uid": "1", "effect": "allow", "rules": rules, "targets": {}, "priority": 0}))
    asked = {"subject": {"id": "s", "attributes": attributes}, "resource": {"id": "r", "attributes": {}}, "action": {"id": "a", "attributes": {}}, "context": {}}
    return PDP(storage).is_allowed(AccessRequest.from_json(asked))


for attributes in ({"kind": "staff"}, {"kind": "guest"}, {}):
    print(attributes.get("kind", "missing"), *(f"{name} {allowed(each, attributes)}" for name, each in CONDITIONS.items()))
PYTHON

seen=$("$room/venv/bin/python" "$room/probe.py" 2>/dev/null)
expected="staff NotEquals True Not(Equals) True
guest NotEquals False Not(Equals) False
missing NotEquals False Not(Equals) True"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "py-abac behaves differently now" >&2; exit 1; }
