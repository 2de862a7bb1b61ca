"""Servers that an import is told to start: what will run is said, and asked about, before anything runs."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from simkit.cli.terminal import Terminal, say

if TYPE_CHECKING:
    from simkit.importers.agent.started_servers import ServerCommand
    from simkit.importers.source_file import SourceFile

LISTS = "tools"
"""The folder, beside the parts, in which answers to `tools/list` are kept."""


def saved_lists(folder: str, kind: str, paths: Sequence[str]) -> list[SourceFile]:
    """The answers that were saved beside the parts in `folder` before, but those that the import finds anyway."""
    from simkit.importers.source_file import SourceFile

    lists = os.path.join(folder, LISTS)
    if kind not in ("", "agent") or not os.path.isdir(lists) or any(_within(lists, path) for path in paths):
        return []
    names = sorted(name for name in os.listdir(lists) if name.endswith(".tools.json"))
    return [SourceFile.opened(os.path.join(lists, name), named=False) for name in names]


def newest(saved: Sequence[SourceFile], asked: Sequence[SourceFile]) -> list[SourceFile]:
    """What was asked now, and of what was saved the rest."""
    fresh = {os.path.realpath(each.path) for each in asked}
    return [*(each for each in saved if os.path.realpath(each.path) not in fresh), *asked]


def _within(inner: str, outer: str) -> bool:
    top, below = os.path.realpath(outer), os.path.realpath(inner)
    return os.path.isdir(top) and (below == top or below.startswith(top.rstrip(os.sep) + os.sep))


def asked_servers(terminal: Terminal, paths: Sequence[str], folder: str, *, agreed: bool) -> list[SourceFile]:
    """What the servers of all agent settings at `paths` answer, as files of `folder`, none of which is written yet.

    What will be started is said on standard error, and asked about unless the user has `agreed`. A server that does
    not answer is told of, and left out. Raises UsageError where nobody is there to be asked.
    """
    from simkit.importers.agent.agent_settings import settings
    from simkit.importers.agent.started_servers import server_commands
    from simkit.importers.assembly import files_of
    from simkit.importers.draft import Draft

    found = server_commands(settings(files_of("agent", paths), Draft("agent")), os.environ)
    if not found or not (agreed or _agrees(found)):
        return []
    return [file for each in found if (file := _asked(terminal, each, folder)) is not None]


def _asked(terminal: Terminal, server: ServerCommand, folder: str) -> SourceFile | None:
    """What one server answers, as a file of `folder`; None, and told, where it does not."""
    from simkit.errors import InputError
    from simkit.importers.agent.started_servers import listed_tools, tool_list
    from simkit.importers.source_file import SourceFile

    try:
        with terminal.working(f"asking {server.name} for its tools"):
            tools = listed_tools(server, os.environ)
    except InputError as error:
        say(f"note: {error}")
        return None
    terminal.note(f"{server.name}: {len(tools):,} tools")
    path = os.path.join(folder, LISTS, f"{re.sub(r'[^A-Za-z0-9_-]+', '-', server.name)}.tools.json")
    return SourceFile(path, tool_list(server, tools), named=False)


def _agrees(found: Sequence[ServerCommand]) -> bool:
    say("To ask them for their tools, these servers are started, with what they may do on this machine:")
    for each in found:
        say(f"  {each.name}: {each.shown}, as {each.place} says")
    if not sys.stdin.isatty():
        raise click.UsageError("--list-tools starts programs, and nobody is there to be asked: say --yes if you agree")
    return click.confirm("Start them?", default=False, err=True)
