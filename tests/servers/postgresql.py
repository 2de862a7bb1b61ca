"""A real PostgreSQL on the loopback interface, for one test run, and sessions on it that stay open."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ADMIN = "admin"
SECRET = "admin-secret"
STARTS_WITHIN = 30.0
"""Seconds after which a server that does not answer is given up."""


def binaries() -> Path:
    """The folder of the newest server that is installed; the test is skipped where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if not found:
        pytest.skip("no PostgreSQL: tests/servers/install.sh installs it")
    return found[-1].parent


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def unprivileged() -> dict[str, Any]:
    """What makes a process run as nobody where the tests run as root: the server refuses root."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


@dataclass
class Psql:
    """One session that stays open: an interactive client that is told one statement after the other."""

    process: subprocess.Popen[str]
    asked: int = 0
    said: str = ""

    def ask(self, statement: str) -> str:
        """`allowed`, `denied` (the session stays) or `cut` (it is gone); `said` is what came back."""
        assert self.process.stdin
        assert self.process.stdout
        self.asked += 1
        mark = f"-- {self.asked}"
        try:
            self.process.stdin.write(f"{statement};\n\\echo {mark} :ERROR\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return "cut"
        lines = []
        for line in self.process.stdout:
            if line.startswith(mark):
                self.said = "".join(lines)
                return "denied" if line.split()[-1] == "true" else "allowed"
            lines.append(line)
        self.said = "".join(lines)
        return "cut"

    def must(self, statement: str) -> str:
        """What came back for `statement`, which is allowed."""
        result = self.ask(statement)
        assert result == "allowed", f"{statement}: {result}: {self.said}"
        return self.said.strip()


@dataclass
class PostgreSQL:
    """A server that runs, with a database whose table `t` has rows."""

    folder: Path
    binaries: Path
    port: int
    opened: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def version(self) -> str:
        """As the server names itself."""
        answer = subprocess.run([self.binaries / "postgres", "-V"], capture_output=True, text=True, check=True)
        (found,) = re.findall(r"\(PostgreSQL\) ([\d.]+)", answer.stdout)
        return str(found)

    def start(self, program: str, *words: str, user: str, password: str) -> subprocess.Popen[str]:
        """A client program that is connected as `user`; it is ended with the server."""
        command = [str(self.binaries / program), "-h", "127.0.0.1", "-p", str(self.port), "-U", user, *words]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={"PATH": os.environ["PATH"], "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "10", "LC_ALL": "C"},
        )
        self.opened.append(process)
        return process

    def session(self, user: str = ADMIN, password: str = SECRET) -> Psql:
        """A new open session, which has answered once."""
        opened = Psql(self.start("psql", "-X", "-q", "-A", "-t", "-d", "postgres", user=user, password=password))
        opened.must("select 1")
        return opened

    def new(self, user: str, password: str, statement: str) -> str:
        """What a new session with this secret is answered: `denied`, `without the right` or `allowed`."""
        words = ("-X", "-q", "-A", "-t", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c", statement)
        asked = self.start("psql", *words, user=user, password=password)
        asked.communicate(timeout=STARTS_WITHIN)
        # psql exits with 2 where the connection is refused, and with 1 or 3 where the statement is.
        return {0: "allowed", 2: "denied"}.get(asked.returncode, "without the right")


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """A server that was made for this, and that is gone afterwards."""
    found = binaries()
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    data, secret = folder / "data", folder / "secret"
    secret.write_text(SECRET)
    if os.geteuid() == 0:
        for path in (folder, secret):
            shutil.chown(path, "nobody", "nogroup")
    try:
        asked = ["-U", ADMIN, "--auth=scram-sha-256", f"--pwfile={secret}", "--locale=C", "--encoding=UTF8"]
        command = [found / "initdb", "--no-sync", "-D", data, *asked]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **unprivileged())
        with running(found, folder, data) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(found: Path, folder: Path, data: Path) -> Iterator[PostgreSQL]:
    """The server while it runs."""
    server = PostgreSQL(folder, found, free_port())
    settings = {"listen_addresses": "127.0.0.1", "port": str(server.port), "unix_socket_directories": ""}
    settings |= {"fsync": "off", "wal_level": "logical", "max_connections": "50", "shared_buffers": "16MB"}
    command = [str(found / "postgres"), "-D", str(data)]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **unprivileged())
    try:
        wait_for(server, process)
        yield server
    finally:
        for client in server.opened:
            client.kill()
            client.communicate()
        process.send_signal(2)  # SIGINT: fast shutdown, open sessions are cut
        try:
            process.wait(timeout=STARTS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(server: PostgreSQL, process: subprocess.Popen[bytes]) -> None:
    """Returns when the server takes connections."""
    until = time.monotonic() + STARTS_WITHIN
    ready = [server.binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(server.port)]
    while subprocess.run(ready, check=False).returncode:
        assert process.poll() is None, (server.folder / "log").read_text()
        assert time.monotonic() < until, "PostgreSQL does not answer"
        time.sleep(0.1)
