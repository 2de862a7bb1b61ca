"""Where a row of changes stands: the scenario after them, what they removed, and what is lost then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from simkit.attackgraph import Fact
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.recommendation.effect import PairedLosses
from simkit.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Stage:
    """`begin` after the `changes`; `removed` are the supports that are gone, None if one of them does something else.
    The scenario is made from that of the stage `before` when somebody asks for it, for most are only compared."""

    begin: Scenario
    removed: frozenset[Fact] | None
    losses: PairedLosses
    changes: tuple[Narrowing, ...] = ()
    before: Stage | None = None

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario after all changes, one after the other."""
        return self.changes[-1].apply(self.before.scenario) if self.before else self.begin

    def after(self, narrowing: Narrowing) -> Stage:
        """The stage after `narrowing`; its losses are those of here until somebody measures."""
        gone = narrowing.removes()
        removed = None if gone is None or self.removed is None else self.removed | gone
        return replace(self, removed=removed, changes=(*self.changes, narrowing), before=self)
