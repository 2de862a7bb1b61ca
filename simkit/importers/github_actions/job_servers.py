"""The MCP servers that a workflow gives its agent: in an input, on a command line, or hidden in a text that a script
writes to a file; and those of the repository."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from simkit.importers.agent.github_tools import is_github
from simkit.importers.agent.servers import McpServer, server
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.github_actions.job_agents import JobAgent

_SERVERS = re.compile(r"\{\s*\"(?:mcpServers|mcp_servers)\"\s*:\s*\{")
_SECRET = re.compile(r"secrets\.([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class JobServer:
    """A server of an agent in a job, the secrets of the repository that it is given, and how its agent may use it."""

    name: str
    own: McpServer
    secrets: tuple[str, ...]
    place: FilePlace


def job_servers(
    steps: Sequence[Excerpt], agents: Sequence[JobAgent], variables: Mapping[str, str]
) -> tuple[JobServer, ...]:
    """The servers of `agents` in the texts of `steps` and in the repository, each name once; `variables` hold secrets.

    GitHub's own works with the job's token, and is none.
    """
    found: dict[str, JobServer] = {}
    if not agents:
        return ()
    for step in steps:
        for text in (*_texts(step.value.get("run")), *_texts(step.part("with").value)):
            for each in _in(text, step):
                if not is_github(each.own.package, each.own.host):
                    found.setdefault(each.name, each)
    for own in (each for agent in agents for each in agent.servers if not is_github(each.package, each.host)):
        given = tuple(dict.fromkeys(variables[each.name] for each in own.secrets if each.name in variables))
        # one that nobody may use and that is given nothing is code of others in the job, as its packages are
        if given or any(agent.may_use(own.name) for agent in agents):
            found.setdefault(own.name, JobServer(own.name, own, given, own.place))
    return tuple(found.values())


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (each for each in value.values() if isinstance(each, str))


def _in(text: str, step: Excerpt) -> Iterator[JobServer]:
    for match in _SERVERS.finditer(text):
        try:
            value, _ = json.JSONDecoder().raw_decode(text, match.start())
        except (ValueError, RecursionError):
            step.draft.leave(step.origin, "servers of an agent", "their configuration is no JSON by itself")
            continue
        servers = value.get("mcpServers", value.get("mcp_servers"))
        for name, said in servers.items() if isinstance(servers, dict) else ():
            yield from _one(name, Excerpt(step.document, step.draft, said, step.where))


def _one(name: str, said: Excerpt) -> Iterator[JobServer]:
    plain = re.sub(r"[.*?\[\]\s]+|[^\x20-\x7e]", "-", name)[:60] or "unnamed"
    made = server(plain, said) if isinstance(said.value, dict) else None
    if made is not None:
        secrets = dict.fromkeys(_SECRET.findall(json.dumps(said.value)))
        yield JobServer(plain, made, tuple(each for each in secrets if each.upper() != "GITHUB_TOKEN"), said.origin)
