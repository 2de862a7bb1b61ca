"""The scenario files that a command line names: files as they are, and those in folders."""

from __future__ import annotations

import os
from collections.abc import Iterable

from simkit.errors import InputError, QuestionError, every


def scenario_files(paths: Iterable[str]) -> list[str]:
    """The scenario files that `paths` name: files as they are, and those in folders that begin a scenario.

    Raises QuestionError where there is no path, InputError for what is missing or holds no scenario.
    """
    found = [file for files in every(_files, paths) for file in files]
    if not found:
        raise QuestionError(
            "no PATH is given: name a scenario, or set `paths` in [tool.simkit.check] of pyproject.toml"
        )
    return list(dict.fromkeys(found))


def _files(path: str) -> list[str]:
    if not os.path.isdir(path):
        if path != "-" and not os.path.exists(path):
            raise InputError(f"no file is called {path!r}: check the name and the folder")
        return [path]
    from simkit.scenario.parser import begins_a_scenario

    inside = [os.path.join(top, name) for top, _, found in os.walk(path) for name in found]
    files = sorted(file for file in inside if file.endswith((".yaml", ".yml")) and begins_a_scenario(file))
    if not files:
        raise InputError(f"the folder {path!r} holds no scenario, a YAML file with `simkit: 1`: name another")
    return files
