"""The baseline file: small, sorted, reviewable JSON; a line for each result and each part of a scenario."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simkit.errors import InputError, QuestionError, nearest
from simkit.files import decoded, read, write

FORMAT = 1
KIND = "simkit-baseline"
IN_FORCE = "(in force)"
"""The key of the policy that the scenario has in force, whatever it is called."""
WIDEST = 110
"""What is shorter stands on one line."""


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class StoredFigures(_Stored):
    """The figures of one policy and entry point."""

    value_lost: float
    p95: float
    worst_case: float
    worst_case_goals: list[str]
    goals: dict[str, int]
    samples: str


class StoredRun(_Stored):
    """One scenario as it was, and what came of it. The scenario is whole, so that it can be replayed beside the new
    one, sample by sample; that is what makes the differences paired, and no sample needs to be kept. `expect` is what
    it promised, and `acknowledged` why something of it was taken away since."""

    name: str
    version: str
    digest: str
    seed: Annotated[int, Field(ge=0, lt=1 << 64)]
    trials: Annotated[int, Field(ge=1)]
    results: dict[str, dict[str, StoredFigures]]
    scenario: dict[str, Any]
    expect: dict[str, Any] = Field(default_factory=dict)
    acknowledged: dict[str, str] = Field(default_factory=dict)


class Baseline(_Stored):
    """The runs of a baseline file, by the path of the scenario as seen from the file's own folder."""

    kind: Literal["simkit-baseline"] = "simkit-baseline"
    format: Literal[1] = 1
    scenarios: dict[str, StoredRun] = Field(default_factory=dict)

    def run(self, file: str, scenario: str) -> StoredRun:
        """The run of `scenario` in the baseline file `file`. Raises QuestionError if there is none."""
        key = key_of(file, scenario)
        if key not in self.scenarios:
            known = nearest(key, self.scenarios)
            raise QuestionError(f"{file} has no run of {key!r} ({known}): add it with an update")
        return self.scenarios[key]

    def without(self, gone: Iterable[str]) -> Baseline:
        """This baseline without the scenarios `gone`."""
        left = {key: run for key, run in self.scenarios.items() if key not in set(gone)}
        return Baseline(scenarios=left)

    def renewed(self, runs: Mapping[str, StoredRun]) -> Baseline:
        """This baseline with `runs` in place of those of the same scenarios."""
        return Baseline(scenarios={**self.scenarios, **runs})


def key_of(file: str, scenario: str) -> str:
    """The path of `scenario` as seen from the folder of the baseline `file`, the same on every machine."""
    folder = os.path.dirname(os.path.abspath(file))
    return os.path.relpath(os.path.abspath(scenario), folder).replace(os.sep, "/")


def load_baseline(file: str) -> Baseline:
    """The baseline in `file`. Raises InputError, with the mend, for one that is missing, foreign, old or damaged."""
    if not os.path.exists(file):
        raise InputError(f"there is no baseline {file!r}: make it with an update")
    text = decoded(read(file), file)
    if "\n<<<<<<< " in f"\n{text}":
        raise InputError(f"{file} holds the conflict of a merge: take either side of it, then renew it with an update")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("kind") != KIND:
        raise InputError(f"{file} is no baseline of simkit: name another file, or move it away and use an update")
    if found.get("format") != FORMAT:
        told = f"{file} is a baseline of format {found.get('format')!r}, and this simkit reads {FORMAT}"
        raise InputError(f"{told}: delete it and make it anew with an update")
    try:
        return Baseline.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        spot = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{file} is damaged at {spot} ({first['msg']}): restore it, or delete it and make one with an update"
        ) from None


def save_baseline(file: str, baseline: Baseline) -> None:
    """Write `baseline` to `file`, whole or not at all. Raises InputError."""
    write(file, written(baseline))


STRUCTURE = 5
"""So many levels are always broken into lines: down to each result and each part of the scenario."""


def written(baseline: Baseline) -> str:
    """`baseline` as text: sorted, and broken into lines by what belongs together, so that a diff reads well."""
    return _lines(baseline.model_dump(mode="json"), 0) + "\n"


def _lines(value: Any, depth: int) -> str:
    flat = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
    indent = "  " * depth
    if not isinstance(value, dict | list) or not value or "samples" in value:
        return flat
    if depth >= STRUCTURE and len(flat) + len(indent) <= WIDEST:
        return flat
    if isinstance(value, dict):
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {_lines(value[key], depth + 1)}" for key in sorted(value)]
    else:
        parts = [_lines(item, depth + 1) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{indent}  " + f",\n{indent}  ".join(parts) + f"\n{indent}{closing}"
