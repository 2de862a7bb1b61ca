"""Uses in series: what a session does in one way is said once for all that it does it to, and what can be done to a
thing once for all sessions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import Conclusion, Ground, Step
from simkit.attackgraph.repeats import Repeats, Series, Topic
from simkit.attackgraph.rows import each_of, pointers, positions
from simkit.entitlements import Grant, Grants
from simkit.techniques.act import LEAVES, RULE_OF, Act, Performer, Repertoire, collected
from simkit.techniques.deed import NOTHING, Deed
from simkit.techniques.rule import Uses
from simkit.techniques.sealed import runtime_in
from simkit.techniques.use import Way
from simkit.techniques.world import REPLAYS, World, kept_inside

Ints = NDArray[np.int64]
UNWANTED, VARIED = -1, -2
"""Numbers of grants that are no deed, or several."""
DONE, TAKEN = "", REPLAYS
"""What follows a deed: what is done, or also what is taken off host; else what code in the runtime so called takes."""


def steps(world: World, of: Uses | None = None) -> Iterator[Step]:
    """act: replays(s) or steers(s), an entitlement in s, the tool's `runs_as` entitled too -> what the effect does."""
    late, repeats = in_series(world, of)
    yield from (*late, *repeats.steps())


def in_series(world: World, of: Uses | None = None) -> tuple[list[Step], Repeats]:
    """`steps`: those that wait for the run of a task, and all others, which are repeats."""
    table = _UseTable(repertoire_of(world))
    for performer, some in table.repertoire.performers(of):
        table.add(performer, some)
    uses, deeds = table.rows()
    return [*table.late(uses, deeds)], table.repeats(uses, deeds)


def repertoire_of(world: World) -> Repertoire:
    """All that sessions can do in `world` with what they are entitled to, which keeps it."""
    if "repertoire" not in world.worked_out:
        world.worked_out["repertoire"] = Repertoire.of(world, RULE_OF)
    found: Repertoire = world.worked_out["repertoire"]
    return found


class _Numbers(dict[Any, int]):
    """Numbers what it is asked for, one after another."""

    def __missing__(self, key: object) -> int:
        self[key] = len(self)
        return self[key]


class _GrantNumbers(dict[Grant, int]):
    """The number of the deed that each grant allows; `UNWANTED`, or `VARIED`."""

    def __init__(self, number: Callable[[Grant], int]) -> None:
        super().__init__()
        self.number = number

    def __missing__(self, grant: Grant) -> int:
        self[grant] = self.number(grant)
        return self[grant]


def _number(repertoire: Repertoire, of_deed: Callable[[Deed], int], grant: Grant) -> int:
    if grant[0] not in repertoire.wanted:
        return UNWANTED
    return of_deed(repertoire.deed_of(grant, NOTHING)) if repertoire.is_plain(grant) else VARIED


class _Granted(NamedTuple):
    """The grants that somebody has from the start: those that are `used` in one way, the deeds of these, and for each
    the place of the first that fares alike, besides what the session decides: one of `firsts`; and `others`."""

    used: list[Grant]
    deeds: Ints
    like: Ints
    firsts: Collection[int]
    others: list[Grant]
    given: Grants

    def parted(self, columns: Sequence[Iterable[object]]) -> _Granted:
        """The same, where grants fare alike only if `columns` say the same of them, too."""
        return self._replace(**_alike(zip(self.like.tolist(), *columns, strict=True))) if columns else self


def _alike(marks: Iterable[object]) -> dict[str, Any]:
    first: dict[object, int] = {}
    like = [first.setdefault(mark, place) for place, mark in enumerate(marks)]
    return {"like": np.array(like, dtype=np.int64), "firsts": first.values()}


class _Mode(NamedTuple):
    """What each step of one use in one mode leads to: what `follows` the deed, what the session `sees` by it, and what
    approves it. Where that is `odd`, the use itself says what it leads to in this `mode`."""

    use: int
    session: int
    mode: str
    follows: int
    sees: bool
    odd: bool
    approves: int


