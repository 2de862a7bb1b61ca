"""The numbers of a scenario by the keys that lead to them, read and set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from simkit.distributions import Distribution, Exponential, Fixed, Lognormal, Uniform, Weibull
from simkit.scenario.scenario import Scenario
from simkit.unknowns import ANY, DEFAULT_RANGES, GUESSES, NotKnown, Where, written

_IN_THE_MODEL = frozenset({"identities", "resources", "tools"})
_LAWS: Mapping[str, tuple[type[Distribution], Mapping[str, str]]] = {
    "exponential": (Exponential, {"mean": "average"}),
    "lognormal": (Lognormal, {"median": "median", "sigma": "sigma"}),
    "weibull": (Weibull, {"shape": "shape", "scale": "scale"}),
    "uniform": (Uniform, {"low": "low", "high": "high"}),
}


def number_at(scenario: Scenario, where: Where) -> float | None:
    """The number at `where`; None where another kind of law stands, or nothing."""
    value: Any = scenario
    for part in _steps(where):
        value = _inner(value, part)
    if isinstance(value, Fixed):
        return value.seconds
    return value if isinstance(value, float | int) and not isinstance(value, bool) else None


def with_numbers(scenario: Scenario, given: Mapping[Where, float]) -> Scenario:
    """`scenario` with other numbers at some places; what is not known about it stays as it is said."""
    for where, value in given.items():
        scenario = changed_at(scenario, _steps(where), value)
    return scenario


def not_known(scenario: Scenario) -> tuple[NotKnown, ...]:
    """Every input of `scenario` that is not known: those of the file, then the defaults that nobody set."""
    stated = tuple(scenario.unknowns.inputs())
    left = (
        NotKnown(written(where), found, (where,))
        for where, found in DEFAULT_RANGES.items()
        if where not in scenario.unknowns.ranges and number_at(scenario, where) == found.best
    )
    return (*stated, *left)


def numbers_in_force(scenario: Scenario) -> Iterator[tuple[Where, Where, float | Distribution]]:
    """Every number of `scenario` where a guess may stand, whether a file states it or a default does: the kind of place
    (`*` is any name), the place, and what counts there. Of what is left out nothing counts, such as how often nobody
    says that an entry point is tried."""
    for guess in GUESSES:
        for steps, value in _followed(scenario, _steps(guess.where), ()):
            if isinstance(value, int | float | Distribution):
                yield guess.where, _place(scenario, steps, guess.where), value


def _followed(value: Any, rest: tuple[str, ...], done: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not rest:
        yield done, value
    elif rest[0] != ANY:
        yield from _followed(_inner(value, rest[0]), rest[1:], (*done, rest[0]))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _followed(inner, rest[1:], (*done, key))


def _place(scenario: Scenario, steps: tuple[str, ...], guess: Where) -> Where:
    """The keys of a file behind `steps` through the frozen values; the other way round than `_steps`."""
    if guess[0] == "unit":
        return ("unit", scenario.unit.name if scenario.unit else ANY)
    return (*steps[steps[0] == "model" :], *guess[len(steps) :])


def _steps(where: Where) -> tuple[str, ...]:
    """`where` as it leads through the frozen values."""
    if where[0] in _IN_THE_MODEL:
        return ("model", *where)
    if where[0] == "unit":
        return ("unit", "point")
    if where[:2] == ("prices", "policies"):
        return where[:3]
    return where


def _inner(value: Any, part: str) -> Any:
    if isinstance(value, Distribution):
        return _law_number(value, part)
    if isinstance(value, Mapping):
        return value.get(part)
    return getattr(value, part, None) if is_dataclass(value) else None


def _law_number(law: Distribution, part: str) -> Any:
    """The law itself for its own name, a number of it for the name of that."""
    kind, keys = _LAWS.get(part, (None, {}))
    if kind is not None:
        return law if isinstance(law, kind) else None
    keys = next((keys for kind, keys in _LAWS.values() if isinstance(law, kind)), {})
    return getattr(law, keys[part]) if part in keys else None


def changed_at(value: Any, steps: tuple[str, ...], number: float) -> Any:
    """`value`, a scenario or a part of one, with another number where `steps` lead inside it."""
    if not steps:
        return Fixed(number) if isinstance(value, Distribution) else number
    first, rest = steps[0], steps[1:]
    if isinstance(value, Distribution):
        _, keys = _LAWS[first]
        return replace(value, **{keys[rest[0]]: number})  # type: ignore[type-var]
    if isinstance(value, Mapping):
        return {**value, first: changed_at(value[first], rest, number)}
    assert first in {each.name for each in fields(value)}, f"{first} is no part of {type(value).__name__}"
    return replace(value, **{first: changed_at(getattr(value, first), rest, number)})
