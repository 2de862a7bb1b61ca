#!/usr/bin/env bash
# opencode-ai 1.18.33: files of secrets (`.env`) are asked about where nobody says anything, and not denied.
#
# Its page lists as a default, for whoever says nothing: `read` is allowed, but `.env` files are denied
# (https://opencode.ai/v1/docs/permissions/, "Defaults", with the rules `"*.env": "deny"` and `"*.env.*": "deny"`).
# A guess: an agent without any configuration cannot read them; who wants it to must say so.
# Seen: both rules say "ask". What is asked about is approved by one key, for the rest of a session if one likes, and under
# `--auto` by nobody ("auto-approve permissions that are not explicitly denied"), which leaves alone what is denied.
# So whoever asks what an agent of a repository reads unasked must not take these files for closed: to keep them so, one
# has to write the rule that the page calls a default.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
mkdir home repository
npm install --silent --no-audit --no-fund opencode-ai@1.18.33 >/dev/null 2>&1
export HOME=$room/home
cd repository
git init --quiet

rules() {
  "$room/node_modules/.bin/opencode" debug agent build 2>/dev/null | python3 -c '
import json, sys
for rule in json.load(sys.stdin)["permission"]:
    if rule["permission"] == "read":
        print(rule["pattern"], rule["action"])'
}

seen=$(
  echo "nothing said:"
  rules
  echo '{"permission": {"read": {"*.env": "deny"}}}' >opencode.json
  echo "denied by a rule of one's own, which is the last that fits:"
  rules | tail -1
)
expected="nothing said:
* allow
*.env ask
*.env.* ask
*.env.example allow
denied by a rule of one's own, which is the last that fits:
*.env deny"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "opencode behaves differently now" >&2; exit 1; }
