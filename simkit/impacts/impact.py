"""Impact on work that was done: observed runs under the grant design of today, and under another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from simkit.blast_radius import Interval
from simkit.blast_radius.intervals import wilson
from simkit.errors import QuestionError, nearest
from simkit.impacts.grant_design import ALLOWED, DENIED, CallAnswer, GrantDesign, prompts
from simkit.impacts.left_out import MOST_LEFT_OUT, LeftOut
from simkit.model import ObservedRun
from simkit.policies import GrantPolicy
from simkit.scenario import Scenario, checked_scenario
from simkit.table import Table, format_number, percent

SHARES = ("stopped", "denied", "asked", "allowed", "left-out")
"""What can be asked of an impact as a share: see `Impact.share`."""
PolicyName = str | GrantPolicy | None


@dataclass(frozen=True, slots=True)
class StoppedRun:
    """A run that the design of today lets through, and the other stops: at which of its calls, counted from 1."""

    who: str
    at: int
    operation: str
    target: str
    source: str

    def to_dict(self) -> dict[str, object]:
        """The stop as plain data."""
        return {name: getattr(self, name) for name in ("who", "at", "operation", "target", "source")}


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """An operation, as one task (or an identity without one) called it.

    `denied`, `asked` and `allowed` are calls that are so under the other design and were not before; `stopped` are runs
    that stop here. `left_out` is the chance that a call of a run that was left out is denied by the design that the
    other runs give; None where that design does not follow from runs.
    """

    who: str
    operation: str
    calls: int
    runs: int
    denied: int
    asked: int
    allowed: int
    stopped: int
    left_out: Interval | None

    @property
    def changes(self) -> bool:
        """True if anything is otherwise."""
        return bool(self.denied or self.asked or self.allowed)

    def to_dict(self) -> dict[str, object]:
        """The row as plain data."""
        names = ("who", "operation", "calls", "runs", "denied", "asked", "allowed", "stopped")
        left_out = self.left_out.to_dict() if self.left_out else None
        return {**{name: getattr(self, name) for name in names}, "left_out": left_out}


@dataclass(frozen=True, eq=False)
class Impact:
    """What the step from one grant design to another does to the observed runs.

    `runs` are those that did their job, `stopped` those of them that only the other design stops, `stopped_before`
    those that the one of today would stop too; `unjudged` runs are of nobody knows whom. `left_out` is the chance that
    a run would have stopped that was left out of those that the scopes are made of, None where no scope follows work.
    `prompts` and `minutes` are how often these runs ask a person and how long they wait, before and after. `wider` are
    rights that somebody has in the other design and has not, or must ask for, in the one of today.
    """

    before: str
    after: str
    rows: tuple[ImpactRow, ...]
    stops: tuple[StoppedRun, ...]
    runs: int
    stopped_before: int
    freed: int
    unjudged: int
    left_out: Interval | None
    prompts: tuple[int, int]
    minutes: tuple[float, float]
    wider: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Impact({self.before} -> {self.after}: {len(self.stops)} of {self.runs} runs stopped)"

    @property
    def stopped(self) -> int:
        """How many runs only the other design stops."""
        return len(self.stops)

    @property
    def calls(self) -> int:
        """How many calls were judged."""
        return sum(row.calls for row in self.rows)

    @property
    def widens(self) -> bool:
        """True if a call or a right is allowed that was not."""
        return bool(self.wider) or any(row.allowed for row in self.rows)

    def share(self, name: str) -> Interval:
        """`stopped`: of the runs that did their job, those that only the other design stops. `denied`, `asked`,
        `allowed`: of all calls, those that are so and were not. `left-out`: see `left_out`.

        Each is an interval, for what was seen is a sample of the work. Raises QuestionError for another name.
        """
        if name == "stopped":
            return wilson(self.stopped, self.runs)
        if name == "left-out":
            if self.left_out is None:
                raise QuestionError(f"no scope under {self.after} follows from runs: `left-out` says nothing there")
            return self.left_out
        if name not in SHARES:
            raise QuestionError(f"an impact has no {name!r}: {nearest(name, SHARES)}")
        return wilson(sum(getattr(row, name) for row in self.rows), self.calls)

    @property
    def summary(self) -> str:
        """What it comes to, in a few sentences."""
        text = f"From {self.before} to {self.after}, {self.stopped:,} of {self.runs:,} runs that did their job would "
        text += f"have stopped ({spread(self.share('stopped'))})"
        if self.stops:
            first = max(self.rows, key=lambda row: row.stopped)
            text += f", most of them at {first.operation} of {first.who}"
        changes = ", ".join(f"{sum(getattr(row, each) for row in self.rows):,} newly {each}" for each in _CHANGES)
        text += f". Of {self.calls:,} calls, {changes}. "
        if self.prompts != (0, 0):
            before, after = self.minutes
            text += f"People are asked {self.prompts[1]:,} times (before: {self.prompts[0]:,}), and the runs wait "
            text += f"{format_number(after)} minutes ({format_number(before)}). "
        if self.left_out is not None:
            text += "A run that was left out of those that the scopes are made of would have stopped with "
            text += f"{spread(self.left_out)}. "
        return text + self._more()

    def _more(self) -> str:
        text = f"{self.stopped_before:,} more stop under both. " if self.stopped_before else ""
        text += f"{self.freed:,} that stop today go on. " if self.freed else ""
        text += f"{len(self.wider):,} rights are wider. " if self.wider else ""
        if self.unjudged:
            text += f"Of {self.unjudged:,} runs nobody knows whose they are: they are not judged."
        return text.strip()

    def table(self) -> Table:
        """A row for each operation whose calls are answered otherwise, the one that stops most runs first."""
        changed = sorted((row for row in self.rows if row.changes), key=_weight)
        rows = [
            (
                *(row.who, row.operation, row.calls, row.denied, row.asked, row.allowed, row.stopped),
                spread(row.left_out) if row.left_out else None,
            )
            for row in changed[:SHOWN]
        ]
        note = "denied, asked, allowed: calls that are so and were not; wrong if left out: the chance that a call of a "
        note += "run is denied by scopes made of the other runs (95 %)"
        note += f"; {SHOWN} of {len(changed):,} rows: JSON has all" if len(changed) > SHOWN else ""
        columns = ("who", "operation", "calls", "denied", "asked", "allowed", "runs stopped here", "wrong if left out")
        return Table(columns, rows, title=f"from {self.before} to {self.after}", note=note)

    def tables(self) -> list[Table]:
        """What changes for calls, and the rights that are wider; each if there is any."""
        wider = [(each,) for each in self.wider[:SHOWN]]
        note = f"{SHOWN} of {len(self.wider):,}: JSON has all" if len(self.wider) > SHOWN else ""
        found = [self.table(), Table(("right",), wider, title="wider, whether it was used or not", note=note)]
        return [table for table in found if table.rows]

    def to_dict(self) -> dict[str, Any]:
        """The impact as plain data."""
        shares = {name: self.share(name).to_dict() for name in SHARES if name != "left-out" or self.left_out}
        return {
            "before": self.before,
            "after": self.after,
            "runs": self.runs,
            "stopped_before": self.stopped_before,
            "freed": self.freed,
            "unjudged": self.unjudged,
            "shares": shares,
            "prompts": dict(zip(("before", "after"), self.prompts, strict=True)),
            "minutes": dict(zip(("before", "after"), self.minutes, strict=True)),
            "calls": [row.to_dict() for row in self.rows],
            "stops": [stop.to_dict() for stop in self.stops],
            "wider": list(self.wider),
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


SHOWN = 40
"""So many rows and wider rights are listed."""
_CHANGES = ("denied", "asked", "allowed")


def _weight(row: ImpactRow) -> tuple[object, ...]:
    return -row.stopped, -row.denied, -row.allowed, -row.asked, row.who, row.operation


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that the answer keeps, shipped as `simkit/impacts/impact.schema.json`."""
    found: dict[str, Any] = json.loads((files("simkit.impacts") / "impact.schema.json").read_text("utf-8"))
    return found


