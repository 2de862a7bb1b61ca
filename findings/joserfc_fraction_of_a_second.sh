#!/usr/bin/env bash
# joserfc 1.8.0 and PyJWT 2.15.1: a time with a fraction of a second moves by up to a second, for each library elsewhere.
#
# RFC 7519, section 2, allows fractions in the times of a token (NumericDate), and time.time() gives them.
# A guess: both compare such a time with the clock as it is.
# Seen: joserfc compares with whole seconds of its clock, so that a token that was issued in this second is from the future until the second is
# over, and refused. PyJWT takes it at once, but cuts the fraction off the end: a token ends up to a second early there, while joserfc lets it live.
# So a token that is made and used at once works between two services of one library and fails, for less than a second, between two of both.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check joserfc==1.8.0 PyJWT==2.15.1 freezegun==1.5.5

cat >"$room/probe.py" <<'PYTHON'
from datetime import UTC, datetime

import jwt as pyjwt
from freezegun import freeze_time
from joserfc import jwt as joserfc
from joserfc.jwk import OctKey

SECRET, START = b"an example key of thirty-two byte", 1_800_000_000


def by_pyjwt(token):
    try:
        pyjwt.decode(token, SECRET, algorithms=["HS256"])
    except pyjwt.PyJWTError as error:
        return type(error).__name__
    return "taken"


def by_joserfc(token):
    try:
        found = joserfc.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"])
        joserfc.JWTClaimsRegistry().validate(found.claims)
    except Exception as error:
        return type(error).__name__
    return "taken"


for what, claims, moment in (
    ("issued half a second ago", {"iat": START + 0.25}, START + 0.75),
    ("issued a second ago", {"iat": START + 0.25}, START + 1.25),
    ("ends in half a second", {"exp": START + 0.75}, START + 0.25),
):
    token = pyjwt.encode(claims, SECRET, algorithm="HS256")
    with freeze_time(datetime.fromtimestamp(moment, UTC)):
        print(f"{what}: PyJWT {by_pyjwt(token)}, joserfc {by_joserfc(token)}")
PYTHON

seen=$("$room/venv/bin/python" "$room/probe.py" 2>/dev/null)
expected="issued half a second ago: PyJWT taken, joserfc InvalidClaimError
issued a second ago: PyJWT taken, joserfc taken
ends in half a second: PyJWT ExpiredSignatureError, joserfc taken"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "joserfc or PyJWT behaves differently now" >&2; exit 1; }
