"""A real OpenSSH server on the loopback interface, with accounts of its own, and connections that stay open.

The server runs in a mount namespace with a copy of /etc, so that accounts can be made, locked and deleted without
touching those of this machine.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from servers.postgresql import free_port

SSHD = "/usr/sbin/sshd"
STARTS_WITHIN = 30.0
"""Seconds after which a server or a client that does not answer is given up."""
LISTENS = "Server listening on"
"""What the server writes to its log each time that it has read its settings."""
GROUP = "readers"

PRIVATE = """
mount --bind "$1/etc" /etc && mount -t tmpfs tmpfs /run && mkdir -p /run/sshd && touch "$1/ready" && exec sleep infinity
"""
SETTINGS = """
ListenAddress 127.0.0.1
HostKey {folder}/host
PidFile none
UsePAM yes
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile none
TrustedUserCAKeys {folder}/authority.pub
AuthorizedPrincipalsFile {folder}/principals/%u
RevokedKeys {folder}/revoked
MaxStartups 100
"""
"""Debian's settings that matter here (PAM), and certificates of an authority as the only way in."""


class Echo(socketserver.BaseRequestHandler):
    """Sends back what it is sent."""

    def handle(self) -> None:
        while data := self.request.recv(100):
            self.request.sendall(data)


