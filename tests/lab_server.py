"""A JupyterLab of its own on a free port of this machine, and what a test does in it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

START = 180.0
"""Seconds that JupyterLab may take to answer, on a machine with other work."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def jupyterlab(command: Sequence[str], home: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """The address and token of the JupyterLab that `command`, run in `folder`, starts with the settings in `home`.

    It is gone after the block, however that ends, and its kernels with it.
    """
    port, token = free_port(), secrets.token_hex(16)
    _settle(home, port, token)
    surroundings = {
        **{name: value for name, value in os.environ.items() if name != "MPLBACKEND"},  # kernels draw their own way
        "JUPYTER_CONFIG_DIR": str(home),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=surroundings, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait(server, f"http://127.0.0.1:{port}/api/status?token={token}", home / "server.log")
            yield f"http://127.0.0.1:{port}", token
        finally:
            _stop(server)


def _settle(home: Path, port: int, token: str) -> None:
    """Settings: where to listen, nothing from the network, and no question about news on the first start."""
    server = {"ip": "127.0.0.1", "port": port, "port_retries": 0, "open_browser": False, "allow_root": True}
    lab = {"expose_app_in_browser": True, "check_for_updates_class": "jupyterlab.NeverCheckForUpdate"}
    settings = {"ServerApp": server, "IdentityProvider": {"token": token}, "LabApp": lab}
    for name in ("jupyter_server_config", "jupyter_lab_config"):
        (home / f"{name}.json").write_text(json.dumps(settings))
    folder = home / "settings" / "@jupyterlab" / "apputils-extension"
    folder.mkdir(parents=True)
    (folder / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text("utf-8", "replace")[-4000:]
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=10) as answer:
            json.load(answer)
            return
        time.sleep(0.5)
    raise AssertionError(f"JupyterLab did not answer in {START} s:\n{log.read_text('utf-8', 'replace')[-4000:]}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """The server and all in its session: first asked, which ends the kernels, then killed."""
    for request in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, request)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(20)
