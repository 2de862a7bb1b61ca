"""What a real OpenSSH does with an open connection, measured again, beside what the catalogue says."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from servers.openssh import GROUP, Connection, OpenSSH, openssh

from simkit.session_catalogue import Reaction, SessionBehaviour, session_behaviours

pytestmark = pytest.mark.servers
FOUND = {"allowed": "survives", "denied": "next-use", "cut": "ends"}
"""What a probe of an open session tells, in the words of the catalogue."""


@pytest.fixture(scope="module")
def server() -> Iterator[OpenSSH]:
    with openssh() as started:
        yield started


@pytest.fixture(scope="module")
def known(server: OpenSSH) -> SessionBehaviour:
    """What the catalogue says of this version."""
    name = f"openssh-{server.version}"
    if name not in session_behaviours():
        pytest.skip(f"the catalogue has no {name}")
    return session_behaviours()[name]


def agrees(opened: Connection, said: Reaction) -> None:
    """Asserts that the open connection does what is said: its shell, a new channel on it, and a forwarded port."""
    assert FOUND[opened.shell.ask("id -u")] == str(said.operation)
    assert FOUND[opened.channel("id -u")] == str(said.operation)
    assert FOUND[opened.forward()] == str(said.stream)


def test_a_certificate_that_expires_ends_no_open_connection(server: OpenSSH, known: SessionBehaviour) -> None:
    account = server.account()
    ends = time.monotonic() + 8.0
    key = server.certificate(account, "+8s")
    opened = server.connection(account, key)
    time.sleep(ends + 1.5 - time.monotonic())  # the client has exchanged session keys anew since
    assert server.new(account, key) == known.on_expiry.new == "denied"
    agrees(opened, known.on_expiry)


def test_a_revoked_key_ends_no_open_connection(server: OpenSSH, known: SessionBehaviour) -> None:
    account = server.account()
    key = server.certificate(account)
    opened = server.connection(account, key)
    (server.folder / "revoked").write_text(Path(f"{key}.pub").read_text())
    assert server.new(account, key) == known.on_revoke.new == "denied"
    agrees(opened, known.on_revoke)


DISABLED: Mapping[str, Callable[[OpenSSH, str], None]] = {
    "the account expired": lambda server, account: server.inside("chage", "-E", "1", account),
    "DenyUsers and a reload": lambda server, account: server.reload(f"DenyUsers {account}"),
}


@pytest.mark.parametrize("how", DISABLED)
def test_an_account_that_is_disabled_ends_no_open_connection(
    server: OpenSSH, known: SessionBehaviour, how: str
) -> None:
    account = server.account()
    key = server.certificate(account)
    opened = server.connection(account, key)
    DISABLED[how](server, account)
    assert server.new(account, key) == known.on_disable.new == "denied"
    agrees(opened, known.on_disable)


def new_exceptions(known: SessionBehaviour) -> dict[str, str]:
    return {one.when: one.found for one in known.on_disable.exceptions() if one.of == "new"}


def test_a_shell_that_is_nologin_refuses_commands_and_forwards_ports(server: OpenSSH, known: SessionBehaviour) -> None:
    account = server.account()
    key = server.certificate(account)
    opened = server.connection(account, key)
    server.inside("usermod", "-s", "/usr/sbin/nologin", account)
    agrees(opened, known.on_disable)
    assert server.new(account, key) == "without the right", "it is let in, and its shell refuses"
    found = new_exceptions(known)["the shell is nologin and only a port is forwarded"]
    assert server.new_forward(account, key) == found


def test_a_locked_password_locks_nobody_out_who_has_a_key(server: OpenSSH, known: SessionBehaviour) -> None:
    account = server.account()
    key = server.certificate(account)
    opened = server.connection(account, key)
    server.inside("usermod", "-L", account)
    agrees(opened, known.on_disable)
    found = new_exceptions(known)["the password is locked (usermod -L) and a key is used"]
    assert server.new(account, key) == found


def test_an_account_that_is_deleted_ends_no_open_connection(server: OpenSSH, known: SessionBehaviour) -> None:
    account = server.account()
    key = server.certificate(account)
    opened = server.connection(account, key)
    server.inside("userdel", "-f", account)
    assert server.new(account, key) == known.on_delete.new == "denied"
    agrees(opened, known.on_delete)
    (found,) = known.on_delete.exceptions()
    assert FOUND[opened.channel("whoami")] == found.found


def test_a_principal_that_is_removed_ends_no_open_connection(server: OpenSSH, known: SessionBehaviour) -> None:
    account = server.account()
    key = server.certificate(account)
    opened = server.connection(account, key)
    (server.folder / "principals" / account).write_text("somebody-else\n")
    assert server.new(account, key) == known.on_entitlement_removed.new == "denied"
    agrees(opened, known.on_entitlement_removed)


def test_an_open_connection_keeps_the_groups_that_it_began_with(server: OpenSSH, known: SessionBehaviour) -> None:
    account = server.account()
    key = server.certificate(account)
    secret = server.folder / f"secret-{account}"
    secret.write_text("for readers")
    secret.chmod(0o640)
    server.inside("chgrp", GROUP, str(secret))
    opened = server.connection(account, key)
    assert server.new(account, key, f"cat {secret}") == "allowed"
    server.inside("gpasswd", "-d", account, GROUP)
    said = known.on_role_removed
    assert FOUND[opened.shell.ask(f"cat {secret}")] == FOUND[opened.channel(f"cat {secret}")] == str(said.operation)
    assert FOUND[opened.forward()] == str(said.stream)
    assert server.new(account, key, f"cat {secret}") == said.new == "without the right"


def test_the_end_of_its_own_process_ends_a_connection(server: OpenSSH, known: SessionBehaviour) -> None:
    account = server.account()
    opened = server.connection(account, server.certificate(account))
    (own,) = server.processes_of(account)
    os.kill(own, signal.SIGTERM)
    opened.shell.ends()
    assert known.cut_by.startswith("the end of the session's own sshd process")
    assert opened.shell.ask("true") == "cut"
    assert (opened.channel("true"), opened.forward()) == ("denied", "denied")


def test_a_certificate_is_asked_for(server: OpenSSH) -> None:
    """Without this, a server that lets everybody in would make every probe of a new session `allowed`."""
    account, other = server.account(), server.account()
    assert server.new(account, server.certificate(other)) == "denied"
    assert server.new(other, server.certificate(other, "+2h")) == "allowed"
