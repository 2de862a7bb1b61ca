"""MCP servers that are started to be asked for their tools: only when the user says so, and for no longer than that.

The protocol: modelcontextprotocol.io, version 2025-06-18, "Lifecycle", "Transports" (stdio), "Tools". Like the SDKs, it
gives a server the few variables that programs need, and those that its configuration names; not all that the user has.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from simkit.errors import InputError
from simkit.importers.agent.agent_settings import AgentSettings, servers_of
from simkit.importers.agent.servers import command_words, secret_values
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.secret_mark import secret_mark
from simkit.table import printable

PATIENCE = 60.0
"""Seconds for one server: some fetch their packages first."""
LEAVING = 2.0
"""Seconds that a server gets to end by itself, once nothing is asked any more."""
PROTOCOL = "2025-06-18"
MOST_PAGES, LONGEST_LINE = 100, 16 * 1024 * 1024
_ON_WINDOWS = ("APPDATA", "LOCALAPPDATA", "PATHEXT", "SYSTEMROOT", "TEMP", "USERPROFILE")
GIVEN = ("HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER", *_ON_WINDOWS)
_VARIABLE = re.compile(r"\$\{(?:env:)?([A-Za-z_]\w*)(?::-([^}]*))?\}")
_FOLDER = re.compile(r"\$\{workspaceFolder\}")
KEPT = ("name", "annotations", "inputSchema")
"""What is kept of a tool: what `simkit import` reads."""


@dataclass(frozen=True, slots=True)
class ServerCommand:
    """How a configuration starts a server. `variables` are those that it names; `missing` one that is not set."""

    name: str
    words: tuple[str, ...] = field(repr=False)
    variables: Mapping[str, str] = field(repr=False)
    folder: str
    place: FilePlace
    shown: str
    """What is started, as it may be shown: without a secret."""
    missing: str = ""


def server_commands(settings: Sequence[AgentSettings], environment: Mapping[str, str]) -> tuple[ServerCommand, ...]:
    """The servers that are started here, by name, each as the first configuration that has it says."""
    found: dict[str, ServerCommand] = {}
    for each in settings:
        for name, said in servers_of(each.said):
            starts = isinstance(said.value, dict) and any(command_words(said))
            if starts and name not in found:
                found[name] = _command(name, said, environment)
    return tuple(found.values())


def _command(name: str, said: Excerpt, environment: Mapping[str, str]) -> ServerCommand:
    missing: list[str] = []
    root = _root(said.document.file)
    expanded = partial(_expanded, root, environment, missing)
    parts = (said.part(key) for key in ("env", "environment"))
    variables = {key: each.value for part in parts for key, each in part.items() if isinstance(each.value, str)}
    return ServerCommand(
        name,
        tuple(map(expanded, command_words(said))),
        {key: expanded(each) for key, each in variables.items()},
        os.path.join(root, said.text("cwd")) if said.has("cwd") else root,
        said.origin,
        _shown(said, variables),
        missing[0] if missing else "",
    )


def _root(file: str) -> str:
    """The folder in which servers start: that of the settings, or the one above where these lie in one of their own."""
    folder = os.path.dirname(os.path.abspath(file))
    return os.path.dirname(folder) if re.search(r"(^|/)\.\w+$", folder.replace("\\", "/")) else folder


def _expanded(root: str, environment: Mapping[str, str], missing: list[str], text: str) -> str:
    """`text` with the variables that it names; what is not set is added to `missing`."""

    def value(found: re.Match[str]) -> str:
        given: str | None = environment.get(found[1], found[2])
        missing.extend([found[1]] if given is None else [])
        return given or ""

    plain = _VARIABLE.sub(value, _FOLDER.sub(lambda _: root, text))
    if "${" in plain:
        missing.append(plain[plain.index("${") :].partition("}")[0][2:])
    return plain


def _shown(said: Excerpt, variables: Iterable[str]) -> str:
    """The command line as it may be shown: its secrets by their marks, its variables by their names."""
    hidden = " ".join(command_words(said))
    for secret in secret_values(said):
        hidden = hidden.replace(secret, secret_mark(secret))
    names = ", ".join(variables)
    return printable(f"{hidden} (with {names})" if names else hidden)


def listed_tools(
    server: ServerCommand, environment: Mapping[str, str], patience: float = PATIENCE
) -> list[dict[str, Any]]:
    """What `server` answers to `tools/list`, all pages, as far as an import reads it.

    It is started with the variables of `environment` that every program needs, and ended again, with all that it
    started. Raises InputError, without a secret, where it cannot be started, or does not answer in time.
    """
    if server.missing:
        raise InputError(f"server {server.name} needs {server.missing}, which is not set: set it, or save a list")
    process = _started(server, {key: environment[key] for key in GIVEN if key in environment})
    try:
        return list(_Conversation(process, server.name, time.monotonic() + patience).tools())
    finally:
        _ended(process)


def _started(server: ServerCommand, variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    given = {**variables, **server.variables}
    try:
        return subprocess.Popen(
            server.words, env=given, cwd=server.folder, stdin=pipe, stdout=pipe, stderr=nothing, start_new_session=True
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no command"
        raise InputError(f"server {server.name} cannot be started ({why}): {server.shown}") from None


class _Conversation:
    """Requests over the pipes of a process, each answered before a deadline."""

    def __init__(self, process: subprocess.Popen[bytes], name: str, deadline: float) -> None:
        self.process = process
        self.name = name
        self.deadline = deadline
        self.told: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._number = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while self.process.stdout and (line := self.process.stdout.readline(LONGEST_LINE)):
                try:
                    value = json.loads(line)
                except (ValueError, RecursionError):
                    # some servers log where only messages belong
                    continue
                if isinstance(value, dict):
                    self.told.put(value)
        self.told.put(None)

    def tools(self) -> Iterator[dict[str, Any]]:
        """Its tools."""
        from simkit import __version__

        client = {"name": "simkit", "version": __version__}
        self._ask("initialize", {"protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": client})
        self._send({"method": "notifications/initialized"})
        cursor = ""
        for _ in range(MOST_PAGES):
            page = self._ask("tools/list", {"cursor": cursor} if cursor else {})
            listed = page.get("tools")
            for each in listed if isinstance(listed, list) else ():
                if isinstance(each, dict):
                    yield {key: each[key] for key in KEPT if key in each}
            cursor = page.get("nextCursor") or ""
            if not isinstance(cursor, str) or not cursor:
                return

    def _send(self, message: dict[str, Any]) -> None:
        try:
            if self.process.stdin:
                self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
                self.process.stdin.flush()
        except OSError:
            raise InputError(f"server {self.name} ended before it answered: start it by hand to see why") from None

    def _ask(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": parameters})
        while True:
            told = self._next(method)
            if "method" in told and "id" in told:
                # what a server asks of its client: nothing is offered
                self._send({"id": told["id"], "error": {"code": -32601, "message": "not offered"}})
            elif told.get("id") == self._number and "method" not in told:
                result = told.get("result")
                if not isinstance(result, dict):
                    raise InputError(f"server {self.name} answers {method} with an error: save a list by hand")
                return result

    def _next(self, method: str) -> dict[str, Any]:
        try:
            told = self.told.get(timeout=max(0.0, self.deadline - time.monotonic()))
        except queue.Empty:
            raise InputError(f"server {self.name} did not answer {method} in time: save a list by hand") from None
        if told is None:
            raise InputError(f"server {self.name} ended before it answered: start it by hand to see why")
        return told


def _ended(process: subprocess.Popen[bytes]) -> None:
    """End a server: it is asked to by the end of its input, then told, with all that it has started."""
    with contextlib.suppress(OSError):
        if process.stdin:
            process.stdin.close()
    _left(process)
    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        with contextlib.suppress(OSError):
            os.killpg(process.pid, number) if hasattr(os, "killpg") else process.terminate()
        _left(process)
    if process.stdout:
        process.stdout.close()


def _left(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(LEAVING)


def tool_list(server: ServerCommand, tools: Sequence[Mapping[str, Any]]) -> str:
    """What is saved of an answer: the tools by the name of their server, without the values of its secrets."""
    text = json.dumps({server.name: {"tools": list(tools)}}, indent=1, ensure_ascii=False) + "\n"
    for value in server.variables.values():
        if len(value) >= 8:
            text = text.replace(json.dumps(value, ensure_ascii=False)[1:-1], secret_mark(value))
    return text
