#!/usr/bin/env bash
# regopy 1.5.2 (rego-cpp): object.union keeps the second of two nested objects, and drops the first.
#
# Rego documents object.union as the asymmetric recursive union of two objects
# (https://www.openpolicyagent.org/docs/policy-reference).
# A guess: where both have an object under a key, the two are joined. The example of the documentation does not tell: its second
# object has all keys of the first.
# Seen: the second stands alone; object.union_n does the same. So defaults of a policy that are joined with a tenant's own settings are
# gone as soon as the tenant sets one of them.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check regopy==1.5.2

cat >"$room/probe.py" <<'PYTHON'
import json

from regopy import Interpreter

DEFAULTS, TENANT = {"session": {"ttl": 900, "mfa": True}}, {"session": {"ttl": 3600}}
for call in ("object.union(input.defaults, input.tenant)", "object.union_n([input.defaults, input.tenant])"):
    engine = Interpreter()
    engine.set_input({"defaults": DEFAULTS, "tenant": TENANT})
    engine.add_module("settings", f"package settings\nfound := {call}")
    found = json.loads(str(engine.query("data.settings.found")))["expressions"][0]
    print(call.split("(")[0], json.dumps(found, sort_keys=True))
PYTHON

seen=$("$room/venv/bin/python" "$room/probe.py" 2>/dev/null)
expected='object.union {"session": {"ttl": 3600}}
object.union_n {"session": {"ttl": 3600}}'
echo "$seen"
[ "$seen" = "$expected" ] || { echo "regopy behaves differently now" >&2; exit 1; }
