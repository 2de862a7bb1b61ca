"""Where in a scenario a range can stand: every number that is a guess about the world, and none that is a decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Where = tuple[str, ...]
"""The keys that lead to a number, from the root of the file."""
Kind = Literal["chance", "time", "worth", "frequency", "money", "number", "law"]
"""What a number is: a chance, seconds, a value in the scenario's own unit, times a year, money, or a plain number (the
sigma of a law). A `law` is a duration that may vary: a time stands for it, or a mapping with numbers of its own."""
ANY = "*"


@dataclass(frozen=True, slots=True)
class Guess:
    """One kind of place: the keys that lead there (`*` is any name) and what stands there."""

    where: Where
    kind: Kind


def _all(kind: Kind, *paths: str) -> list[Guess]:
    return [Guess(tuple(path.split(".")), kind) for path in paths]


GUESSES: tuple[Guess, ...] = (
    *_all(
        "chance",
        "identities.*.susceptibility",
        "resources.*.shows_itself.chance",
        "tools.*.operations.*.chance",
        "tools.*.operations.*.shows_itself.chance",
        "response.detection.*.chance",
        "response.completeness",
        "response.rubber_stamp",
        "response.miss_rate",
    ),
    *_all(
        "law",
        "resources.*.shows_itself.delay",
        "tools.*.operations.*.duration",
        "tools.*.operations.*.shows_itself.delay",
        "entry_points.*.delay",
        "response.detection.*.delay",
        "response.delay",
        "response.remediation_lag",
        "response.approval_delay",
        "response.responders.*.delay",
    ),
    *_all("worth", "resources.*.value.*"),
    *_all("frequency", "entry_points.*.per_year"),
    *_all(
        "money",
        "unit.*",
        "prices.approval",
        "prices.waiting_minute",
        "prices.thousand_tokens",
        "prices.thousand_records",
        "prices.policies.*.per_year",
    ),
)
"""Every place. A ttl, a rotation period or a policy's dial is not among them: that is decided, not guessed."""

LAW_NUMBERS: Mapping[str, Mapping[str, Kind]] = {
    "exponential": {"mean": "time"},
    "lognormal": {"median": "time", "sigma": "number"},
    "weibull": {"shape": "number", "scale": "time"},
    "uniform": {"low": "time", "high": "time"},
}
"""The numbers inside a law, by its name. Quantiles and observed values have none: what they make is one law."""


def numbers_in(value: object) -> Iterator[tuple[Where, Kind, object]]:
    """Every place of the file `value` where a guess may stand and something does: its keys, its kind, what is there."""
    for guess in GUESSES:
        yield from _followed(value, guess.where, (), guess.kind)


def _followed(value: object, rest: Where, done: Where, kind: Kind) -> Iterator[tuple[Where, Kind, object]]:
    if not rest:
        yield from _laid_out(value, done, kind)
    elif isinstance(value, dict):
        for key in value if rest[0] == ANY else rest[:1]:
            if key in value and isinstance(key, str):
                yield from _followed(value[key], rest[1:], (*done, key), kind)


def _laid_out(value: object, where: Where, kind: Kind) -> Iterator[tuple[Where, Kind, object]]:
    """A number as it is; a law that is no range by the numbers in it."""
    if kind != "law":
        yield where, kind, value
        return
    yield where, "time", value
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        for key, inside in LAW_NUMBERS.get(name, {}).items():
            if isinstance(inner, dict) and key in inner:
                yield (*where, name, key), inside, inner[key]


def kind_of(where: Where) -> Kind | None:
    """What stands at `where`; None for a place that no guess has.

    >>> kind_of(("response", "miss_rate")), kind_of(("response", "rotation_period"))
    ('chance', None)
    >>> kind_of(("response", "remediation_lag", "exponential", "mean"))
    'time'
    """
    for guess in GUESSES:
        if _fits(guess.where, where[: len(guess.where)]):
            rest = where[len(guess.where) :]
            if not rest:
                return "time" if guess.kind == "law" else guess.kind
            if guess.kind == "law" and len(rest) == 2:
                return LAW_NUMBERS.get(rest[0], {}).get(rest[1])
    return None


def _fits(pattern: Where, where: Where) -> bool:
    return len(pattern) == len(where) and all(part in (ANY, key) for part, key in zip(pattern, where, strict=True))


def written(where: Where) -> str:
    """`where` as people write it: keys with dots between."""
    return ".".join(where)
