#!/usr/bin/env bash
# fakeredis 2.41.0 (with redis-py 8.1.0): an open session does the opposite of what Redis does.
#
# Redis documents for ACL SETUSER that connections of a user who is set to `off` go on, and that ACL DELUSER disconnects
# those of a deleted user (https://redis.io/docs/latest/commands/acl-setuser/); both were measured so on Redis 7.0.15.
# A guess: the double that tests use in its place follows, since it has all of these commands and asks for passwords.
# Seen: it refuses the open session of a disabled user, and serves that of a deleted one, which is gone for new sessions.
# `resetpass` with a new password also leaves the old password good for new sessions, where Redis forgets it.
# So a test of containment that passes on the double says nothing, or the wrong thing, about the server.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check fakeredis==2.41.0 redis==8.1.0

cat >"$room/probe.py" <<'PYTHON'
import fakeredis
import redis


def client(server):
    """One connection of its own."""
    return fakeredis.FakeRedis(server=server, single_connection_client=True)


def answer(connection, *command):
    try:
        return connection.execute_command(*command)
    except redis.RedisError as error:
        return type(error).__name__


for what, *command in [
    ("disabled", "ACL", "SETUSER", "app", "off"),
    ("deleted", "ACL", "DELUSER", "app"),
    ("rotated", "ACL", "SETUSER", "app", "resetpass", ">two"),
]:
    server = fakeredis.FakeServer(server_type="redis", version=(7,))
    admin, session, later = client(server), client(server), client(server)
    admin.set("key", "value")
    admin.execute_command("ACL", "SETUSER", "app", "on", ">one", "~*", "+@all")
    session.execute_command("AUTH", "app", "one")
    admin.execute_command(*command)
    print(what, "| open:", answer(session, "GET", "key"), "| new, old password:", answer(later, "AUTH", "app", "one"))
PYTHON

seen=$("$room/venv/bin/python" "$room/probe.py")
echo "$seen"
expected="disabled | open: ResponseError | new, old password: AuthenticationError
deleted | open: b'value' | new, old password: AuthenticationError
rotated | open: b'value' | new, old password: True"
[ "$seen" = "$expected" ] || { echo "this has changed" >&2; exit 1; }