@dataclass
class Shell:
    """A shell that stays open on one connection."""

    process: subprocess.Popen[str]

    def ask(self, command: str) -> str:
        """`allowed` with exit status 0, `denied` with another, `cut` where the shell is gone."""
        assert self.process.stdin
        assert self.process.stdout
        try:
            self.process.stdin.write(f"{command} </dev/null >/dev/null 2>&1; echo done $?\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return "cut"
        for line in self.process.stdout:
            if line.startswith("done "):
                return "allowed" if line.split()[1] == "0" else "denied"
        return "cut"

    def ends(self) -> None:
        """Returns when the connection is gone."""
        self.process.wait(STARTS_WITHIN)


@dataclass
class Connection:
    """A connection of a client that stays open: its shell, new channels on it, and a port that it forwards."""

    socket: Path
    shell: Shell
    port: int

    def channel(self, command: str) -> str:
        """`allowed` where a new channel on this connection runs `command` well, else `denied`."""
        asked = [
            "ssh",
            "-F",
            "none",
            "-o",
            f"ControlPath={self.socket}",
            "-o",
            "BatchMode=yes",
            "nowhere.invalid",
            command,
        ]
        run = subprocess.run(asked, capture_output=True, stdin=subprocess.DEVNULL, timeout=STARTS_WITHIN)
        return "denied" if run.returncode else "allowed"

    def forward(self) -> str:
        """`allowed` where what is sent through the forwarded port comes back, over a channel of its own."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=STARTS_WITHIN) as through:
                through.sendall(b"ping")
                return "allowed" if through.recv(4) == b"ping" else "denied"
        except OSError:
            return "denied"


@dataclass
class OpenSSH:
    """A server that runs, and the authority whose certificates it trusts."""

    folder: Path
    holder: int
    port: int
    echo: int
    process: subprocess.Popen[bytes] | None = None
    opened: list[subprocess.Popen[str]] = field(default_factory=list)
    accounts: int = 0

    @property
    def version(self) -> str:
        """As the server names itself, such as 9.2."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=STARTS_WITHIN) as greeted:
            return re.findall(r"OpenSSH_(\d+\.\d+)", greeted.recv(100).decode())[0]

    def inside(self, *command: str) -> None:
        """Run `command` as root where the server's accounts are."""
        entered = ["nsenter", "--mount", f"--target={self.holder}", "--", *command]
        subprocess.run(entered, check=True, capture_output=True, text=True)

    def account(self) -> str:
        """A new account, in the group GROUP, that certificates for the principal of its name may open."""
        self.accounts += 1
        name = f"simkit{self.accounts}"
        home = self.folder / "home" / name
        self.inside("useradd", "--no-log-init", "-m", "-d", str(home), "-s", "/bin/sh", "-G", GROUP, name)
        (self.folder / "principals" / name).write_text(f"{name}\n")
        return name

    def certificate(self, account: str, lives: str = "+1h") -> Path:
        """A new key, with a certificate for `account` that ends after `lives` (such as +3s)."""
        key = self.folder / f"key-{account}-{lives}"
        keygen("-t", "ed25519", "-f", str(key))
        keygen("-s", str(self.folder / "authority"), "-I", account, "-n", account, "-V", f"-1m:{lives}", f"{key}.pub")
        return key

    def options(self, account: str, key: Path) -> list[str]:
        """What a client says to reach `account` with `key`; it exchanges session keys anew each second."""
        said = {"IdentitiesOnly": "yes", "StrictHostKeyChecking": "no", "UserKnownHostsFile": "/dev/null"}
        said |= {"BatchMode": "yes", "LogLevel": "ERROR", "RekeyLimit": "default 1", "ConnectTimeout": "20"}
        words = [word for name, value in said.items() for word in ("-o", f"{name}={value}")]
        return ["-F", "none", "-i", str(key), "-p", str(self.port), "-l", account, *words, "127.0.0.1"]

    def connection(self, account: str, key: Path) -> Connection:
        """A new connection, which has answered once."""
        path, port = self.folder / f"mux-{len(self.opened)}", free_port()
        master = ["ssh", "-M", "-S", str(path), "-L", f"127.0.0.1:{port}:127.0.0.1:{self.echo}"]
        command = [*master, *self.options(account, key), "sh"]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.opened.append(process)
        opened = Connection(path, Shell(process), port)
        assert (opened.shell.ask("true"), opened.channel("true"), opened.forward()) == ("allowed",) * 3
        return opened

    def new(self, account: str, key: Path, command: str = "true") -> str:
        """What a new connection is answered: `denied`, `without the right` where `command` fails, or `allowed`."""
        asked = ["ssh", *self.options(account, key), command]
        run = subprocess.run(asked, capture_output=True, stdin=subprocess.DEVNULL, timeout=STARTS_WITHIN)
        return {0: "allowed", 255: "denied"}.get(run.returncode, "without the right")

    def new_forward(self, account: str, key: Path) -> str:
        """What a new connection that runs no command and only forwards a port is answered."""
        path, port = self.folder / f"mux-{len(self.opened)}", free_port()
        forwarded = ["-N", "-o", "ExitOnForwardFailure=yes", "-L", f"127.0.0.1:{port}:127.0.0.1:{self.echo}"]
        command = ["ssh", *forwarded, *self.options(account, key)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.opened.append(process)
        opened = Connection(path, Shell(process), port)
        until = time.monotonic() + STARTS_WITHIN
        while opened.forward() == "denied":
            if process.poll() is not None:
                return "denied"
            assert time.monotonic() < until, "the port is not forwarded"
            time.sleep(0.05)
        return "allowed"

    def reload(self, *more: str) -> None:
        """Add lines to the settings, and have the server read them."""
        with (self.folder / "settings").open("a") as settings:
            settings.writelines(f"{line}\n" for line in more)
        assert self.process
        starts = self.log().count(LISTENS)
        self.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + STARTS_WITHIN
        while self.log().count(LISTENS) == starts:
            assert time.monotonic() < until, "sshd has not read its settings again"
            time.sleep(0.05)
        self.wait()

    def log(self) -> str:
        """What the server has written so far."""
        return (self.folder / "log").read_text()

    def wait(self) -> None:
        """Returns when the server takes connections."""
        until = time.monotonic() + STARTS_WITHIN
        while not self.greets():
            assert time.monotonic() < until, "sshd does not answer"
            time.sleep(0.05)

    def greets(self) -> bool:
        """True if a client that connects now is told the server's version."""
        try:
            return bool(self.version)
        except (OSError, IndexError):
            return False

    def processes_of(self, account: str) -> list[int]:
        """The server's processes that watch over the sessions of `account`, one for each connection."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        titles = {int(child): Path(f"/proc/{child}/cmdline").read_text() for child in children}
        return [child for child, title in titles.items() if title.startswith(f"sshd: {account} ")]


def keygen(*words: str) -> None:
    """Run ssh-keygen, without a passphrase where it makes a key."""
    quiet = ["-q", "-N", ""] if "-t" in words else ["-q"]
    subprocess.run(["ssh-keygen", *quiet, *words], check=True, capture_output=True, stdin=subprocess.DEVNULL)


def needed() -> None:
    """Skips the test where something is missing that the server needs."""
    if not os.access(SSHD, os.X_OK) or not shutil.which("ssh"):
        pytest.skip("no OpenSSH: tests/servers/install.sh installs it")
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("the accounts of a test need root and a mount namespace of its own")


@contextmanager
def openssh() -> Iterator[OpenSSH]:
    """A server that was made for this, and that is gone afterwards."""
    needed()
    folder = Path(tempfile.mkdtemp(prefix="openssh-"))
    holder = None
    try:
        folder.chmod(0o755)
        shutil.copytree("/etc", folder / "etc", symlinks=True)
        holder = subprocess.Popen(["unshare", "--mount", "sh", "-c", PRIVATE, "sh", str(folder)])
        until = time.monotonic() + STARTS_WITHIN
        while not (folder / "ready").exists():
            assert holder.poll() is None, "the mount namespace cannot be made"
            assert time.monotonic() < until, "the mount namespace is not ready"
            time.sleep(0.02)
        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as echo:
            echo.daemon_threads = True
            threading.Thread(target=echo.serve_forever, daemon=True).start()
            with running(OpenSSH(folder, holder.pid, free_port(), echo.server_address[1])) as server:
                yield server
            echo.shutdown()
    finally:
        if holder:
            holder.kill()
            holder.wait()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(server: OpenSSH) -> Iterator[OpenSSH]:
    """The server while it runs."""
    folder = server.folder
    for name in ("principals", "home"):
        (folder / name).mkdir()
    (folder / "revoked").touch()
    keygen("-t", "ed25519", "-f", str(folder / "host"))
    keygen("-t", "ed25519", "-f", str(folder / "authority"))
    server.inside("groupadd", GROUP)
    (folder / "settings").write_text(f"Port {server.port}\n{SETTINGS.format(folder=folder)}")
    command = [SSHD, "-D", "-f", str(folder / "settings"), "-E", str(folder / "log")]
    server.process = subprocess.Popen(["nsenter", "--mount", f"--target={server.holder}", "--", *command])
    try:
        server.wait()
        yield server
    finally:
        for client in server.opened:
            client.kill()
            client.communicate()
        server.process.terminate()
        server.process.wait()
