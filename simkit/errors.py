"""The exceptions that simkit raises on purpose; anything else is a bug in simkit.

::

    SimkitError                 every error below; `except simkit.SimkitError` catches them all
    ├── InputError              what the user handed in is wrong: exit code 2
    │   ├── ScenarioError       a scenario file or model, with one Problem for each mistake
    │   ├── PolicyError         an unknown grant policy, or dials that do not exist
    │   └── QuestionError       an unknown entry point, goal, measure, trial count ...
    └── EngineError             a graph that an engine cannot run (too many facts, a lost kernel)

Every message is one sentence that names the thing and its value and says the mend.
"""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


class SimkitError(Exception):
    """Every error that simkit raises on purpose."""


class InputError(SimkitError):
    """What the user handed in is wrong; the command line exits with 2."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a scenario: where it is (keys and indices from the root) and what mends it.

    `line` and `column` count from 1; 0 means that the scenario did not come from a file.
    """

    where: tuple[str | int, ...]
    message: str
    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if self.line:
            return f"{self.file}:{self.line}:{self.column}: {self.message}"
        spot = ".".join(str(part) for part in self.where)
        return ": ".join(part for part in (self.file, spot, self.message) if part)


class ScenarioError(InputError):
    """A scenario that cannot be used. `problems` holds every mistake found, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PolicyError(InputError):
    """A grant policy that does not exist, or whose dials do not."""


class QuestionError(InputError):
    """A question about something that the scenario does not have."""


class EngineError(SimkitError):
    """A graph that an engine cannot run."""


def every(make: Callable[[Given], Made], given: Iterable[Given]) -> list[Made]:
    """`make` of each of `given`.

    All are tried: where several raise InputError, one ScenarioError has the mistakes of all of them, in their order.
    """
    made, errors = list[Made](), list[InputError]()
    for each in given:
        try:
            made.append(make(each))
        except InputError as error:
            errors.append(error)
    if len(errors) > 1:
        raise ScenarioError([problem for error in errors for problem in _problems(error)])
    if errors:
        raise errors[0]
    return made


def _problems(error: InputError) -> tuple[Problem, ...]:
    return error.problems if isinstance(error, ScenarioError) else (Problem((), str(error)),)


def in_short(given: object) -> str:
    """What was handed over, for a sentence about it: on one line, the middle of what is long left out.

    >>> in_short({"a": 1})
    "{'a': 1}"
    """
    return " ".join(reprlib.repr(given).split())


def nearest(name: object, known: Iterable[str]) -> str:
    """The end of a message about an unknown `name`: the nearest known one, or the first few.

    >>> nearest("custmer-db", ["customer-db", "tickets"])
    'did you mean customer-db?'
    >>> nearest("x", [])
    'none is defined'
    """
    names = sorted(known)
    if not names:
        return "none is defined"
    close = difflib.get_close_matches(name, names, n=1) if isinstance(name, str) else []
    if close:
        return f"did you mean {close[0]}?"
    shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return f"known: {shown}"