def spread(found: Interval) -> str:
    """A share with its interval."""
    return f"{percent(found.estimate)} [{percent(found.low)}, {percent(found.high)}]"


def impact(
    scenario: Scenario,
    after: Scenario | None = None,
    *,
    before_policy: PolicyName = None,
    after_policy: PolicyName = None,
) -> Impact:
    """What the step from `before_policy` in `scenario` to `after_policy` in `after` does to the observed runs.

    `after` is the other scenario, such as a narrowed one (None: the same); the policies are names, GrantPolicies, or
    None for the one in force. The runs are those of `scenario`. Nothing is attacked: each call is held against both
    designs, by the rules that attacks meet.

    Raises QuestionError where no run was observed, or the two designs are one; PolicyError for an unknown policy.

    >>> import simkit
    >>> airline = simkit.load("scenarios/taubench-airline/airline.yaml")
    >>> simkit.impact(airline, before_policy="rbac", after_policy="rbac-context").stopped
    0
    """
    other = checked_scenario(scenario) if after is None else checked_scenario(after)
    if not scenario.observed:
        raise QuestionError(f"{scenario.name} has no observed run, so nothing can be held against it: add `observed`")
    old, new = scenario.grant_policy(before_policy), other.grant_policy(after_policy)
    if after is None and old == new:
        raise QuestionError(f"{old.name} is both designs, so nothing can change: name another policy, or another file")
    names = (old.name, new.name) if after is None else (f"{scenario.name} ({old.name})", f"{other.name} ({new.name})")
    designs = GrantDesign.of(scenario.model, scenario.response, old), GrantDesign.of(other.model, other.response, new)
    good = [run for run in scenario.observed if run.success]
    left_out = LeftOut.of(other.model, other.response, new, good[:MOST_LEFT_OUT])
    books = _Books(left_out)
    for run in scenario.observed:
        books.take(run, designs)
    for run in good[:MOST_LEFT_OUT]:
        books.leave_out(run)
    delays = (scenario.response.approval_delay.mean / 60, other.response.approval_delay.mean / 60)
    return books.close(names, delays, tuple(_wider(*designs)))


