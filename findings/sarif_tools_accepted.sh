#!/usr/bin/env bash
# sarif-tools 3.0.5: a result that was accepted, or that is gone, fails the check as a new one does.
#
# SARIF 2.1.0 has `suppressions` for results that somebody accepted (3.27.23) and `baselineState` for those that stand in the baseline
# (`unchanged`) or no longer occur (`absent`; 3.27.24)
# (https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html).
# A guess: `sarif --check error` goes by them, since its pages compare files with older ones.
# Seen: each of them counts as an error, and the exit code is 1. Only a result of level `none` passes.
# So the verdict of a scanner that writes accepted findings into its file for the record is turned round by the reader.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check sarif-tools==3.0.5

cat >"$room/probe.py" <<'PYTHON'
import json
import subprocess
import sys
from pathlib import Path

room = Path(sys.argv[1])
WHERE = [{"physicalLocation": {"artifactLocation": {"uri": "scenario.yaml"}, "region": {"startLine": 3}}}]
RESULT = {"ruleId": "wider", "level": "error", "message": {"text": "an attack loses more"}, "locations": WHERE}
for what, more in {
    "new": {"baselineState": "new"},
    "accepted": {"suppressions": [{"kind": "external", "status": "accepted", "justification": "known"}]},
    "unchanged": {"baselineState": "unchanged"},
    "absent": {"baselineState": "absent"},
    "level none": {"kind": "pass", "level": "none"},
}.items():
    run = {"tool": {"driver": {"name": "probe", "rules": [{"id": "wider"}]}}, "results": [{**RESULT, **more}]}
    (room / "found.sarif").write_text(json.dumps({"version": "2.1.0", "runs": [run]}))
    done = subprocess.run([room / "venv/bin/sarif", "--check", "error", "summary", room / "found.sarif"], capture_output=True)
    print(f"{what}: exit {done.returncode}")
PYTHON

seen=$("$room/venv/bin/python" "$room/probe.py" "$room" 2>/dev/null)
expected="new: exit 1
accepted: exit 1
unchanged: exit 1
absent: exit 1
level none: exit 0"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "sarif-tools behaves differently now" >&2; exit 1; }
