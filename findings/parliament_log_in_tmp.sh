#!/usr/bin/env bash
# parliament 1.6.4: every run of the command writes its arguments into /tmp/parliament.log, whoever runs it.
#
# The README describes the command with --string, --file, --directory and a configuration, and no log
# (https://github.com/duo-labs/parliament/blob/main/README.md).
# A guess: a linter reads what it is given and writes its findings to standard output.
# Seen: the policy that was given stands in /tmp/parliament.log afterwards, with the bits that the umask gives, mostly readable for
# all on the machine; where a folder (or a file of somebody else) has that name, the command ends in a traceback.
# So on a machine for several people only the first of them can lint, and all can read what was linted.
set -euo pipefail

log=/tmp/parliament.log
[ ! -e "$log" ] || { echo "$log is there already: this needs a machine without it" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room" "$log"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check parliament==1.6.4 "setuptools<82"

lint() {
  "$room/venv/bin/python" -W ignore "$room/venv/bin/parliament" --string \
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example/*"}}' \
    </dev/null 2>&1 | tail -1 || true
}
seen="on standard output: [$(lint)]
lines of the log with the policy: $(grep -c 'arn:aws:s3:::example' "$log")"
rm "$log" && mkdir "$log"
seen="$seen
with a folder there: $(lint)"
rmdir "$log"
expected="on standard output: []
lines of the log with the policy: 1
with a folder there: IsADirectoryError: [Errno 21] Is a directory: '/tmp/parliament.log'"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "parliament behaves differently now" >&2; exit 1; }
