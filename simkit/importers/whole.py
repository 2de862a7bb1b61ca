"""The scenario that includes what was imported, and the parts that were imported before."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

from simkit.errors import InputError
from simkit.files import decoded, read
from simkit.importers.draft import Draft
from simkit.importers.imported import SECTIONS
from simkit.scenario.parser import read_yaml


def whole(name: str, parts: Iterable[str]) -> str:
    """A scenario called `name` that includes the files `parts` and says nothing else.

    >>> print(whole("shop", ["agent.yaml"]), end="")
    simkit: 1
    name: "shop"
    include: ["agent.yaml"]
    """
    included = json.dumps(list(parts), ensure_ascii=False)
    return f"simkit: 1\nname: {json.dumps(name, ensure_ascii=False)}\ninclude: {included}\n"


def parts_in(folder: str, kinds: Iterable[str]) -> dict[str, Draft]:
    """The parts of `kinds` that were imported into `folder` before; those that cannot be read are left out."""
    found: dict[str, Draft] = {}
    for kind in kinds:
        path = os.path.join(folder, f"{kind}.yaml")
        if os.path.isfile(path):
            with contextlib.suppress(InputError):
                value = read_yaml(decoded(read(path), path), path).value
                if isinstance(value, dict):
                    found[kind] = _draft(kind, value)
    return found


def _draft(kind: str, value: Mapping[str, Any]) -> Draft:
    made = Draft(kind)
    for section in SECTIONS:
        things = value.get(section)
        for name, said in things.items() if isinstance(things, dict) else ():
            made.put(section, name, said if isinstance(said, dict) else {})
    rows = value.get("unchangeable")
    made.unchangeable += [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    edges = value.get("trust")
    for edge in edges if isinstance(edges, list) else ():
        if isinstance(edge, dict):
            made.trusts(str(edge.get("from")), str(edge.get("to")), str(edge.get("kind")), **_more(edge))
    return made


def _more(edge: Mapping[str, Any]) -> dict[str, Any]:
    return {key: said for key, said in edge.items() if key not in ("from", "to", "kind")}
