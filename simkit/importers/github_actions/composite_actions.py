"""Composite actions of a repository: their steps, as they run in the job that uses them.

Source: docs.github.com, "Metadata syntax for GitHub Actions", `runs` for composite actions. A composite action sees no
secrets but those that it is given as inputs; what an input holds is written in its place.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simkit.importers.draft import Draft
from simkit.importers.excerpt import Excerpt
from simkit.importers.source_file import SourceDocument, SourceFile

DEEPEST_ACTION = 10
"""How deep composite actions may use others (docs.github.com, "Metadata syntax", `runs.steps[*].uses`)."""
MOST_STEPS = 2000
"""So many steps of a job are followed: actions that use each other many times would never end."""
NAMES = ("action.yml", "action.yaml")
_INPUT = re.compile(r"\$\{\{\s*inputs\.([\w-]+)\s*\}\}")
_WITHIN = re.compile(r"\binputs\.([\w-]+)")
_EXPRESSION = re.compile(r"^\s*\$\{\{(.*)\}\}\s*$", re.DOTALL)
Actions = Mapping[str, Excerpt]
"""Actions by the folder that each lies in."""


def is_action(document: SourceDocument) -> bool:
    """True for the metadata of a composite action."""
    value = document.value
    runs = value.get("runs") if isinstance(value, dict) else None
    return isinstance(runs, dict) and runs.get("using") == "composite"


def actions(files: Sequence[SourceFile], draft: Draft) -> dict[str, Excerpt]:
    """The composite actions in all files, by their folders."""
    found: dict[str, Excerpt] = {}
    for file in files:
        for document in file.documents:
            if is_action(document):
                found[posixpath.normpath(posixpath.dirname(_plain(file.path)) or ".")] = Excerpt(
                    document, draft, document.value
                )
                draft.count(file.path)
    return found


def expanded(steps: Sequence[Excerpt], root: str, known: Actions) -> list[Excerpt]:
    """`steps`, with those of the composite actions that they use behind each; `root` is the folder of the repository.

    An action of the repository that no file describes is told.
    """
    made: list[Excerpt] = []
    for step in _all(steps, root, known, 0):
        made.append(step)
        if len(made) == MOST_STEPS:
            step.draft.leave(step.origin, "more steps", f"more than {MOST_STEPS:,} of one job are not followed")
            break
    return made


def _all(steps: Sequence[Excerpt], root: str, known: Actions, depth: int) -> Iterator[Excerpt]:
    for step in steps:
        yield step
        uses = step.text("uses")
        if not uses.startswith("./"):
            continue
        action = known.get(posixpath.normpath(posixpath.join(root, uses)))
        if action is None:
            step.draft.leave(step.origin, uses[:80], "no file describes this action: what it does is not known")
        elif depth < DEEPEST_ACTION:
            given = given_inputs(action.part("inputs").value, step)
            inner = [filled(each, given) for each in action.part("runs").each("steps")]
            yield from _all(inner, root, known, depth + 1)


def given_inputs(declared: Mapping[str, Any], step: Excerpt) -> dict[str, str]:
    """What inputs hold: what `step`, or a job that calls a workflow, gives them, else their declared defaults."""
    given = {name: said.get("default") for name, said in declared.items() if isinstance(said, dict)}
    given |= step.part("with").value
    return {name: text for name, text in given.items() if isinstance(text, str)}


def filled(step: Excerpt, given: Mapping[str, str]) -> Excerpt:
    """`step`, with what the inputs hold in the place of each."""
    return Excerpt(step.document, step.draft, _written(step.value, given), step.where)


def _written(value: Any, given: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _written(inner, given) for key, inner in value.items()}
    if isinstance(value, list):
        return [_written(inner, given) for inner in value]
    if not isinstance(value, str) or "inputs." not in value:
        return value
    whole = _INPUT.sub(lambda found: given.get(found[1], found[0]), value)
    return _WITHIN.sub(lambda found: _inside(given.get(found[1], ""), found[0]), whole)


def _inside(text: str, otherwise: str) -> str:
    """An input within an expression: the expression that it holds."""
    found = _EXPRESSION.match(text)
    return found[1].strip() if found else otherwise


def root_of(path: str) -> str:
    """The folder of the repository that a workflow lies in.

    >>> root_of("a/b/.github/workflows/x.yml"), root_of(".github/workflows/x.yml")
    ('a/b', '.')
    """
    return posixpath.normpath(re.sub(r"(^|/)\.github/workflows/[^/]*$", "", _plain(path)) or ".")


def _plain(path: str) -> str:
    return path.replace("\\", "/")
