"""What observed runs say of each grant: used, perhaps used, or not shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import NamedTuple

from simkit.entitlements import Grant
from simkit.model import Model, ObservedCall, ObservedRun
from simkit.model.tasks import RAN

Covering = Callable[[str, str], Iterable[Grant]]
"""The grants that cover an operation on a target."""


class SeenUses(NamedTuple):
    """Of one grant: runs that used it, runs that may have used it, runs whose recording would not show it."""

    used: int
    perhaps: int
    blind: int


@dataclass(slots=True)
class _Counts:
    """Runs by operation (called on an unknown target) and by grant."""

    wide: Counter[str] = field(default_factory=Counter)
    narrow: Counter[Grant] = field(default_factory=Counter)

    def add(self, calls: Iterable[Grant], covering: Covering, times: int) -> None:
        """So many runs that made `calls`, each an operation with its target, which may be empty."""
        wide = {operation for operation, target in calls if not target}
        narrow = {grant for operation, target in calls if target for grant in covering(operation, target)}
        for operation in wide:
            self.wide[operation] += times
        for grant in narrow:
            if grant[0] not in wide:
                self.narrow[grant] += times

    def of(self, grant: Grant) -> int:
        """How many runs."""
        return self.wide[grant[0]] + self.narrow[grant]


class _RunForm(NamedTuple):
    """What counts of a run: many are alike."""

    ran: frozenset[Grant]
    maybe: frozenset[Grant]


class ObservedUses:
    """What the runs of a model say of the grants of its identities.

    A run counts for the identity whose rights it used, and for those that the tools run as that it called. One of which
    nobody knows who ran may have been anybody's.
    """

    def __init__(self, model: Model, runs: Iterable[ObservedRun]) -> None:
        self._own: dict[str, Counter[_RunForm]] = {}
        self._anybodys: Counter[_RunForm] = Counter()
        for run in runs:
            caller = model.caller(run)
            if caller:
                self._own.setdefault(caller, Counter())[_form(run.calls)] += 1
            else:
                form = _form(run.calls)
                self._anybodys[_RunForm(frozenset(), form.ran | form.maybe)] += 1
            through: dict[str, list[ObservedCall]] = {}
            for call in run.calls:
                runs_as = model.tool_of(call.operation).runs_as
                if runs_as and runs_as != caller:
                    through.setdefault(runs_as, []).append(call)
            for identity, calls in through.items():
                self._own.setdefault(identity, Counter())[_form(calls)] += 1

    def of(self, identity: str, runs: Iterable[ObservedRun], covering: Covering) -> GrantUses:
        """What they say of the grants of `identity`, of which `runs` are the evidence."""
        blind = Counter(run.blind_to for run in runs if run.blind_to)
        return GrantUses(self._own.get(identity, Counter()), self._anybodys, blind, covering)


class GrantUses:
    """What observed runs say of the grants of one identity."""

    def __init__(
        self,
        own: Counter[_RunForm],
        anybodys: Counter[_RunForm],
        blind: Counter[tuple[str, ...]],
        covering: Covering,
    ) -> None:
        self._used, self._perhaps = _Counts(), _Counts()
        self._blind = blind
        for form, times in (*own.items(), *anybodys.items()):
            self._used.add(form.ran, covering, times)
            self._perhaps.add(form.maybe, covering, times)

    def of(self, grant: Grant) -> SeenUses:
        """What they say of `grant`."""
        blind = sum(times for globs, times in self._blind.items() if any(fnmatchcase(grant[0], glob) for glob in globs))
        return SeenUses(self._used.of(grant), self._perhaps.of(grant), blind)


def _form(calls: Iterable[ObservedCall]) -> _RunForm:
    ran, maybe = set(), set()
    for call in calls:
        if call.outcome in RAN:
            ran.add((call.operation, call.target))
        elif call.outcome != "denied":
            maybe.add((call.operation, call.target))
    return _RunForm(frozenset(ran), frozenset(maybe))
