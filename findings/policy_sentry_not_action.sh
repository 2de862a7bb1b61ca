#!/usr/bin/env bash
# policy_sentry 0.15.2: expanding a policy empties its NotAction, which turns "all but these" into "all".
#
# get_expanded_policy is documented to expand the wildcards of actions for readability, and its own warning says that it
# expands those of a NotAction list. NotAction matches everything but the actions listed
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html).
# A guess: iam:* under NotAction becomes the list of the actions of IAM, as it does under Action.
# Seen: it becomes an empty list, for a text and for a list, and for an action without wildcards too.
# So the expanded policy, read again, is about every action of AWS, those that the original leaves out among them.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check policy_sentry==0.15.2

cat >"$room/probe.py" <<'PYTHON'
from policy_sentry.analysis.expand import get_expanded_policy


def expanded(element, actions):
    statement = {"Effect": "Allow", element: actions, "Resource": "*"}
    found = get_expanded_policy({"Version": "2012-10-17", "Statement": [statement]})["Statement"][0]
    return found[element]


print("Action iam:*:", "some" if len(expanded("Action", ["iam:*"])) > 100 else "none")
print("NotAction [iam:*]:", expanded("NotAction", ["iam:*"]))
print("NotAction iam:*:", expanded("NotAction", "iam:*"))
print("NotAction [iam:CreateUser]:", expanded("NotAction", ["iam:CreateUser"]))
PYTHON

seen=$("$room/venv/bin/python" "$room/probe.py" 2>/dev/null)
expected="Action iam:*: some
NotAction [iam:*]: []
NotAction iam:*: []
NotAction [iam:CreateUser]: []"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "policy_sentry behaves differently now" >&2; exit 1; }
