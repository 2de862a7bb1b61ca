"""`--fail-if`: a question with yes or no for an answer, such as `customers-leaked > 5%`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from simkit.errors import QuestionError, nearest
from simkit.measures import SHARE, TIME, names_of, unit_of

if TYPE_CHECKING:
    from simkit.blast_radius import BlastRadius, Interval
    from simkit.measures.bound import Sign, Status
    from simkit.scenario import Scenario

_MUST: dict[str, Sign] = {">=": "<", "<=": ">", ">": "<=", "<": ">="}
"""What must hold of the measure for the condition not to."""
_SHAPE = re.compile(r"(?P<name>.+?)\s*(?P<sign>>=|<=|>|<)\s*(?P<number>\d+(?:\.\d*)?|\.\d+)\s*(?P<unit>%|[a-z0-9]*)")


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """Whether a condition holds, and the sentence that says so with the measured interval."""

    failed: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Condition:
    """`name` (a measure of `simkit.measures`: whatever a scenario may `expect`) compared with `limit`."""

    text: str
    name: str
    sign: str
    limit: float

    @staticmethod
    def of(text: str) -> Condition:
        """The condition that `text` says. Raises QuestionError.

        >>> Condition.of("customers-leaked > 5%").limit
        0.05
        """
        found = _SHAPE.fullmatch(text.strip())
        if not found:
            raise QuestionError(f"{text!r} is not a condition: write one like 'customers-leaked > 5%'")
        name, unit = found["name"], unit_of(found["name"])
        if unit is TIME:
            return Condition(text.strip(), name, found["sign"], _seconds(text, found["number"] + found["unit"]))
        if found["unit"] not in ("", "%"):
            raise QuestionError(f"{text!r} is not a condition: write one like 'customers-leaked > 5%'")
        if unit is not SHARE and found["unit"]:
            raise QuestionError(
                f"{text!r} compares a value with a share: write {name} {found['sign']} {found['number']}"
            )
        limit = float(found["number"]) / (100 if found["unit"] else 1)
        if unit is SHARE and limit > 1:
            mend = f"did you mean {found['number']}%?" if limit <= 100 and not found["unit"] else "write at most 100%"
            raise QuestionError(f"{text!r} asks for a chance above 100 %: {mend}")
        return Condition(text.strip(), name, found["sign"], limit)

    def check(self, scenario: Scenario) -> None:
        """Raises QuestionError if `scenario` has nothing of this name; before any work is done."""
        known = names_of(scenario.model, scenario.goals)
        if self.name not in known:
            alike = [name for name in known if (":" in name) == (":" in self.name)]
            unknown = f"--fail-if {self.text!r}: {self.name!r} is no goal, resource, resource:impact or measure"
            raise QuestionError(f"{unknown}: {nearest(self.name, alike)}")

    def status(self, found: Interval) -> Status:
        """`fail` if the condition is shown to hold of `found`, `pass` if it is shown not to, else `unsure`."""
        from simkit.measures.bound import Bound

        return Bound(_MUST[self.sign], self.limit).judge(found)

    def judge(self, result: BlastRadius) -> ConditionResult:
        """Whether `result` meets the condition, judged with the whole interval as `simkit check` judges: it fails if
        the condition is shown to hold, and also where the trials are too few to show that it does not."""
        from simkit.measures.bound import HEADS, advice, trials_needed
        from simkit.measures.measured import measured

        found = measured(result, self.name)
        status = self.status(found)
        text = f"{HEADS[status]}: {self.name} is {found}, so --fail-if '{self.text}' "
        if status != "unsure":
            return ConditionResult(status == "fail", text + ("holds." if status == "fail" else "does not hold."))
        needed = trials_needed(found, self.limit)
        option = f" (--trials {needed})" if needed else ""
        return ConditionResult(True, f"{text}may hold. {advice(found, needed).removesuffix('.')}{option}.")


def _seconds(text: str, said: str) -> float:
    from simkit.scenario.units import MisfitError, duration

    try:
        return duration(said if said[-1:].isalpha() else float(said))
    except MisfitError as error:
        raise QuestionError(f"{text!r}: {error}") from None


def conditions(_: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[Condition, ...]:
    """The conditions that the command line gives."""
    try:
        return tuple(map(Condition.of, given))
    except QuestionError as error:
        raise click.BadParameter(str(error), param=option) from error
