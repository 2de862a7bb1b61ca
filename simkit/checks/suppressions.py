"""Findings that somebody accepts for a while: a file that a reviewer reads, each with its reason and its last day."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from simkit.errors import Problem, ScenarioError
from simkit.files import decoded, read
from simkit.scenario.complaints import complaints
from simkit.scenario.parser import read as parse
from simkit.scenario.parts.part import Part
from simkit.scenario.places import Document, in_order
from simkit.scenario.units import MisfitError

SHORTEST = 8
"""Characters of a finding's name that tell it from others."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """A finding that is accepted up to and including the day `until`, because of `reason`. `finding` is how its name
    begins."""

    finding: str
    reason: str
    until: date
    line: int = field(default=0, compare=False)

    def is_about(self, fingerprint: str) -> bool:
        """True if it means the finding of this name."""
        return fingerprint.startswith(self.finding)

    def to_dict(self) -> dict[str, object]:
        """The suppression as plain data."""
        return {"finding": self.finding, "reason": self.reason, "until": self.until.isoformat()}


@dataclass(frozen=True, slots=True)
class Suppressions:
    """What `file` accepts, as of the day `today`."""

    file: str
    today: date
    accepted: tuple[Suppression, ...]

    def of(self, fingerprint: str) -> Suppression | None:
        """What accepts the finding of this name today; None if nothing does."""
        fits = (each for each in self.accepted if each.is_about(fingerprint) and self.today <= each.until)
        return next(fits, None)

    def notes(self, found: Collection[str]) -> Iterator[str]:
        """What to mend in the file, given the names of all findings: what is over, and what is about nothing."""
        for each in self.accepted:
            where = f"{self.file}:{each.line}: the suppression of {each.finding}"
            if not any(map(each.is_about, found)):
                yield f"{where} is about no finding of this check: take it out."
            elif each.until < self.today:
                yield f"{where} ended on {each.until}: mend what it is about, or give it a later day."


def _said(text: str) -> str:
    if not text.strip():
        raise MisfitError("the reason is empty: say why this is accepted")
    return text.strip()


def _named(text: str) -> str:
    if len(text) < SHORTEST:
        raise MisfitError(f"{text!r} is too short: give {SHORTEST} or more characters of the name in the report")
    return text


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise MisfitError(f"{text!r} is no day: write the last one on which this counts, as 2027-03-31") from None
    return text


class _SuppressionPart(Part):
    finding: Annotated[str, AfterValidator(_named)]
    reason: Annotated[str, AfterValidator(_said)]
    until: Annotated[str, AfterValidator(_day)]


class _SuppressionsPart(Part):
    suppressions: list[_SuppressionPart] = Field(default_factory=list)


def load_suppressions(file: str | os.PathLike[str], today: date) -> Suppressions:
    """The suppressions in `file`: a list `suppressions` of mappings with `finding`, `reason` and `until`.

    Raises InputError for a file that cannot be read, ScenarioError with every mistake, by line and column.
    """
    name = os.fspath(file)
    document = parse(decoded(read(name), name), name)
    problems = list(document.problems)
    if not isinstance(document.value, Mapping):
        problems.append(document.located(Problem((), "this file has no list `suppressions`: write one")))
    try:
        part = _SuppressionsPart.model_validate(document.value if isinstance(document.value, Mapping) else {})
    except ValidationError as error:
        problems += (document.located(each, key=about) for each, about in complaints(error, _SuppressionsPart))
    if problems:
        raise ScenarioError(in_order(problems, name))
    return Suppressions(name, today, tuple(_made(part, document)))


def _made(part: _SuppressionsPart, document: Document) -> Iterator[Suppression]:
    for index, each in enumerate(part.suppressions):
        line = document.located(Problem(("suppressions", index), "")).line
        yield Suppression(each.finding, each.reason, date.fromisoformat(each.until), line)
