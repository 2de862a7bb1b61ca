#!/usr/bin/env bash
# cloudsplaining 0.9.1: of the findings about one statement some know that it is denied, and some do not.
#
# A Deny on the same action and resource wins over an Allow
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html).
# A guess: an allowed action that the same document denies everywhere is in no finding, or in all as without the Deny.
# Seen: it leaves the list of privilege escalations and stays in the lists of permissions management and of infrastructure changes.
# So two parts of one report disagree on whether the action is granted.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check cloudsplaining==0.9.1

cat >"$room/probe.py" <<'PYTHON'
from cloudsplaining.scan.policy_document import PolicyDocument

ALLOW = {"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*"}
for name, statements in (("allowed", [ALLOW]), ("allowed and denied", [ALLOW, {**ALLOW, "Effect": "Deny"}])):
    found = PolicyDocument({"Version": "2012-10-17", "Statement": statements})
    lists = {
        "escalation": found.allows_privilege_escalation,
        "permissions management": found.permissions_management_without_constraints,
        "infrastructure": found.infrastructure_modification,
    }
    print(f"{name}:", ", ".join(f"{what} {len(each)}" for what, each in lists.items()))
PYTHON

seen=$("$room/venv/bin/python" "$room/probe.py" 2>/dev/null)
expected="allowed: escalation 1, permissions management 1, infrastructure 1
allowed and denied: escalation 0, permissions management 1, infrastructure 1"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "cloudsplaining behaves differently now" >&2; exit 1; }
