"""What the columns of outcomes mean to people: values of losses, and whom or what each fact touches."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph, Fact
from simkit.blast_radius.quotas import Quotas, Times, value_lost
from simkit.blast_radius.remedies import Remedies
from simkit.model import Goal, Model
from simkit.policies import Session

GROUPS = ("identities", "credentials", "tools", "resources")


@dataclass(frozen=True, eq=False, repr=False)
class Legend:
    """`value` is what each fact costs once it holds; `touched` says for each group which names which facts touch;
    `totals` how many names of the group there are; `goals` the column of each goal (None: nothing concludes it);
    `losses` the "resource:impact" of each fact that costs something; `quotas` what is lost record by record, and
    `remedies` what can be undone, if anything is."""

    value: Mapping[int, float]
    touched: Mapping[str, Mapping[str, tuple[int, ...]]]
    totals: Mapping[str, int]
    goals: Mapping[str, int | None]
    resources: frozenset[str]
    losses: Mapping[int, str] = field(default_factory=dict)
    quotas: Quotas | None = None
    remedies: Remedies | None = None

    @classmethod
    def of(cls, graph: AttackGraph, model: Model, goals: Mapping[str, Goal], sessions: Mapping[str, Session]) -> Legend:
        """The legend of `graph`; `sessions` are all those that its facts name."""
        touched: dict[str, dict[str, list[int]]] = {group: {} for group in GROUPS}
        for number, fact in enumerate(graph.facts):
            for group, name in _touches(fact, model, sessions):
                touched[group].setdefault(name, []).append(number)
        value = _values(graph, model)
        return cls(
            value=value,
            touched={g: {name: tuple(facts) for name, facts in sorted(names.items())} for g, names in touched.items()},
            totals=_totals(model),
            goals={name: graph.index.get(Fact("reached", name)) for name in goals},
            resources=frozenset(model.resources),
            losses={number: f"{graph.facts[number].subject}:{graph.facts[number].object}" for number in value},
            quotas=Quotas.of(graph, model),
            remedies=Remedies.of(graph, model),
        )

    def counts(self, held: NDArray[np.bool_], group: str) -> NDArray[np.int64]:
        """How many names of `group` each row of `held` (rows, facts) touches."""
        from simkit.engines.sums import count_names

        total = np.zeros(len(held), dtype=np.int64)
        count_names(np.ascontiguousarray(held), *self._names[group], total)
        return total

    def counted_value(
        self,
        times: Times,
        *,
        until: int | None = None,
        undone: Mapping[int, NDArray[np.bool_]] | None = None,
    ) -> NDArray[np.float64]:
        """The value lost in each sample until `until` (ms; None: the horizon), as far as quotas let it out, but for
        what is `undone` (by the column of a loss); `times` says of some facts when each sample first reached them."""
        if self.quotas is not None or undone:
            return value_lost(self.value, self.quotas, times, until=until, undone=undone)
        first = times(list(self.value))
        held = first >= 0 if until is None else (first >= 0) & (first <= until)
        return _added_up(held, range(first.shape[1]), self._values)

    def value_until_each(self, times: Times, moments: Sequence[int]) -> Iterator[NDArray[np.float64]]:
        """`counted_value` until each of `moments` (ms): added up again only where somebody has lost more since."""
        if self.quotas is not None:
            yield from (self.counted_value(times, until=moment) for moment in moments)
            return
        first = times(list(self.value))
        lost = np.flatnonzero((first >= 0).any(axis=0))
        first, values = first[:, lost], self._values[lost]
        known: dict[int, NDArray[np.float64]] = {}
        for count, moment in zip(np.searchsorted(np.unique(first), moments, "right").tolist(), moments, strict=True):
            if count not in known:
                known[count] = _added_up((first >= 0) & (first <= moment), range(len(lost)), values)
            yield known[count]

    def lost_value(self, held: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The value lost in each row of `held` (rows, facts), whatever the quotas, added up in the order of the facts'
        names."""
        return _added_up(held, self.value, self._values)

    @cached_property
    def _values(self) -> NDArray[np.float64]:
        return np.fromiter(self.value.values(), dtype=np.float64, count=len(self.value))

    @cached_property
    def _names(self) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """For each group the facts that touch its names, one name after the other, and where those of each begin."""
        return {
            group: (
                np.cumsum([0, *map(len, names.values())], dtype=np.int64),
                np.fromiter(chain.from_iterable(names.values()), dtype=np.int64),
            )
            for group, names in self.touched.items()
        }


def _added_up(held: NDArray[np.bool_], columns: Collection[int], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The `values` of what each row of `held` holds of `columns`, in which the losses stand."""
    from simkit.engines.sums import add_weights

    facts, total = np.fromiter(columns, dtype=np.int64, count=len(columns)), np.zeros(len(held))
    add_weights(np.ascontiguousarray(held), facts, values, total)
    return total


def _totals(model: Model) -> dict[str, int]:
    """How many there are of each group; of what is alike, all."""
    people = sum(identity.count for identity in model.identities.values())
    secrets = sum(model.identities[credential.identity].count for credential in model.credentials.values())
    return dict(zip(GROUPS, (people, secrets, len(model.tools), len(model.resources)), strict=True))


def _values(graph: AttackGraph, model: Model) -> dict[int, float]:
    found = {}
    for number, fact in enumerate(graph.facts):
        if fact.kind == "lost":
            value = model.resources[fact.subject].value.get(fact.object, 0.0)
            if value:
                found[number] = value
    return found


def _touches(fact: Fact, model: Model, sessions: Mapping[str, Session]) -> list[tuple[str, str]]:
    """Whom or what holding `fact` means that the attacker reached."""
    if fact.kind in ("replays", "steers", "errs", "drives"):
        return [("identities", name) for name in sessions[fact.subject].identities]
    if fact.kind == "runs_in":
        return [("identities", fact.subject)]
    if fact.kind in ("holds", "kept"):
        credential = fact.subject.rpartition("@")[0] or fact.subject
        name = fact.subject if fact.subject in model.credentials else credential
        return [("credentials", name)] if name in model.credentials else []
    if fact.kind == "performed":
        return [("tools", fact.subject.partition(".")[0])]
    if fact.kind in ("lost", "deleted", "inside"):
        return [("resources", fact.subject)]
    return [("resources", fact.object)] if fact.kind == "seen" else []
