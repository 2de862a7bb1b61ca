"""Checks of what a file says to people: dates, and what its assumptions are about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date

from simkit.linter.check import Slip
from simkit.linter.inspected import Inspected

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_EARLIEST = "-01-01"
SECTIONS = (
    "identities", "resources", "tools", "credentials", "roles", "trust", "tasks", "entry_points", "goals", "attacker",
    "response", "policies", "observed", "incident", "horizon", "policy", "unknowns", "unit", "prices",
)  # fmt: skip
"""What an assumption can be about."""
IN_THE_MODEL = frozenset({"identities", "resources", "tools", "credentials", "roles", "trust", "tasks"})


def date_that_never_was(inspected: Inspected) -> Iterator[Slip]:
    """A date of the incident that no calendar has."""
    incident = inspected.scenario.incident
    if incident is None or _is_date(incident.date):
        return
    says = f"{incident.date!r} is no date: write a day that was, such as 2025-08-08, a month or a year"
    yield Slip(("incident", "date"), says)


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text + _EARLIEST[len(text) - len("2025") :])
    except ValueError:
        return False
    return True


def assumption_about_nothing(inspected: Inspected) -> Iterator[Slip]:
    """An assumption about a path that leads nowhere; one in words is for people alone."""
    for index, assumption in enumerate(inspected.scenario.assumptions):
        if _is_path(assumption.about) and not _leads_somewhere(inspected, assumption.about):
            says = (
                f"the assumption is about {assumption.about}, which this file does not have: write the keys that lead "
                f"to it, such as response.detection, or say it in words"
            )
            yield Slip(("assumptions", index, "about"), says)


def _is_path(about: str) -> bool:
    first, dot, _ = about.partition(".")
    return not re.search(r"\s", about) or (bool(dot) and first in SECTIONS)


def _leads_somewhere(inspected: Inspected, about: str) -> bool:
    first, dot, rest = about.partition(".")
    if first not in SECTIONS:
        return False
    scenario = inspected.scenario
    said = scenario.document.value if scenario.document is not None else None
    written = said.get(first) if isinstance(said, dict) else None
    built = getattr(scenario.model if first in IN_THE_MODEL else scenario, first)
    # `resources.value` is short for `resources.*.value`
    paths = (rest, f"*.{rest}") if dot else ("",)
    return any(_leads(start, path) for start in (written, built) for path in paths)


def _leads(start: object, path: str) -> bool:
    """True if the keys of `path` lead from `start` to something; a name may have dots in it, `*` is any."""
    if not path:
        return start is not None and start != {} and start != [] and start != ()
    for key, below in _below(start):
        for part in dict.fromkeys((key, "*")):
            if path == part or (path.startswith(f"{part}.") and _leads(below, path[len(part) + 1 :])):
                return True
    return False


def _below(start: object) -> Iterator[tuple[str, object]]:
    """The keys of a mapping, the indices of a list, the fields of a value, each with what is there."""
    if isinstance(start, Mapping):
        yield from start.items()
    elif isinstance(start, list | tuple):
        yield from ((str(index), each) for index, each in enumerate(start))
    elif is_dataclass(start):
        yield from ((each.name, getattr(start, each.name)) for each in fields(start))
