"""Rows of the performance table: what we take beside what a peer takes, in the same seconds of the same machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.table import Table

ROUNDS = 3
SLACK = 5.0
"""A test fails where a ratio beside a peer is this many times short of its goal; what lies between is printed as not
reached. Other work on the machine shifts both sides, but not by as much: ours needs both cores, and a peer one."""
COLUMNS = ("work", "ours", "beside", "takes", "ratio", "to reach", "reached")
LIMIT_COLUMNS = ("engine", "takes", "limited by", "which alone takes", "share")


@dataclass(frozen=True, slots=True)
class Peer:
    """Another way to do the same work, or the part `share` of it: its time is scaled up. `goal` is how many times as
    fast as it we are to be; 0 for one that is shown for comparison alone. Where `run` returns a float, these are its
    seconds, measured elsewhere."""

    name: str
    run: Callable[[], object]
    goal: float = 0.0
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `place` says where it stands: rows of one part of the issue's table are together."""

    place: int
    work: str
    ours: str
    beside: str = ""
    takes: str = ""
    ratio: float | None = None
    goal: str = ""
    reached: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """What is printed."""
        ratio = "" if self.ratio is None else f"{self.ratio:,.3g}" if self.ratio < 100 else f"{self.ratio:,.0f}"
        verdict = "" if self.reached is None else "yes" if self.reached else "NO"
        return (self.work, self.ours, self.beside, self.takes, ratio, self.goal, verdict)


@dataclass(frozen=True, slots=True)
class Limit:
    """What an engine takes beside what a part of its work takes alone, at the least; both in seconds of one core."""

    engine: str
    taken: float
    limited_by: str
    alone: float

    def cells(self) -> tuple[str, ...]:
        """What is printed."""
        return (
            self.engine,
            seconds(self.taken),
            self.limited_by,
            seconds(self.alone),
            f"{self.alone / self.taken:.0%}",
        )


def limits_table(found: Sequence[Limit]) -> Table:
    """The limits, engine by engine."""
    ordered = sorted(found, key=lambda limit: limit.engine)
    return Table(LIMIT_COLUMNS, tuple(limit.cells() for limit in ordered))


def table(rows: Sequence[Row]) -> Table:
    """The rows in the order of the issue's table."""
    ordered = sorted(rows, key=lambda row: row.place)
    return Table(COLUMNS, tuple(row.cells() for row in ordered))


@dataclass(frozen=True, slots=True)
class Goal:
    """What the issue asks for in absolute units: `within` so many seconds, or, where the work is so many `edges` x
    samples, a rate of `at_least`. Rates are shown where there are edges, else seconds."""

    within: float | None = None
    edges: float | None = None
    at_least: float = 0.0

    @property
    def text(self) -> str:
        """The goal as it is printed; empty if there is none."""
        if self.within is not None:
            return f"<= {seconds(self.within)}"
        return f">= {rate(self.at_least)}" if self.at_least else ""

    def shown(self, taken: float) -> str:
        """What took `taken` seconds, in the unit of the goal."""
        return seconds(taken) if self.edges is None else rate(self.edges / taken)

    def reached(self, taken: float) -> bool:
        """True if `taken` seconds reach the goal."""
        return taken <= self.within if self.within is not None else (self.edges or 0) / taken >= self.at_least


NO_GOAL = Goal()


def seconds(value: float) -> str:
    """A time in a unit that reads well."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if value >= size:
            return f"{value / size:,.3g} {unit}" if value < 1000 * size else f"{value / size:,.0f} {unit}"
    return f"{value / 1e-9:.3g} ns"


def rate(value: float) -> str:
    """Edges x samples a second."""
    return f"{value / 1e6:,.3g} M/s" if value >= 1e5 else f"{value / 1e3:,.3g} k/s"


def fastest(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The least seconds by the clock that `run` took."""
    return min(_timed(run) for _ in range(rounds))


def processor_time(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The least seconds of processor time that `run` took: other work on the machine counts for less."""

    def once() -> float:
        begun = time.process_time()
        run()
        return time.process_time() - begun

    return min(once() for _ in range(rounds))


def _timed(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    found = run()
    return found if isinstance(found, float) else time.perf_counter() - begun


class Race:
    """Runs ours and its peers in turn, round by round, and keeps the rows."""

    def __init__(self, benchmark: Any, rows: list[Row], limits: list[Limit], *, full: bool) -> None:
        self.benchmark, self.rows, self.limits, self.full = benchmark, rows, limits, full

    def __call__(
        self,
        place: int,
        work: str,
        ours: Callable[[], object],
        peers: Sequence[Peer] = (),
        *,
        goal: Goal = NO_GOAL,
        each: int = 1,
    ) -> float | None:
        """Our least seconds, None where benchmarks are disabled: then each runs once, and nothing is timed.

        All do the work `each` times a call. Goals in absolute units are printed, and never fail a test.
        """
        taken: dict[str, list[float]] = {peer.name: [] for peer in peers}

        def others() -> None:
            for peer in peers:
                taken[peer.name].append(_timed(peer.run) / peer.share / each)

        ours()
        self.benchmark.pedantic(ours, setup=others, rounds=ROUNDS if self.full else 1)
        if self.benchmark.stats is None:
            return None
        least: float = self.benchmark.stats.stats.min / each
        self.benchmark.extra_info.update({name: min(times) for name, times in taken.items()})
        self.rows += _rows(place, work, least, taken, peers, goal)
        for peer in peers:
            assert min(taken[peer.name]) / least * SLACK >= peer.goal, (
                f"{work}: far slower than asked beside {peer.name}"
            )
        return least

    def note(self, *rows: Row) -> None:
        """Adds rows that were measured otherwise, where benchmarks are enabled."""
        self.rows += rows


def _rows(
    place: int, work: str, least: float, taken: dict[str, list[float]], peers: Sequence[Peer], goal: Goal
) -> Iterator[Row]:
    ours = goal.shown(least)
    if goal.text:
        yield Row(place, work, ours, goal=goal.text, reached=goal.reached(least))
    for peer in peers:
        theirs = min(taken[peer.name])
        ratio = theirs / least
        wanted = f">= {peer.goal:,g}x" if peer.goal else ""
        yield Row(
            place, work, ours, peer.name, goal.shown(theirs), ratio, wanted, ratio >= peer.goal if wanted else None
        )
