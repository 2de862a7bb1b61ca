#!/usr/bin/env bash
# parliament 1.6.4: a range of IPv6 addresses is reported as a mismatched type.
#
# The documentation of the IpAddress operator mixes 203.0.113.0/24 and 2001:DB8:1234:5678::/64 under aws:SourceIp and
# recommends to add IPv6 ranges to policies
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress).
# A guess: the example of that page passes.
# Seen: MISMATCHED_TYPE for the IPv6 range in either case of its letters and for a single address; IPv4 passes.
# So whoever follows the recommendation gets a finding for it, and learns to silence that finding.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check parliament==1.6.4

cat >"$room/probe.py" <<'PYTHON'
import json

import parliament

for address in ("203.0.113.0/24", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::/64", "2001:db8::1"):
    statement = {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": "arn:aws:s3:::example-bucket",
        "Condition": {"IpAddress": {"aws:SourceIp": [address]}},
    }
    checked = parliament.analyze_policy_string(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    print(address, [finding.issue for finding in checked.findings])
PYTHON

seen=$("$room/venv/bin/python" -W ignore "$room/probe.py")
expected="203.0.113.0/24 []
2001:DB8:1234:5678::/64 ['MISMATCHED_TYPE']
2001:db8:1234:5678::/64 ['MISMATCHED_TYPE']
2001:db8::1 ['MISMATCHED_TYPE']"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "parliament behaves differently now" >&2; exit 1; }
