"""What a report rests on: every input in force, whether anybody knows it, and which of them could turn the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase

from simkit.annual_loss import AnnualLoss, AnnualLosses
from simkit.blast_radius import BlastRadius
from simkit.decisions import Sensitivity, sensitivity
from simkit.decisions.words import number_text, range_text
from simkit.distributions import Distribution, Fixed
from simkit.scenario import Scenario
from simkit.scenario.numbers_at import not_known, numbers_in_force
from simkit.table import Table, duration, format_number, shorten
from simkit.unknowns import ASSUMPTION, GUESSES, NotKnown, Where, kind_of, written

DRAWS = 128
"""Enough to say what could turn an answer; `simkit sensitivity` takes more."""
MOST_VALUES = 12
"""So many different values of alike numbers stand in rows of their own; of more the least and the largest are told."""
MOST_NAMES = 72
"""Places that the names of alike inputs take at most."""
LISTED = 4
"""So many of what could turn the answer are named in the sentence."""
WITH_OTHERS, NOT_AT_ALL = "with others", "no"
COLUMNS = ("input", "value in force", "range", "source", "set by", "could turn it", "why")


@dataclass(frozen=True, slots=True)
class InputInForce:
    """One number that counts: where it stands, what it is, and what is said of it."""

    place: Where
    guess: int
    """Which kind of place that is: alike ones have the same."""
    value: str
    size: float
    range: str
    source: str
    why: str
    default: bool
    turns: str | None = None
    """Whether it could turn the answer; None where that was not asked, or where it has no range."""
    name: str = ""
    """What the file calls it, where it has a name of its own."""
    also: tuple[Where, ...] = ()
    """Where else it stands."""

    @property
    def bears(self) -> bool:
        """True if it could turn the answer."""
        return self.turns not in (None, NOT_AT_ALL)

    @property
    def alike(self) -> tuple[object, ...]:
        """What those have in common that share a row."""
        return (self.guess, self.value, self.range, self.source, self.why, self.default, self.turns, self.name)


@dataclass(frozen=True, slots=True)
class Basis:
    """Every input in force: those with a range (what is not known), those that the file states as they are, and the
    defaults. `asked` is True where draws told which of them could turn the answer."""

    open: tuple[InputInForce, ...]
    stated: tuple[InputInForce, ...]
    defaults: tuple[InputInForce, ...]
    asked: bool

    @property
    def summary(self) -> str:
        """How many there are, and which could turn the answer."""
        count = len(self.open) + len(self.stated) + len(self.defaults)
        text = f"{_counted(count, 'number')} in force: {_are(len(self.open))} not known"
        standard = sum(each.default for each in self.open)
        text += f" ({standard} of them defaults)" if standard else ""
        text += f", {_are(len(self.stated))} stated without a range, {_are(len(self.defaults))} left to a default."
        if not self.asked:
            return text
        turning = [each.name or written(each.place) for each in self._in_order if each.bears]
        if not turning:
            return f"{text} None of them turns the answer by itself."
        return f"{text} The answer could turn with {_listed(turning)}."

    @property
    def _in_order(self) -> list[InputInForce]:
        """What is not known: what turns the answer alone, with others, not at all; of each the defaults last."""
        return sorted(self.open, key=lambda each: (not each.bears, each.turns == WITH_OTHERS, each.default))

    def open_table(self) -> Table:
        """What is not known: what could turn the answer first, defaults last."""
        kept = COLUMNS if self.asked else tuple(each for each in COLUMNS if each != "could turn it")
        return _table(self._in_order, kept, "numbers that nobody measured")

    def stated_table(self) -> Table:
        """What the file states as it is."""
        columns = ("input", "value in force", "source", "why")
        return _table(_spanned(self.stated), columns, "numbers that are stated without a range")

    def defaults_table(self) -> Table:
        """What the file leaves to a default that has no range of its own."""
        return _table(_spanned(self.defaults), ("input", "value in force"), "numbers that are left to a default")


def basis_of(scenario: Scenario, sure: Sensitivity | None) -> Basis:
    """Every input of `scenario`; `sure` says which of them could turn the answer (None: nobody asked)."""
    said = _turns(sure) if sure else None
    ranges = not_known(scenario)
    open_ = tuple(_with_range(each, None if said is None else said.get(each.name, NOT_AT_ALL)) for each in ranges)
    taken = [where for each in ranges for where in each.places]
    inside = {where[:length] for where in taken for length in range(1, len(where) + 1)}
    rest = [_fixed(scenario, *found) for found in numbers_in_force(scenario) if found[1] not in inside]
    stated, left = (tuple(each for each in rest if each.default is default) for default in (False, True))
    return Basis(open_, stated, left, sure is not None)


def _turns(sure: Sensitivity) -> dict[str, str]:
    """By input how it could turn the answer."""
    found: dict[str, str] = {}
    for made in sure.preferences:
        for each in made.deciders:
            if each.bears:
                turns = " and ".join(number_text(each.input, value) for value in each.turns_at)
                found.setdefault(each.input.name, f"at {turns}" if turns else WITH_OTHERS)
    return found


def _with_range(given: NotKnown, turns: str | None) -> InputInForce:
    found, place = given.range, given.places[0]
    return InputInForce(
        place=place,
        guess=_guess_of(place),
        value=number_text(given, found.best),
        size=found.best,
        range=range_text(given),
        source=found.evidence,
        why=found.why,
        default=found.standard,
        turns=turns,
        name=given.name if given.name != written(place) else "",
        also=given.places[1:],
    )


def _fixed(scenario: Scenario, guess: Where, place: Where, value: float | Distribution) -> InputInForce:
    default = not _is_stated(scenario, place)
    number = value if isinstance(value, int | float) else value.mean
    text = law_text(value) if isinstance(value, Distribution) else _number(place, value)
    said = None if default else _assumed(scenario, place)
    source = "" if default else _evidence(scenario, place) or (ASSUMPTION if said else "none named")
    return InputInForce(place, _number_of(guess), text, float(number), "", source, said or "", default)


def _number(place: Where, value: float) -> str:
    return duration(value) if kind_of(place) == "time" else format_number(float(value))


def law_text(law: Distribution) -> str:
    """A law as people read it: what it is called, and its numbers.

    >>> from simkit.distributions import Exponential, Fixed, Lognormal
    >>> law_text(Fixed(90.0)), law_text(Exponential(86400.0)), law_text(Lognormal(80.0, 0.35))
    ('1 min 30 s', 'exponential, average 1 d', 'lognormal, median 1 min 20 s, sigma 0.35')
    """
    if isinstance(law, Fixed):
        return duration(law.seconds)
    told = [(each.name, getattr(law, each.name)) for each in fields(law)]  # type: ignore[arg-type]
    numbers = [(name, value) for name, value in told if isinstance(value, int | float)]
    name = type(law).__name__.lower()
    if len(numbers) < len(told):
        return f"{name}, mean {duration(law.mean)}"
    written_out = (f"{n} {format_number(v) if n in ('sigma', 'shape') else duration(v)}" for n, v in numbers)
    return ", ".join([name, *written_out])


def _is_stated(scenario: Scenario, place: Where) -> bool:
    """True if the file says it; of a scenario made in memory, all of which somebody wrote, it always is."""
    if scenario.document is None or any(change.startswith(f"{written(place)}=") for change in scenario.changes):
        return True
    value: object = scenario.document.value
    for key in place:
        if not isinstance(value, dict) or key not in value:
            return not isinstance(value, dict)  # a short form, such as one law for all, says it too
        value = value[key]
    return True


def _evidence(scenario: Scenario, place: Where) -> str:
    """The source of a number that is known, where the file gives it as two equal bounds."""
    found = scenario.unknowns.range_at(place)
    return found.evidence if found else ""


def _assumed(scenario: Scenario, place: Where) -> str | None:
    """Why it is assumed, where the scenario says so: the assumption that names it most closely."""
    named = [each for each in scenario.assumptions if _is_about(each.about, written(place))]
    return max(named, key=lambda each: len(each.about)).why if named else None


def _is_about(about: str, place: str) -> bool:
    first, dot, rest = about.replace("[", "[[]").partition(".")
    # `resources.value` is short for `resources.*.value`
    paths = (f"{first}{dot}{rest}", *([f"{first}.*.{rest}"] if dot else []))
    return any(fnmatchcase(place, path) or fnmatchcase(place, f"{path}.*") for path in paths)


def _guess_of(place: Where) -> int:
    return next(
        (n for n, each in enumerate(GUESSES) if all(a in ("*", b) for a, b in zip(each.where, place, strict=False))), -1
    )


def _number_of(guess: Where) -> int:
    return next(n for n, each in enumerate(GUESSES) if each.where == guess)


@dataclass(slots=True)
class _AlikeInputs:
    """Inputs that share a row."""

    members: list[InputInForce] = field(default_factory=list)

    @property
    def input(self) -> str:
        """What they are called: `*` stands where their names differ, and which names these are."""
        first = self.members[0]
        if first.name:
            places = ", ".join(map(written, (first.place, *first.also)))
            return f"{first.name} ({shorten(places, MOST_NAMES)})"
        if len(self.members) == 1:
            return written(first.place)
        differ = [len({each.place[n] for each in self.members}) > 1 for n in range(len(first.place))]
        merged = ".".join("*" if other else key for key, other in zip(first.place, differ, strict=True))
        names = [".".join(k for k, other in zip(each.place, differ, strict=True) if other) for each in self.members]
        return f"{merged} ({len(names)}: {shorten(', '.join(names), MOST_NAMES)})"

    def cells(self) -> Mapping[str, str]:
        """What stands under each column."""
        first = self.members[0]
        by = "default" if first.default else "file"
        told = (self.input, first.value, first.range, first.source, by, first.turns or "-", first.why)
        return dict(zip(COLUMNS, told, strict=True))


def _table(found: Iterable[InputInForce], columns: Sequence[str], title: str) -> Table:
    rows: dict[tuple[object, ...], _AlikeInputs] = {}
    for each in found:
        rows.setdefault(each.alike, _AlikeInputs()).members.append(each)
    return Table(columns, [[row.cells()[name] for name in columns] for row in rows.values()], title=title)


def _spanned(found: Sequence[InputInForce]) -> Iterator[InputInForce]:
    """`found`, with the least and the largest in the place of many different values of alike numbers."""
    groups: dict[tuple[object, ...], list[InputInForce]] = {}
    for each in found:
        groups.setdefault((each.guess, each.source, each.why), []).append(each)
    for members in groups.values():
        ends = {value.size: value.value for value in members}
        span = f"{ends[min(ends)]} to {ends[max(ends)]}" if len({each.value for each in members}) > MOST_VALUES else ""
        for each in members:
            yield replace(each, value=span or each.value)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _are(count: int) -> str:
    return f"{count:,} {'is' if count == 1 else 'are'}"


def _listed(names: Sequence[str]) -> str:
    if len(names) > LISTED + 1:
        names = [*names[:LISTED], f"{len(names) - LISTED} others"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def asked_again(scenario: Scenario, in_force: str, best: str, entry_point: str) -> Sensitivity | None:
    """Whether `best` beats the policy in force whatever the inputs are; None where the file says of none that it is not
    known, and where they are one."""
    if not scenario.unknowns or in_force == best:
        return None
    counted = scenario.unit is not None and scenario.entry_points[entry_point].per_year is None
    if counted and any(each.per_year is not None for each in scenario.entry_points.values()):
        return sensitivity(scenario, [in_force, best], against=in_force, draws=DRAWS)
    return sensitivity(scenario, [in_force, best], entry_point=entry_point, against=in_force, draws=DRAWS)


def annual(scenario: Scenario, results: Sequence[BlastRadius]) -> Table | None:
    """The annual loss of each policy; None where the file says no currency, or not how often anybody tries."""
    found = tuple(made for each in results if (made := AnnualLoss.of(scenario, each)))
    return AnnualLosses(found).table() if found else None
