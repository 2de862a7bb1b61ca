"""The table `[tool.simkit]` of the nearest pyproject.toml: what a project wants without saying it each time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simkit.cli.options import LARGEST_SEED, MOST_TRIALS
from simkit.errors import InputError, nearest

REPLAYING: Mapping[str, type] = {"trials": int, "seed": int, "threads": int}
"""The keys of `[tool.simkit]`, which every command that replays takes as its defaults."""
CHECKING: Mapping[str, type] = {"paths": list, "baseline": str, "suppressions": str, "policies": list, **REPLAYING}
"""The keys of `[tool.simkit.check]`."""
WITHIN: Mapping[str, tuple[int, int | None]] = {
    "trials": (1, MOST_TRIALS),
    "seed": (0, LARGEST_SEED),
    "threads": (1, None),
}
"""The least of each number, and the most where there is one."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the project says. `folder` is that of pyproject.toml, from which its paths are read."""

    folder: str = ""
    replaying: Mapping[str, Any] = field(default_factory=dict)
    checking: Mapping[str, Any] = field(default_factory=dict)

    def path(self, name: str) -> str:
        """`name`, a path as pyproject.toml has it, as seen from here."""
        found = os.path.normpath(os.path.join(self.folder, name))
        shorter = os.path.relpath(found)
        return found if shorter.startswith("..") else shorter


def settings() -> Settings:
    """The settings of the nearest pyproject.toml, from here upwards. Raises InputError for a table with mistakes."""
    folder = os.getcwd()
    while not os.path.isfile(os.path.join(folder, "pyproject.toml")):
        above = os.path.dirname(folder)
        if above == folder:
            return Settings()
        folder = above
    return _read(folder)


def _read(folder: str) -> Settings:
    import tomllib

    file = os.path.join(folder, "pyproject.toml")
    try:
        with open(file, "rb") as opened:
            given = tomllib.load(opened).get("tool", {}).get("simkit", {})
    except (OSError, ValueError, AttributeError) as error:
        # going on without it would pass a gate whose baseline it names
        raise InputError(f"{file} cannot be read ({error}): mend it, as it may hold [tool.simkit]") from None
    checking = given.get("check", {}) if isinstance(given, dict) else {}
    _prove(file, "tool.simkit", given, {**REPLAYING, "check": dict})
    _prove(file, "tool.simkit.check", checking, CHECKING)
    return Settings(folder, {key: value for key, value in given.items() if key != "check"}, checking)


def _prove(file: str, name: str, table: Any, known: Mapping[str, type]) -> None:
    """Raises InputError for an unknown key and for a value of the wrong kind."""
    if not isinstance(table, dict):
        raise InputError(f"{file}: [{name}] is no table: write keys under it")
    for key, value in table.items():
        if key not in known:
            raise InputError(f"{file}: [{name}] has no key {key!r}: {nearest(key, known)}")
        if not _fits(key, value, known[key]):
            due = _due(key, known[key])
            raise InputError(f"{file}: [{name}] {key} is {value!r}: write {due}")


def _due(key: str, kind: type) -> str:
    if kind is int:
        least, most = WITHIN[key]
        return f"a whole number from {least} " + ("on" if most is None else f"to {most}")
    due: Mapping[type, str] = {list: "a list of texts", str: "a text that is not empty", dict: "a table"}
    return due[kind]


def _fits(key: str, value: Any, kind: type) -> bool:
    if kind is int:
        least, most = WITHIN[key]
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and least <= value and (most is None or value <= most)
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, kind) and value != ""


def defaults(parameters: Mapping[str, set[str]]) -> dict[str, dict[str, Any]]:
    """click's default map: for each command, those of its `parameters` that the project gives."""
    found = settings()
    every = {name: {**found.replaying, **(found.checking if name == "check" else {})} for name in parameters}
    return {
        name: {key: value for key, value in given.items() if key in parameters[name] and key in REPLAYING}
        for name, given in every.items()
    }
