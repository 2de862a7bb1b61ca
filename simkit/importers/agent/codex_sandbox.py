"""The sandbox in which Codex runs commands, and when it asks, as its files say together.

As its pages say (developers.openai.com/codex/config-advanced, and /codex/permissions): `sandbox_mode`, wherever it
stands, comes before `default_permissions`, which names a profile that is built in or one under `permissions`. Before
version 0.134 `profile` chose a part of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from simkit.importers.agent.agent_settings import PROFILE_OF_CODEX, AgentSettings
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.rules_document import CALLS

READ_ONLY, WORKSPACE, FULL_ACCESS = "read-only", "workspace-write", "danger-full-access"
_BUILT_IN = {":read-only": READ_ONLY, ":workspace": WORKSPACE, ":danger-full-access": FULL_ACCESS}
_EVERYWHERE = frozenset({":root", "/", "/**", "~", "~/**"})
"""Paths with which a profile lets commands write what other programs run."""
MOST_EXTENDED = 9
"""So many profiles that take over each other are followed."""


@dataclass(frozen=True, slots=True)
class CodexSandbox:
    """What holds commands, when a person is asked, and whether commands have a network in the sandbox."""

    mode: str
    asks: str
    online: bool
    mode_place: FilePlace
    asks_place: FilePlace


def codex_sandbox(files: Sequence[AgentSettings]) -> CodexSandbox:
    """The sandbox that all of `files` describe; the last of them says."""
    parts = [part for each in files for part in _parts(each.said)]
    mode, mode_place = _last(parts, "sandbox_mode", files[-1].place)
    asks, asks_place = _last(parts, "approval_policy", files[-1].place)
    online = any(part.part("sandbox_workspace_write").flag("network_access") for part in parts)
    chosen, chosen_place = _last(parts, PROFILE_OF_CODEX, mode_place)
    if not mode and chosen:
        found = [_profile(each.said, chosen) for each in files]
        mode, online = next((one for one, _ in found if one), WORKSPACE), any(two for _, two in found)
        mode_place = chosen_place
    elif not mode:
        for each in (each for each in files if not each.said.has(CALLS)):
            each.said.draft.assume("the sandbox of codex", WORKSPACE, "what it takes in a repository")
    return CodexSandbox(mode, asks, online, mode_place, asks_place)


def _parts(said: Excerpt) -> Iterator[Excerpt]:
    yield said
    if said.has("profile"):
        yield said.part("profiles", said.text("profile"))


def _last(parts: Iterable[Excerpt], key: str, otherwise: FilePlace) -> tuple[str, FilePlace]:
    found = [(part.text(key), part.under(key, "").origin) for part in parts if part.text(key)]
    return found[-1] if found else ("", otherwise)


def _profile(said: Excerpt, name: str) -> tuple[str, bool]:
    """What a profile lets commands write, empty where this file does not say, and whether they have a network."""
    mode, online = "", False
    for _ in range(MOST_EXTENDED):
        if name in _BUILT_IN:
            return mode or _BUILT_IN[name], online or _BUILT_IN[name] == FULL_ACCESS
        own = said.part("permissions", name)
        online = online or bool(own.part("network").flag("enabled"))
        written = {path for path, access in own.part("filesystem").items() if access.value == "write"}
        mode = FULL_ACCESS if written & _EVERYWHERE else mode
        if not own.has("extends"):
            return mode or (WORKSPACE if own.value else ""), online
        name = own.text("extends")
    return mode or WORKSPACE, online
