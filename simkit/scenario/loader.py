"""A file in, a Scenario out, or every mistake at its line and column."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError

from simkit.errors import Problem, ScenarioError
from simkit.files import decoded
from simkit.files import read as read_bytes
from simkit.scenario import build
from simkit.scenario.changes import changed, said
from simkit.scenario.complaints import complaints
from simkit.scenario.includes import joined
from simkit.scenario.observed import Runs
from simkit.scenario.parser import read
from simkit.scenario.places import Document, Point, in_order, stop
from simkit.scenario.repair import pruned, untouched
from simkit.scenario.scenario import Scenario
from simkit.scenario.schema import ScenarioPart
from simkit.scenario.stated_ranges import stated
from simkit.scenario.units import shown

NO_CHANGES: Mapping[str, str] = {}
LARGE = 200_000
"""Characters from which on a file counts as large."""


def load(path: str | os.PathLike[str], *, changes: Mapping[str, str] = NO_CHANGES) -> Scenario:
    """The scenario in the YAML or JSON file at `path`; `-` is standard input.

    `changes` sets some of it otherwise: paths such as `response.miss_rate`, with a value or a range `LO..HI` as text.
    Raises InputError for a file that cannot be opened, QuestionError for a change of what is not there, and
    ScenarioError with every mistake in the file, in its order.
    """
    name = os.fspath(path)
    file = "<stdin>" if name == "-" else name
    folder = None if name == "-" else os.path.dirname(name)
    text = decoded(read_bytes(name), file)
    with uncollected(len(text)):
        return _read(text, file, folder, changes, name)


def loads(text: str, file: str = "<text>") -> Scenario:
    """The scenario in the YAML or JSON `text`; messages call it `file`. Raises ScenarioError.

    >>> world = '''
    ... simkit: 1
    ... name: smallest
    ... identities: {ci: {kind: pipeline}}
    ... credentials: {key: {identity: ci, ttl: 90d}}
    ... entry_points: {leaked: {leak: key}}
    ... '''
    >>> loads(world).model.credentials["key"].ttl
    7776000.0
    """
    with uncollected(len(text)):
        return _read(text, file, None, NO_CHANGES, file)


@contextmanager
def uncollected(size: int = LARGE) -> Iterator[None]:
    """Nothing that is made of a large file, of so many characters, is garbage: to look for it, again and again, took
    more than half the time to read a file of 10,000 assets, and a quarter of that to compile it.

    What was made goes to the oldest generation as it is: the collector would look through it three times to bring it
    there. Small files leave the collector alone.
    """
    if size < LARGE or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():  # what somebody froze would be thawed
            gc.freeze()
            gc.unfreeze()
        gc.enable()


def _read(text: str, file: str, folder: str | None, changes: Mapping[str, str], name: str) -> Scenario:
    """What `text` says; messages call it `file`, and what asks for it again `name`."""
    document = read(text, file)
    if not isinstance(document.value, dict):
        message = f"the file holds {shown(document.value)}: a scenario is a mapping that starts with `simkit: 1`"
        raise stop(file, Point(0, 0), message, document.problems)
    whole = joined(document, folder)
    if len(whole.problems) > len(document.problems):  # what a file that is not there defines would dangle
        raise ScenarioError(in_order(whole.problems, file))
    document = whole
    runs = Runs(document, folder)
    given = stated(changed(runs.inlined(_mapping(document)), changes) if changes else runs.inlined(_mapping(document)))
    raw = given.value
    early = [*document.problems, *runs.problems]
    early += [document.located(problem, key=about_key) for problem, about_key in given.problems]
    try:
        part = ScenarioPart.model_validate(raw)
    except ValidationError as error:
        raise ScenarioError(in_order([*early, *_misfits(error, raw, runs, file)], file)) from None
    about = {"document": document, "unknowns": given.unknowns, "changes": said(changes)}
    made, late = _built(part, name, **about)
    if made is None or early or late:
        raise ScenarioError(in_order([*early, *(runs.located(problem) for problem in late)], file))
    return made


def _mapping(document: Document) -> dict[str, Any]:
    return document.value if isinstance(document.value, dict) else {}


def _misfits(error: ValidationError, raw: dict[str, Any], runs: Runs, file: str) -> Iterable[Problem]:
    """What does not fit the format, and what dangles in the rest."""
    found = list(complaints(error))
    for problem, about_key in found:
        yield runs.located(problem, key=about_key)
    rest = pruned(raw, (problem.where for problem, _ in found))
    if rest is not None:
        part, cuts = rest
        yield from (runs.located(problem) for problem in _built(part, file)[1] if untouched(problem, cuts))


def _built(part: ScenarioPart, file: str, **about: Any) -> tuple[Scenario | None, list[Problem]]:
    """The scenario that `part` describes, with what is said `about` it, and what dangles in it; None where that is the
    model's."""
    policies = build.Policies(part.policies)
    made = policies.all()
    try:
        return build.scenario(part, made, file, **about), policies.problems
    except ScenarioError as error:
        return None, [*policies.problems, *error.problems]
