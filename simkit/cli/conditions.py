"""`--fail-if`: a question with yes or no for an answer, such as `customers-leaked > 5%`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from simkit.errors import QuestionError, nearest
from simkit.table import format_number, percent

if TYPE_CHECKING:
    from simkit.blast_radius import BlastRadius, Interval
    from simkit.scenario import Scenario

VALUES: Mapping[str, Callable[[BlastRadius], Interval]] = {
    "value-lost": lambda result: result.value_lost(),
    "value-lost-p95": lambda result: result.quantile(0.95),
}
"""The measures that are values, not chances."""

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_SHAPE = re.compile(r"(?P<name>.+?)\s*(?P<sign>>=|<=|>|<)\s*(?P<number>\d+(?:\.\d*)?|\.\d+)\s*(?P<percent>%?)")


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """Whether a condition holds, and the sentence that says so with the measured interval."""

    failed: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Condition:
    """`name` (a goal, `resource:impact`, or one of `VALUES`) compared with `limit`; a share where `is_share`."""

    text: str
    name: str
    sign: str
    limit: float
    is_share: bool

    @staticmethod
    def of(text: str) -> Condition:
        """The condition that `text` says. Raises QuestionError.

        >>> Condition.of("customers-leaked > 5%").limit
        0.05
        """
        found = _SHAPE.fullmatch(text.strip())
        if not found:
            raise QuestionError(f"{text!r} is not a condition: write one like 'customers-leaked > 5%'")
        name, is_value = found["name"], found["name"] in VALUES
        if is_value and found["percent"]:
            raise QuestionError(
                f"{text!r} compares a value with a share: write {name} {found['sign']} {found['number']}"
            )
        limit = float(found["number"]) / (100 if found["percent"] else 1)
        if not is_value and limit > 1:
            mend = (
                f"did you mean {found['number']}%?" if limit <= 100 and not found["percent"] else "write at most 100%"
            )
            raise QuestionError(f"{text!r} asks for a chance above 100 %: {mend}")
        return Condition(text.strip(), name, found["sign"], limit, not is_value)

    def check(self, scenario: Scenario) -> None:
        """Raises QuestionError if `scenario` has nothing of this name; before any work is done."""
        from simkit.model import IMPACTS

        losses = [f"{resource}:{impact}" for resource in scenario.model.resources for impact in IMPACTS]
        named = [*VALUES, *scenario.goals]
        if self.name not in [*named, *losses]:
            unknown = f"--fail-if {self.text!r}: {self.name!r} is no goal, resource:impact or value"
            raise QuestionError(f"{unknown}: {nearest(self.name, losses if ':' in self.name else named)}")

    def judge(self, result: BlastRadius) -> ConditionResult:
        """Whether `result` meets the condition: its estimate is compared, and its interval shown."""
        measured = VALUES[self.name](result) if self.name in VALUES else result.chance(self.name)
        failed = _COMPARISONS[self.sign](measured.estimate, self.limit)
        write = percent if self.is_share else format_number
        shown = f"{write(measured.estimate)} [{write(measured.low)}, {write(measured.high)}]"
        head, holds = ("FAILED", "holds") if failed else ("passed", "does not hold")
        unsure = " The limit lies in the interval: more --trials would tell." if self.limit in measured else ""
        return ConditionResult(failed, f"{head}: {self.name} is {shown}, so --fail-if '{self.text}' {holds}.{unsure}")


def conditions(_: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[Condition, ...]:
    """The conditions that the command line gives."""
    try:
        return tuple(map(Condition.of, given))
    except QuestionError as error:
        raise click.BadParameter(str(error), param=option) from error
