#!/usr/bin/env bash
# parliament 1.6.4: a number without quotes in a condition ends in a traceback.
#
# The grammar of IAM policies says that quotation marks are optional for numeric and Boolean values
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
# A guess: a linter of policies takes both forms, or reports the one that it does not like as a finding.
# Seen: "10" passes without a finding, 10 raises TypeError out of analyze_policy_string; true without quotes passes.
# So a policy that AWS stores can stop a run over many, and the report of the others is lost with it.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check parliament==1.6.4

cat >"$room/probe.py" <<'PYTHON'
import json

import parliament


def said(operator, key, value):
    statement = {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": "arn:aws:s3:::example-bucket",
        "Condition": {operator: {key: value}},
    }
    try:
        checked = parliament.analyze_policy_string(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    except TypeError as error:
        return f"TypeError: {error}"
    return f"{len(checked.findings)} findings"


print("quoted number:", said("NumericLessThanEquals", "s3:max-keys", "10"))
print("bare number:", said("NumericLessThanEquals", "s3:max-keys", 10))
print("bare truth value:", said("Bool", "aws:SecureTransport", True))
PYTHON

seen=$("$room/venv/bin/python" -W ignore "$room/probe.py")
expected="quoted number: 0 findings
bare number: TypeError: expected string or bytes-like object, got 'int'
bare truth value: 0 findings"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "parliament behaves differently now" >&2; exit 1; }
