"""The responders of an attack graph as arrays: who deals with which fact, by which actions, and what that ends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph.facts import ACTIONS, ENDS, UNKNOWN, Containment, Fact
from simkit.distributions import Distribution, ticks
from simkit.fate import key_hash, key_hashes, threshold

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]
NOBODY = -1
Containing = Callable[[Collection[Fact]], Containment]
"""The defenders, as far as some facts are concerned."""


@dataclass(frozen=True, slots=True, eq=False)
class Responders:
    """By fact: `knowable`, `by` (the responder, `NOBODY` for none), `ended_by` (a bit for each of `ACTIONS`), `group`
    (-1 for none; its facts are in `member_ptr`, `member_idx`), `forgotten` and `overlooked` (thresholds), `key` (of the
    draw for both), `spread` (ms until an action has spread) and what it gives away (`told_ptr`, `told_idx`). By row,
    each one action of one responder: `action`, `of`, `delay` (a table) and `fate` (the key of its draw). `lag` is a
    table.
    """

    knowable: Flags
    by: Ints
    ended_by: Ints
    group: Ints
    member_ptr: Ints
    member_idx: Ints
    forgotten: Words
    overlooked: Words
    key: Words
    spread: Ints
    told_ptr: Ints
    told_idx: Ints
    action: Ints
    of: Ints
    delay: Ints
    fate: Words
    lag: int

    def told(self, fact: int) -> list[int]:
        """The facts that `fact` gives away."""
        return [int(i) for i in self.told_idx[self.told_ptr[fact] : self.told_ptr[fact + 1]]]

    def members(self, fact: int) -> list[int]:
        """The facts of the group of `fact`; itself, where it has none."""
        group = self.group[fact]
        if group < 0:
            return [fact]
        return [int(i) for i in self.member_idx[self.member_ptr[group] : self.member_ptr[group + 1]]]


def responders_of(
    defenders: Containment | Containing, index: Mapping[Fact, int], keys: Words, row: Callable[[Distribution], int]
) -> Responders:
    """The arrays of `defenders` for the facts of `index`, whose own keys are `keys`; `row` numbers distributions."""
    containment = defenders if isinstance(defenders, Containment) else defenders(index)
    kinds = [fact.kind for fact in index]
    rows = [(number, action) for number, actions in enumerate(containment.responders) for action in actions]
    group, member_ptr, member_idx = _groups(containment.groups, index)
    told_ptr, told_idx = _told(containment.told, index)
    return Responders(
        knowable=np.array([kind not in UNKNOWN for kind in kinds], dtype=np.bool_),
        by=_by_fact(index, containment.by, NOBODY, np.int64),
        ended_by=_ended_by(kinds, index, containment.spared),
        group=group,
        member_ptr=member_ptr,
        member_idx=member_idx,
        forgotten=_by_fact(index, _thresholds(containment.forgotten), 0, np.uint64),
        overlooked=_by_fact(index, _thresholds(containment.overlooked), 0, np.uint64),
        key=_keys(containment.fates, index, keys),
        spread=_by_fact(index, {f: ticks(s) for f, s in containment.spread.items()}, 0, np.int64),
        told_ptr=told_ptr,
        told_idx=told_idx,
        action=np.array([ACTIONS.index(action.kind) for _, action in rows], dtype=np.int64),
        of=np.array([number for number, _ in rows], dtype=np.int64),
        delay=np.array([row(action.delay) for _, action in rows], dtype=np.int64),
        fate=np.array([key_hash(f"response:{a.fate}") if a.fate else 0 for _, a in rows], dtype=np.uint64),
        lag=row(containment.lag),
    )


def credential_hashes(names: Sequence[str]) -> Words:
    """The key of what is drawn for each of the credentials `names`, or for whatever shares its fate."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    found = key_hashes(f"credential:{name}" for name in numbers)
    return found[[numbers[name] for name in names]]


def _ended_by(kinds: Sequence[str], index: Mapping[Fact, int], spared: Mapping[Fact, tuple[str, ...]]) -> Ints:
    masks = {kind: _bits(action for action in ACTIONS if kind in ENDS[action]) for kind in set(kinds)}
    found = np.array([masks[kind] for kind in kinds], dtype=np.int64)
    for fact, actions in spared.items():
        if actions and fact in index:
            found[index[fact]] &= ~_bits(actions)
    return found


def _bits(actions: Iterable[str]) -> int:
    return sum(1 << ACTIONS.index(action) for action in actions)


def _thresholds(chances: Mapping[Fact, float]) -> dict[Fact, int]:
    return {fact: threshold(chance) for fact, chance in chances.items()}


def _keys(fates: Mapping[Fact, str], index: Mapping[Fact, int], own: Words) -> Words:
    found, here = own.copy(), {fact: name for fact, name in fates.items() if fact in index}
    found[[index[fact] for fact in here]] = credential_hashes([*here.values()])
    return found


def _by_fact(index: Mapping[Fact, int], given: Mapping[Fact, int], default: int, kind: type) -> NDArray[Any]:
    found: NDArray[Any] = np.full(len(index), default, dtype=kind)
    for fact, value in given.items():
        if fact in index:
            found[index[fact]] = value
    return found


def _groups(groups: Mapping[Fact, str], index: Mapping[Fact, int]) -> tuple[Ints, Ints, Ints]:
    """The group of each fact, and the facts of each group: groups in the order of their names."""
    here = {index[fact]: name for fact, name in groups.items() if fact in index}
    number = {name: n for n, name in enumerate(sorted(set(here.values())))}
    group = np.full(len(index), -1, dtype=np.int64)
    members: dict[int, list[int]] = {each: [] for each in number.values()}
    for place in sorted(here):
        group[place] = each = number[here[place]]
        members[each].append(place)
    return group, *_joined(members, len(members))


def _told(told: Mapping[Fact, tuple[Fact, ...]], index: Mapping[Fact, int]) -> tuple[Ints, Ints]:
    here = ((index[fact], others) for fact, others in told.items() if fact in index)
    found = {number: [index[other] for other in others if other in index] for number, others in here}
    return _joined(found, len(index))


def _joined(lists: Mapping[int, Sequence[int]], size: int) -> tuple[Ints, Ints]:
    """So many lists one after the other, and where each begins; those of other numbers are empty."""
    lengths = np.zeros(size, dtype=np.int64)
    lengths[[*lists]] = [*map(len, lists.values())]
    ordered = (lists[number] for number in sorted(lists))
    return np.concatenate([[0], np.cumsum(lengths)]), np.array([*chain.from_iterable(ordered)], dtype=np.int64)
