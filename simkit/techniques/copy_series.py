"""Copies in series: who copies each of many things somewhere, and who finds it there, is said once for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.attackgraph.repeats import Repeats, RepeatsMade, Series, Topic
from simkit.policies import Session
from simkit.techniques.act import RULE_OF, Act, acts, step_of
from simkit.techniques.copies import Staging
from simkit.techniques.runs import TaskRuns
from simkit.techniques.sealed import runtime_in
from simkit.techniques.stage import FIND, STAGE, find_in_file, find_in_input, find_late, noticed, taken_with
from simkit.techniques.world import REPLAYS, STEERS, concludes, has, kept_inside

Ints = NDArray[np.int64]
Led = Collection[Fact] | None
"""Facts to which an attack may lead: steps that need others are not made. None where all are to be made."""


def written(staging: Staging, led: Led = None) -> Repeats:
    """stage: steers(s) + seen(s, r) + a write of s to p -> copied(r, p)."""
    copies = _CopySeries(staging, led)
    if staging.copies:
        writing = [name for name in staging.hands if name in staging.steered and staging.hands[name].writes]
        by = [name for name in writing if copies.is_led_to(has(STEERS, name))]
        for act in acts(staging.world, {"write": RULE_OF["write"]}, of=dict.fromkeys(by)):
            copies.stage(act)
    return copies.made.made()


def found(staging: Staging, led: Led = None) -> tuple[list[Step], Repeats]:
    """find: whoever reads p has from there what was copied to it: steered, in a run, in a runtime, or off host. What a
    run finds, and code in a runtime, is not much."""
    copies = _CopySeries(staging, led)
    if not staging.copies:
        return [], copies.made.made()
    for name in sorted(staging.steered):
        hands = staging.hands[name]
        if hands.hands_on and copies.is_led_to(has(STEERS, name)):
            copies.find(hands.session, [place for place in hands.sees if place in staging.copies])
    steps = [*_in_runs(staging), *copies.find_off_host()]
    return [step for step in steps if step.chance > 0], copies.made.made()


def _in_runs(staging: Staging) -> Iterator[Step]:
    """What a run of a task finds, and code where files lie."""
    runs = TaskRuns.of(staging.world)
    for task in staging.world.model.tasks.values():
        yield from find_in_input(staging, runs, task)
    for name, hands in staging.runtimes.items():
        for place in hands.sees:
            for what in staging.finds(name, place):
                yield from find_in_file(staging.world, hands.session.identities[0], what, place)


@dataclass(slots=True)
class _CopySeries:
    """What may be copied, in the order of `whats`, and the series that say by whom; `number` is the place of each."""

    staging: Staging
    led: Led
    made: RepeatsMade = field(default_factory=RepeatsMade)
    whats: list[str] = field(init=False)
    number: dict[str, int] = field(init=False)
    there: dict[str, tuple[Ints, Ints]] = field(default_factory=dict)
    seen: dict[str, tuple[Ints, Ints]] = field(default_factory=dict)
    given: dict[object, Ints] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.whats = list(dict.fromkeys(what for there in self.staging.copies.values() for what in there))
        self.number = dict(zip(self.whats, self.made.numbers(map(Topic, self.whats)).tolist(), strict=True))

    def is_led_to(self, fact: Fact) -> bool:
        """True if an attack may lead to `fact`."""
        return self.led is None or fact in self.led

    def stage(self, act: Act) -> None:
        """It is the write itself that carries a copy: both share one fate."""
        within = tuple([place for place in act.deed.within if place in self.staging.copies])
        seen, needs = self._seen(act.session) if within else ((), ())
        for way in act.judged.ways.get(STEERS, ()) if len(seen) else ():
            plain = noticed(step_of(act, way, "", ()), STAGE, act)
            series = Series(plain, (f"{act.key(STEERS)} with ", way.name), ("copy ", f" to {act.deed.label}"))
            self.made.add(series, np.asarray(seen), np.asarray(needs), self._copied(within, way.approves)[seen])

    def find(self, session: Session, places: Iterable[str]) -> None:
        """steers(t) + seen(t, p) + copied(r, p) -> seen(t, r)."""
        alert, name, who = self.staging.world.alert(FIND, session.policy), session.name, min(session.identities)
        concluded = self.made.concludes([(concludes("seen", name, what),) for what in self.whats])
        is_news = self._is_news(name)
        for place in places:
            read = Fact("seen", name, self.staging.one_of.get(place, place))
            needed, flow = (has(STEERS, name), read), (Ground("flow", (who, place)),)
            plain = Step("", FIND.name, needed, (), flow, alert=alert.chance, alert_delay=alert.delay)
            end = f" in {place})"
            series = Series(
                plain._replace(logged=alert.logged),
                key=(f"find({name}, ", end),
                label=("find ", end[:-1]),
                fate=(f"find({who}, ", end),
            )
            things, needs = self._there(place, is_news)
            self.made.add(series, things, needs, concluded[things])

    def find_off_host(self) -> Iterator[Step]:
        """replays(t) + a read of p + copied(r, p) -> all that is lost with r, and the tokens in it; those that come
        with the next run of a task are no series."""
        staging = self.staging
        reading = [name for name, hands in staging.hands.items() if not staging.copies.keys().isdisjoint(hands.sees)]
        by = [name for name in reading if self.is_led_to(has(REPLAYS, name))]
        late = [what for what in self.whats if any(token.rate for token in staging.world.held_in(what))]
        is_news = cache(self._is_news)
        for act in acts(staging.world, {"read": RULE_OF["read"]}, of=dict.fromkeys(by)) if staging.replayed else ():
            for mode in act.taking:
                yield from self._find_off_host(act, mode, is_news(act.session), late)

    def _find_off_host(self, act: Act, mode: str, is_news: NDArray[np.bool_], late: list[str]) -> Iterator[Step]:
        world, ways = self.staging.world, act.judged.ways.get(mode, ())
        places = [each for each in act.deed.within if each in self.staging.copies and each not in world.contexts.all]
        plain = [(way, noticed(step_of(act, way, "", ()), FIND, act)) for way in ways if places]
        for place in places:
            things, needs = self._there(place, is_news)
            for way, step in plain:
                series = Series(step, (f"{act.key(mode)} -> ", f" in {place}{way.name}"))
                self.made.add(series, things, needs, self._taken_in(place, mode, way.approves)[things])
            for what in late if plain else ():
                if what in self.staging.copies[place] and is_news[self.number[what]]:
                    for token in [token for token in world.held_in(what) if token.rate]:
                        yield from find_late(act, mode, plain, token, what, Fact("copied", what, place))

    def _is_news(self, name: str) -> NDArray[np.bool_]:
        """By number, what the session called `name` could not see as well by itself."""
        found = np.ones(len(self.whats), dtype=np.bool_)
        found[[self.number[what] for what in self.staging.known(name) if what in self.number]] = False
        return found

    def _there(self, place: str, is_news: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """What is in `place` and is news, and the number of the fact that it is there."""
        if place not in self.there:
            what = self.staging.copies[place]
            facts = self.made.new_facts([Fact("copied", each, place) for each in what])
            self.there[place] = self.made.numbers(map(Topic, what)), facts
        things, needs = self.there[place]
        new = is_news[things]
        return things[new], needs[new]

    def _seen(self, name: str) -> tuple[Ints, Ints]:
        """What the session called `name` may see of all this, and the number of the fact that it does."""
        if name not in self.seen:
            sees = [what for what in self.staging.hands[name].sees if what in self.number]
            facts = [Fact("seen", name, what) for what in sees]
            led = [number for number, fact in enumerate(facts) if self.is_led_to(fact)]
            found = self.made.numbers([Topic(sees[number]) for number in led])
            self.seen[name] = found, self.made.new_facts([facts[number] for number in led])
        return self.seen[name]

    def _copied(self, within: tuple[str, ...], approves: tuple[Conclusion, ...]) -> Ints:
        """By number, what follows where that is written to the places `within`, of which each may hold a copy."""
        if (within, approves) not in self.given:
            copies, made = self.staging.copies, list[tuple[Conclusion, ...]]()
            for what in self.whats:
                copied = [concludes("copied", what, to) for to in within if what in copies[to]]
                made.append((*copied, *approves) if copied else ())
            self.given[within, approves] = self.made.concludes(made)
        return self.given[within, approves]

    def _taken(self, mode: str, approves: tuple[Conclusion, ...]) -> Ints:
        """By number, what follows where that is found in `mode`."""
        inside = runtime_in(mode)
        if (inside, approves) not in self.given:
            self.given[inside, approves] = self.made.concludes(
                [self._taken_with(self.staging.every(what), inside, approves) for what in self.whats]
            )
        return self.given[inside, approves]

    def _taken_in(self, place: str, mode: str, approves: tuple[Conclusion, ...]) -> Ints:
        """The same where it is found in `place`, of which there is no copy in itself."""
        staging, inside = self.staging, runtime_in(mode)
        one = staging.one_of.get(place, "")
        if one not in staging.copies[place]:
            return self._taken(mode, approves)
        if (place, inside, approves) not in self.given:
            found = self._taken(mode, approves).copy()
            others = [what for what in staging.every(one) if what != place]
            found[self.number[one]] = self.made.leads_to(self._taken_with(others, inside, approves))
            self.given[place, inside, approves] = found
        return self.given[place, inside, approves]

    def _taken_with(
        self, whats: Iterable[str], inside: str, approves: tuple[Conclusion, ...]
    ) -> tuple[Conclusion, ...]:
        found = [each for what in whats for each in taken_with(self.staging.world, what)]
        return kept_inside((*found, *approves), inside) if found else ()