@dataclass(slots=True)
class _UseTable:
    """Uses in rows: each is a deed that is `done`, `used` as one of `uses` says, which stands for all that are alike
    but for the deed. So many `series` as are `made` are of each of these; `modes` says what each series leads to."""

    repertoire: Repertoire
    deeds: list[Deed] = field(default_factory=list)
    deed_numbers: dict[int, int] = field(default_factory=dict)
    kinds: _Numbers = field(default_factory=_Numbers)
    kind_of: list[int] = field(default_factory=list)
    numbers: _GrantNumbers = field(init=False)
    known: dict[int, _Granted] = field(default_factory=dict)
    uses: list[Act] = field(default_factory=list)
    use_numbers: dict[object, int] = field(default_factory=dict)
    series: list[Series] = field(default_factory=list)
    modes: list[_Mode] = field(default_factory=list)
    made: list[int] = field(default_factory=list)
    sessions: _Numbers = field(default_factory=_Numbers)
    follows: _Numbers = field(default_factory=_Numbers)
    approvals: _Numbers = field(default_factory=lambda: _Numbers({(): 0}))
    manners: dict[tuple[str, str], tuple[int, bool, bool]] = field(default_factory=dict)
    used: list[Ints] = field(default_factory=list)
    done: list[Ints] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.numbers = _GrantNumbers(partial(_number, self.repertoire, self._deed))

    def add(self, performer: Performer, some: Collection[Grant] | None) -> None:
        """Adds what `performer` does with its grants, or with `some` of them."""
        session, world = performer.actor.session, self.repertoire.world
        known = self._granted(session.grants, some)
        known = known.parted([*self._marks(performer, known.used)])
        uses = np.zeros(len(known.used), dtype=np.int64)
        for place in known.firsts:
            grant = known.used[place]
            uses[place] = self._use(self.repertoire.act(performer, grant, known.given[grant]))
        self.used.append(uses[known.like])
        self.done.append(known.deeds)
        gained = world.gained.get(session.name, {})
        later = ((grant, how, facts) for facts, grants in gained.items() for grant, how in grants.items())
        asked = (each for each in later if each[0][0] in self.repertoire.wanted and (some is None or each[0] in some))
        varied = chain(((grant, known.given[grant], ()) for grant in known.others), asked)
        acts = [act for each in varied for act in self.repertoire.varied(performer, *each)]
        if not acts:
            return
        self.used.append(np.array([*map(self._use, acts)], dtype=np.int64))
        self.done.append(np.array([self._deed(act.deed) for act in acts], dtype=np.int64))

    def rows(self) -> tuple[Ints, Ints]:
        """The use and the deed of each row."""
        nothing = np.zeros(0, dtype=np.int64)
        return np.concatenate([nothing, *self.used]), np.concatenate([nothing, *self.done])

    def late(self, uses: Ints, deeds: Ints) -> Iterator[Step]:
        """The steps that wait for the next run of a task."""
        waits = np.array([bool(deed.late and deed.operation.chance > 0) for deed in self.deeds], dtype=np.bool_)
        rows = np.flatnonzero(waits[deeds]) if len(deeds) else ()
        for row in rows:
            yield from (step for step in collected(self._of(int(uses[row]), int(deeds[row]))) if step.chance > 0)

    def repeats(self, uses: Ints, deeds: Ints) -> Repeats:
        """All other steps: one for each use in each mode in which, and each way by which, it may be let through."""
        starts = pointers(self.made)
        of, deed = positions(starts, uses), np.repeat(deeds, np.diff(starts)[uses])
        if self.deeds:
            works = np.array([each.operation.chance > 0 for each in self.deeds], dtype=np.bool_)[deed]
            of, deed = of[works], deed[works]
        conclusions: list[tuple[Conclusion, ...]] = []
        first, more = self._first(of, deed, conclusions), self._more(of, deed, conclusions)
        need, topics = np.full(len(of), -1, dtype=np.int64), list(map(_topic, self.deeds))
        return Repeats(self.series, topics, [], conclusions, of, deed, need, first, more).where(first >= 0)

    def _granted(self, grants: Grants, some: Collection[Grant] | None) -> _Granted:
        """What is known of `grants`, or of `some` of them; those who have the same share one dict."""
        if some is None and id(grants) in self.known:
            return self.known[id(grants)]
        given = grants if some is None else {grant: how for grant, how in grants.items() if grant in some}
        numbers = [*map(self.numbers.__getitem__, given)]
        used, deeds = [g for g, n in zip(given, numbers, strict=True) if n >= 0], [n for n in numbers if n >= 0]
        others = [grant for grant, number in zip(given, numbers, strict=True) if number == VARIED]
        marks = zip(map(self.kind_of.__getitem__, deeds), map(given.__getitem__, used), strict=True)
        found = _Granted(used, np.array(deeds, dtype=np.int64), others=others, given=given, **_alike(marks))
        if some is None:
            self.known[id(grants)] = found
        return found

    def _deed(self, deed: Deed) -> int:
        """The number of `deed`; each is made once."""
        if id(deed) not in self.deed_numbers:
            self.deed_numbers[id(deed)] = len(self.deeds)
            self.deeds.append(deed)
            self.kind_of.append(self.kinds[deed.kind])
        return self.deed_numbers[id(deed)]

    def _marks(self, performer: Performer, used: Sequence[Grant]) -> Iterator[Iterable[object]]:
        """What else is the same for grants that fare alike."""
        (actor, oversight), world = performer, self.repertoire.world
        if len(actor.session.entitled_as) > 1:
            yield map(actor.owner, used)
        if oversight:
            yield map(oversight.waits, used)
        if world.tool_sessions:
            yield (world.modes_of(actor.session.name, operation) for operation, _ in used)

    def _use(self, act: Act) -> int:
        """The number of that of `uses` which is `act` but for its deed."""
        known = act.session, id(act.judged), act.granted, act.unlike, act.grounds[0].names[0]
        if known not in self.use_numbers:
            self.use_numbers[known] = len(self.uses)
            self.uses.append(act)
            before = len(self.series)
            for mode, ways in act.judged.ways.items():
                for way in ways:
                    if way.chance > 0:
                        self.series.append(_series(act, mode, way))
                        self.modes.append(self._mode(act, mode, way))
            self.made.append(len(self.series) - before)
        return self.use_numbers[known]

    def _mode(self, act: Act, mode: str, way: Way) -> _Mode:
        manner = mode, act.deed.operation.effect
        if manner not in self.manners:
            self.manners[manner] = self._manner(*manner)
        said = self.manners[manner]
        return _Mode(len(self.uses) - 1, self.sessions[act.session], mode, *said, self.approvals[way.approves])

    def _manner(self, mode: str, effect: str) -> tuple[int, bool, bool]:
        """What `follows` the deeds of an effect in a mode, whether the session `sees` by them, and whether that is
        `odd`."""
        world, inside = self.repertoire.world, runtime_in(mode)
        taking = mode == REPLAYS or bool(inside)
        drops = mode != REPLAYS and bool(world.sealed.identities) and (effect in LEAVES or effect == "execute")
        odd = drops or bool(world.contexts.all) or effect == "execute" or (effect == "mint" and not taking)
        return self.follows[(inside or TAKEN) if taking else DONE], not taking and effect == "read", odd

    def _of(self, use: int, deed: int) -> Act:
        """That of `uses`, of another deed."""
        act = self.uses[use]
        return Act.of(act.actor, self.deeds[deed], act.judged, act.grounds[0].names[0], act.granted, act.unlike)

    def _first(self, of: Ints, deed: Ints, conclusions: list[tuple[Conclusion, ...]]) -> Ints:
        """What follows from the deed of each row, whoever does it; all that does where that is odd (-1: nothing)."""
        odd, follows = self._said("odd")[of], [*self.follows]
        first, size = np.full(len(of), -1, dtype=np.int64), max(len(self.deeds), 1)
        pairs, which = np.unique(self._said("follows")[of[~odd]] * size + deed[~odd], return_inverse=True)
        numbers = [self._followed(follows[pair // size], self.deeds[pair % size]) for pair in pairs.tolist()]
        first[~odd] = _appended(conclusions, numbers)[which]
        known = {(self.modes[n].use, self.modes[n].mode): n for n in range(len(self.modes))}
        one = np.array([known[each.use, each.mode] for each in self.modes], dtype=np.int64)
        pairs, which = np.unique(one[of[odd]] * size + deed[odd], return_inverse=True)
        modes = ((self.modes[pair // size], pair % size) for pair in pairs.tolist())
        first[odd] = _appended(conclusions, [self._of(m.use, number).concluded(m.mode) for m, number in modes])[which]
        return first

    def _followed(self, follows: str, deed: Deed) -> tuple[Conclusion, ...]:
        if follows == DONE:
            return deed.concluded
        return deed.replayed if follows == TAKEN else kept_inside(deed.replayed, follows)

    def _more(self, of: Ints, deed: Ints, conclusions: list[tuple[Conclusion, ...]]) -> Ints:
        """What the session of each row sees besides, that it can speak to outsiders, and what is approved; -1: nothing
        of these."""
        within = _Numbers({(): 0})
        sees = each_of(lambda each: within[each.within], self.deeds, np.int64)
        says = each_of(lambda each: each.outbound, self.deeds, np.bool_)
        odd = self._said("odd")[of]
        seen = np.where(self._said("sees")[of] & ~odd, sees[deed], 0)
        out, approved = says[deed] & ~odd, self._said("approves")[of]
        rows = np.flatnonzero((seen > 0) | out | (approved > 0))
        marks = self._said("session")[of[rows]]
        for column, size in ((seen, len(within)), (out, 2), (approved, len(self.approvals))):
            marks = marks * size + column[rows]
        _, first, which = np.unique(marks, return_index=True, return_inverse=True)
        places, given, found = [*within], [*self.approvals], list[tuple[Conclusion, ...]]()
        rows_of = rows[first]
        for mode, where, speaks, by in zip(
            *(each[rows_of].tolist() for each in (of, seen, out, approved)), strict=True
        ):
            actor = self.uses[self.modes[mode].use].actor
            spoken = (actor.outbound,) if speaks else ()
            found.append((*actor.sees(places[where]), *spoken, *given[by]))
        more = np.full(len(of), -1, dtype=np.int64)
        more[rows] = _appended(conclusions, found)[which]
        return more

    def _said(self, name: str) -> NDArray[Any]:
        kind = np.bool_ if name in ("odd", "sees") else np.int64
        return np.array([getattr(each, name) for each in self.modes], dtype=kind)


def _appended(conclusions: list[tuple[Conclusion, ...]], found: list[tuple[Conclusion, ...]]) -> Ints:
    """Where each of `found` stands among `conclusions`, to which they are added; -1 for what is empty."""
    there = np.array([bool(each) for each in found], dtype=np.bool_)
    numbers = np.where(there, len(conclusions) + np.cumsum(there) - 1, -1)
    conclusions += [each for each in found if each]
    return numbers


def _series(act: Act, mode: str, way: Way) -> Series:
    """The steps that uses like `act` take in `mode`, let through by `way`."""
    judged, owner, session = act.judged.alert, act.grounds[0].names[0], act.session
    plain = Step(
        key="",
        rule=act.deed.operation.effect,
        premises=act.needs(way),
        conclusions=(),
        grounds=(Ground("entitlement", (owner,), session),),
        chance=way.chance,
        approval=way.approval,
        alert=judged.chance,
        alert_delay=judged.delay,
        logged=judged.logged,
    )
    return Series(plain, (act.begins(mode), f"{act.after}{way.name}"), ("", ""), (f"{act.actor.who}: ", ""))


def _topic(deed: Deed) -> Topic:
    """What a step says of `deed`."""
    shown, operation = deed.shown, deed.operation
    return Topic(
        f"{deed.name}{deed.spared}",
        deed.label,
        deed.name,
        deed.grant,
        operation.chance,
        operation.duration,
        (shown.chance, shown.delay) if shown else None,
    )