def _wider(old: GrantDesign, new: GrantDesign) -> Iterator[str]:
    for name in new.cut.model.identities:
        before, after = old.widths(name) if name in old.cut.model.identities else {}, new.widths(name)
        for (operation, target), width in after.items():
            was = before.get((operation, target), _NOT)
            if width < min(was, _covered(old, name, operation, target, was)):
                yield f"{name}: {operation}{f' on {target}' if target else ''}"


_NOT = 2
"""The width of what somebody may not."""


def _covered(design: GrantDesign, identity: str, operation: str, target: str, was: int) -> int:
    """The width of a grant that `identity` has on what contains `target`, where it has none on that itself."""
    if was < _NOT or operation not in design.operations or identity not in design.cut.by_identity:
        return was
    held = (design.cut.sessions[name] for name in design.cut.by_identity[identity])
    return min((design.use(session, (operation, target)).width for session in held), default=was)


@dataclass(slots=True)
class _Books:
    """Counts, run by run."""

    left_out: LeftOut
    rows: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    stops: list[StoppedRun] = field(default_factory=list)
    runs: int = 0
    stopped_before: int = 0
    freed: int = 0
    unjudged: int = 0
    prompts: list[int] = field(default_factory=lambda: [0, 0])
    tried: int = 0
    failed: int = 0

    def take(self, run: ObservedRun, designs: tuple[GrantDesign, GrantDesign]) -> None:
        """Hold `run` against both designs."""
        old, new = (design.answers(run) for design in designs)
        if old is None or new is None:
            self.unjudged += 1
            return
        seen = set()
        for call, before, after in zip(run.calls, old, new, strict=True):
            row = self._row(run, call.operation)
            row["calls"] += 1
            row["runs"] += call.operation not in seen
            seen.add(call.operation)
            if before.answer != after.answer and not (after.answer == DENIED and call.outcome == "denied"):
                row[_change(before, after)] += 1
        self._stop(run, old, new)

    def _stop(self, run: ObservedRun, old: Sequence[CallAnswer], new: Sequence[CallAnswer]) -> None:
        """Whether the run stops; a call that was denied when it ran stops nothing."""
        before, after = (_first(run, answers) for answers in (old, new))
        for side, (at, answers) in enumerate(((before, old), (after, new))):
            self.prompts[side] += prompts(answers[:at])
        if not run.success:
            return
        self.runs += 1
        self.stopped_before += before is not None and after is not None
        self.freed += before is not None and after is None
        if before is None and after is not None:
            call = run.calls[after]
            self._row(run, call.operation)["stopped"] += 1
            self.stops.append(StoppedRun(_who(run), after + 1, call.operation, call.target, run.source))

    def leave_out(self, run: ObservedRun) -> None:
        """Hold `run` against the design of the others."""
        answers = self.left_out.answers(run)
        if answers is None:
            return
        self.tried += 1
        self.failed += _first(run, answers) is not None
        for call, each in zip(run.calls, answers, strict=True):
            if call.outcome != "denied":
                row = self._row(run, call.operation)
                row["tried"] += 1
                row["failed"] += each.answer == DENIED

    def _row(self, run: ObservedRun, operation: str) -> dict[str, int]:
        return self.rows.setdefault((_who(run), operation), dict.fromkeys(_COUNTED, 0))

    def close(self, names: tuple[str, str], delays: tuple[float, float], wider: tuple[str, ...]) -> Impact:
        """What was counted. `delays` are minutes for a prompt."""
        made = [_row_of(who, operation, row) for (who, operation), row in self.rows.items()]
        return Impact(
            *names,
            rows=tuple(made),
            stops=tuple(self.stops),
            runs=self.runs,
            stopped_before=self.stopped_before,
            freed=self.freed,
            unjudged=self.unjudged,
            left_out=_chance(self.failed, self.tried),
            prompts=(self.prompts[0], self.prompts[1]),
            minutes=(self.prompts[0] * delays[0], self.prompts[1] * delays[1]),
            wider=wider,
        )


def _row_of(who: str, operation: str, row: Mapping[str, int]) -> ImpactRow:
    counted = {name: row[name] for name in _COUNTED if name not in ("failed", "tried")}
    return ImpactRow(who, operation, **counted, left_out=_chance(row["failed"], row["tried"]))


_COUNTED = ("calls", "runs", "denied", "asked", "allowed", "stopped", "failed", "tried")


def _chance(failed: int, tried: int) -> Interval | None:
    return wilson(failed, tried) if tried else None


def _who(run: ObservedRun) -> str:
    return f"task {run.task}" if run.task else run.identity


def _change(before: CallAnswer, after: CallAnswer) -> str:
    """What a call is now and was not: less than before is denied or asked, more is allowed."""
    return after.answer if after.width > before.width else ALLOWED


def _first(run: ObservedRun, answers: Iterable[CallAnswer]) -> int | None:
    """The first call that is denied, and was not when it ran."""
    calls = enumerate(zip(run.calls, answers, strict=True))
    return next((at for at, (call, each) in calls if each.answer == DENIED and call.outcome != "denied"), None)
