"""What observed runs say of each grant: used, perhaps used, or not shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from simkit.entitlements import Grant
from simkit.model import Model, ObservedRun
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

    def add(self, calls: Iterable[Grant], covering: Covering) -> None:
        """One run that made `calls`, each an operation with its target, which may be empty."""
        wide = {operation for operation, target in calls if not target}
        self.wide.update(wide)
        narrow = {grant for operation, target in calls if target for grant in covering(operation, target)}
        self.narrow.update(grant for grant in narrow if grant[0] not in wide)

    def of(self, grant: Grant) -> int:
        """How many runs."""
        return self.wide[grant[0]] + self.narrow[grant]


class ObservedUses:
    """What the runs of a model say of the grants of one identity.

    A run counts where it used the rights of `identity`, and where it called a tool that runs as it. One of which nobody
    knows who ran may have been anybody's.
    """

    def __init__(self, model: Model, identity: str, runs: Iterable[ObservedRun], covering: Covering) -> None:
        self._used, self._perhaps = _Counts(), _Counts()
        self._blind: Counter[tuple[str, ...]] = Counter()
        self._shows: dict[tuple[str, ...], ObservedRun] = {}
        for run in runs:
            own = model.caller(run) == identity
            nobody = not run.task and not run.identity
            mine = [each for each in run.calls if own or nobody or model.tool_of(each.operation).runs_as == identity]
            ran = {(each.operation, each.target) for each in mine if each.outcome in RAN}
            maybe = {(each.operation, each.target) for each in mine if each.outcome in ("pending", "unknown")}
            if nobody:
                maybe, ran = maybe | ran, set()
            self._used.add(ran, covering)
            self._perhaps.add(maybe, covering)
            if own and run.blind_to:
                self._blind[run.blind_to] += 1
                self._shows[run.blind_to] = run

    def of(self, grant: Grant) -> SeenUses:
        """What they say of `grant`."""
        blind = sum(count for key, count in self._blind.items() if not self._shows[key].would_show(grant[0]))
        return SeenUses(self._used.of(grant), self._perhaps.of(grant), blind)
