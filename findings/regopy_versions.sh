#!/usr/bin/env bash
# regopy 1.5.2 (rego-cpp): semver.compare orders versions as text.
#
# Rego documents semver.compare for versions of SemVer (https://www.openpolicyagent.org/docs/policy-reference).
# Its rules (https://semver.org, 11) compare numbers as numbers, put a pre-release before its release, and leave what
# follows a plus out.
# A guess: another engine of the same language follows, since it has the function, and knows an invalid version.
# Seen: 1.10.0 comes before 1.9.0, a release before its own pre-release, and builds of one version are ordered.
# So one policy about the least version of a runtime decides otherwise here than in the engine that it was written for.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check regopy==1.5.2

cat >"$room/probe.py" <<'PYTHON'
from regopy import Interpreter

for first, second, rule in (("1.2.0", "1.3.0", -1), ("1.10.0", "1.9.0", 1), ("1.0.0", "1.0.0-rc", 1), ("1.0.0+a", "1.0.0+b", 0)):
    engine = Interpreter()
    engine.add_module("versions", f'package versions\nfound := semver.compare("{first}", "{second}")')
    print(f"{first} with {second}: {engine.query('data.versions.found').results[0].expressions[0]}, SemVer {rule}")
PYTHON

seen=$("$room/venv/bin/python" "$room/probe.py" 2>/dev/null)
expected="1.2.0 with 1.3.0: -1, SemVer -1
1.10.0 with 1.9.0: -1, SemVer 1
1.0.0 with 1.0.0-rc: -1, SemVer 1
1.0.0+a with 1.0.0+b: -1, SemVer 0"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "regopy behaves differently now" >&2; exit 1; }
