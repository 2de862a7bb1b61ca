"""What a real PostgreSQL does with an open session, measured again, beside what the catalogue says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count

import pytest
from servers.postgresql import ADMIN, SECRET, PostgreSQL, Psql, postgresql

from simkit.session_catalogue import SessionBehaviour, session_behaviours

pytestmark = pytest.mark.servers
FOUND = {"allowed": "survives", "denied": "next-use", "cut": "ends"}
"""What a probe of an open session tells, in the words of the catalogue."""
NUMBERS = count()
LIVES = 5.0
"""Seconds that a password lives which expires during a test."""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    with postgresql() as started:
        started.session().must(
            "create table t as select n, repeat('x', 10000) as wide from generate_series(1, 200) n;"
            "create table everybodys as select 1 as n; grant select on everybodys to public;"
            "create role readers; grant select on t to readers"
        )
        yield started


@pytest.fixture(scope="module")
def known(server: PostgreSQL) -> SessionBehaviour:
    """What the catalogue says of this major version."""
    name = f"postgresql-{server.version.split('.')[0]}"
    if name not in session_behaviours():
        pytest.skip(f"the catalogue has no {name}")
    return session_behaviours()[name]


@pytest.fixture
def admin(server: PostgreSQL) -> Psql:
    return server.session()


@pytest.fixture
def role(admin: Psql) -> str:
    """A role of its own for each test, with the password `one`, that may read `t`."""
    name = f"role_{next(NUMBERS)}"
    admin.must(f"create role {name} login password 'one'; grant select on t to {name}")
    return name


def cursor(server: PostgreSQL, role: str, hold: str = "") -> Psql:
    """A session of `role` that has read a part of `t` through a cursor."""
    session = server.session(role, "one")
    session.must(f"begin; declare c cursor {hold} for select n from t; fetch 1 from c")
    return session


def rest_of(session: Psql) -> str:
    """What an open stream does: the rest of the cursor comes whole, or the session does not."""
    result = session.ask("fetch all from c")
    assert result != "allowed" or len(session.said.split()) == 199
    return FOUND[result]


TAKEN_AWAY = {
    "on_revoke": "alter role {role} password 'two'",
    "on_disable": "alter role {role} nologin",
    "on_delete": "drop owned by {role}; drop role {role}",
    "on_entitlement_removed": "revoke select on t from {role}",
    "on_role_removed": "revoke select on t from {role}; grant readers to {role}",
}


@pytest.mark.parametrize("event", TAKEN_AWAY)
def test_an_open_session_does_what_the_catalogue_says(
    server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str, event: str
) -> None:
    if event == "on_role_removed":
        admin.must(TAKEN_AWAY[event].format(role=role))
    operation, stream = server.session(role, "one"), cursor(server, role)
    operation.must("prepare again as select count(*) from t; execute again")
    admin.must(f"revoke readers from {role}" if event == "on_role_removed" else TAKEN_AWAY[event].format(role=role))
    said = getattr(known, event)
    assert FOUND[operation.ask("select count(*) from t")] == str(said.operation)
    assert FOUND[operation.ask("execute again")] == str(said.operation)
    assert rest_of(stream) == str(said.stream)
    assert server.new(role, "one", "select count(*) from t") == said.new


def test_a_password_that_expires_ends_no_open_session(
    server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str
) -> None:
    admin.must(f"do $$ begin execute format('alter role {role} valid until %L', now() + '{LIVES} s'); end $$")
    operation, stream = server.session(role, "one"), cursor(server, role)
    time.sleep(LIVES + 0.5)
    assert server.new(role, "one", "select 1") == known.on_expiry.new == "denied"
    assert FOUND[operation.ask("select count(*) from t")] == str(known.on_expiry.operation)
    assert rest_of(stream) == str(known.on_expiry.stream)


def test_pg_terminate_backend_ends_what_survives(
    server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str
) -> None:
    operation, stream = server.session(role, "one"), cursor(server, role)
    admin.must(f"alter role {role} nologin")
    admin.must(f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = '{role}'")
    assert known.cut_by.startswith("pg_terminate_backend")
    assert operation.ask("select 1") == "cut"
    assert rest_of(stream) == "ends"


# ---- streams of other kinds


def test_a_copy_that_runs_is_finished_without_the_right(
    server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str
) -> None:
    copy = "copy (select n, wide, pg_sleep(0.005) from t) to stdout"
    running = server.start("psql", "-X", "-q", "-d", "postgres", "-c", copy, user=role, password="one")
    assert running.stdout
    first = running.stdout.readline()
    admin.must(f"revoke select on t from {role}")
    rows = [first, *running.stdout]
    assert (running.wait(), len(rows)) == (0, 200)
    assert str(known.on_entitlement_removed.stream) == "survives"


def test_a_cursor_with_hold_is_read_on_without_the_right(
    server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str
) -> None:
    held = cursor(server, role, "with hold")
    held.must("commit")
    admin.must(f"revoke select on t from {role}")
    assert rest_of(held) == str(known.on_entitlement_removed.stream)


def test_an_open_large_object_is_read_on_without_the_right(
    server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str
) -> None:
    oid = admin.must("select lo_from_bytea(0, 'secret')")
    admin.must(f"grant select on large object {oid} to {role}")
    reader, other = server.session(role, "one"), server.session(role, "one")
    reader.must(f"begin; select lo_open({oid}, 262144)")  # INV_READ
    admin.must(f"revoke select on large object {oid} from {role}")
    assert FOUND[reader.ask("select loread(0, 6)")] == str(known.on_entitlement_removed.stream)
    assert FOUND[other.ask(f"select lo_get({oid})")] == str(known.on_entitlement_removed.operation)


def test_a_deleted_role_still_hears_notifications(
    server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str
) -> None:
    listener = server.session(role, "one")
    listener.must("listen news")
    admin.must(TAKEN_AWAY["on_delete"].format(role=role))
    admin.must("notify news, 'after the end'")
    assert "after the end" in listener.must("select 1")
    assert str(known.on_delete.stream) == "survives"


def test_a_replication_stream_goes_on_when_its_role_is_disabled(
    server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str
) -> None:
    admin.must(f"alter role {role} replication; create table news (n int)")
    slot = ("-d", "postgres", "--slot", f"slot_{role}", "--create-slot", "--start", "-f", "-", "--if-not-exists")
    stream = server.start("pg_recvlogical", *slot, "-P", "test_decoding", "-F", "0", user=role, password="one")
    until = time.monotonic() + 10
    while admin.must("select count(*) from pg_stat_replication") == "0":
        assert time.monotonic() < until
        time.sleep(0.1)
    admin.must(f"alter role {role} noreplication nologin password 'two'")
    admin.must("insert into news values (4711)")
    assert stream.stdout
    assert any("4711" in line for line in iter(stream.stdout.readline, ""))
    assert str(known.on_disable.stream) == "survives"


# ---- exceptions


def exceptions(known: SessionBehaviour, event: str) -> dict[str, str]:
    return {one.when: one.found for one in getattr(known, event).exceptions()}


def test_what_public_may_survives_the_role(server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str) -> None:
    session = server.session(role, "one")
    admin.must(TAKEN_AWAY["on_delete"].format(role=role))
    assert FOUND[session.ask("select n from everybodys")] == exceptions(known, "on_delete")["what PUBLIC may do"]
    assert session.ask("select current_user") == "denied", "the session has no name any more"


def test_who_can_no_longer_connect_is_still_connected(
    server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str
) -> None:
    session = server.session(role, "one")
    admin.must("revoke connect on database postgres from public")
    try:
        new = server.new(role, "one", "select 1")
    finally:
        admin.must("grant connect on database postgres to public")
    found = exceptions(known, "on_entitlement_removed")["CONNECT is the right that is taken"]
    assert (new, FOUND[session.ask("select count(*) from t")]) == ("denied", found)


def test_set_role_outlives_the_membership(server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str) -> None:
    admin.must(f"revoke select on t from {role}; grant readers to {role}")
    session = server.session(role, "one")
    session.must("set role readers")
    admin.must(f"revoke readers from {role}")
    found = exceptions(known, "on_role_removed")["the session did SET ROLE before"]
    assert FOUND[session.ask("select count(*) from t")] == found
    session.must("reset role")
    assert session.ask("set role readers") == "denied"


def test_a_login_as_superuser_becomes_superuser_again(
    server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str
) -> None:
    admin.must(f"revoke select on t from {role}; alter role {role} superuser")
    session = server.session(role, "one")
    admin.must(f"alter role {role} nosuperuser nologin")
    assert session.ask("select count(*) from t") == "denied"
    found = exceptions(known, "on_entitlement_removed")["SUPERUSER is the right that is taken"]
    assert FOUND[session.ask(f"set session authorization {ADMIN}")] == found
    session.must(f"alter role {role} superuser login")
    assert server.new(role, "one", "select count(*) from t") == "allowed"


def test_a_deleted_superuser_becomes_another_one(
    server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str
) -> None:
    admin.must(f"alter role {role} superuser")
    session = server.session(role, "one")
    admin.must(TAKEN_AWAY["on_delete"].format(role=role))
    session.ask(f"set session authorization {ADMIN}")
    found = exceptions(known, "on_delete")["the session logged in as a superuser"]
    assert FOUND[session.ask("select count(*) from t")] == found


def test_a_statement_prepared_before_still_bypasses_row_security(
    server: PostgreSQL, known: SessionBehaviour, admin: Psql, role: str
) -> None:
    admin.must(f"create table rows_{role} as select 1 as n; alter table rows_{role} enable row level security")
    admin.must(f"grant select on rows_{role} to {role}; alter role {role} bypassrls")
    session = server.session(role, "one")
    session.must(f"prepare again as select count(*) from rows_{role}")
    admin.must(f"alter role {role} nobypassrls")
    case = "BYPASSRLS is the right that is taken and the statement was prepared before"
    found = exceptions(known, "on_entitlement_removed")[case]
    assert (session.must("execute again"), found) == ("1", "survives")
    assert session.must(f"select count(*) from rows_{role}") == "0", "no error, and no row"


def test_the_secret_of_the_server_is_asked_for(server: PostgreSQL) -> None:
    """Without this, a server that trusts everybody would make every probe of a new session `allowed`."""
    assert server.new(ADMIN, "wrong", "select 1") == "denied"
    assert server.new(ADMIN, SECRET, "select 1") == "allowed"
