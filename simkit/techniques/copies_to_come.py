"""Whether a copy matters once sessions can do less: who saw something by himself may have to find it elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial

from simkit.attackgraph import Fact
from simkit.entitlements import Grant
from simkit.techniques.copies import Sight, Staging, Use, Uses, sight
from simkit.techniques.stage import STAGE
from simkit.techniques.world import World, has, runs_in


@dataclass(frozen=True, slots=True, eq=False)
class CopiesToCome:
    """A world in which no copy matters, to ask whether that stays so. `reached` is what an attack leads to at most,
    `steered` are the sessions that it may steer, `writers` those of them who could copy something that others look for,
    by the place, and `use_of` says what a grant is good for."""

    world: World
    staging: Staging
    reached: Collection[Fact]
    steered: frozenset[str]
    writers: Mapping[str, tuple[Sight, ...]]
    read_by: Mapping[str, tuple[str, ...]]
    """The places that each session reads and somebody writes to."""
    use_of: Uses

    @classmethod
    def of(cls, world: World, reached: Collection[Fact]) -> CopiesToCome | None:
        """Those of `world`, in which an attack leads to `reached` at most; None where copies matter already, or
        somebody answers what others ask."""
        staging = Staging.of(world)
        world.forget()
        if staging.copies or staging.asked:
            return None
        steered = {name for name in staging.steered if any(has(mode, name) in reached for mode in world.steering)}
        found: dict[str, list[Sight]] = {}
        for name in sorted(steered):
            hands = staging.hands[name]
            for place in hands.writes:
                if not _takes_it_out(hands, place):
                    found.setdefault(place, []).append(hands)
        places: dict[str, list[str]] = {}
        for place, readers in staging.readers.items():
            for each in readers:
                places.setdefault(each.session.name, []).append(place)
        by_place = {place: tuple(those) for place, those in found.items()}
        read_by = {name: tuple(those) for name, those in places.items()}
        return cls(world, staging, reached, frozenset(steered), by_place, read_by, cache(partial(Use.of, world)))

    def may_matter(self, lost: Mapping[str, Collection[Grant]]) -> bool:
        """True unless no copy matters once each session has `lost` these grants; it may be True where none does."""
        left = cache(lambda name: self._left(name, lost[name]))

        def after(hands: Sight) -> Sight:
            return left(hands.session.name) if hands.session.name in lost else hands

        losing = [self.staging.hands[name] for name in lost]
        return any(self._writes_what_it_carried_out(each, after) or self._looks_for(each, after) for each in losing)

    def _left(self, name: str, lost: Collection[Grant]) -> Sight:
        """What the session called `name` sees and hands on without the grants `lost`."""
        reached = self.world.all_sessions[name]
        kept = {grant: how for grant, how in reached.session.grants.items() if grant not in lost}
        return sight(self.world, replace(reached, session=replace(reached.session, grants=kept)), self.use_of)

    def _writes_what_it_carried_out(self, before: Sight, after: Callable[[Sight], Sight]) -> bool:
        """True if a steered session had a way out that was as quick, and now somebody may look for its copies."""
        carried = [place for place in before.writes if _takes_it_out(before, place)]
        if before.session.name not in self.steered or not carried:
            return False
        worth = [what for what in after(before).sees if self.world.matters(what)]
        for place in carried:
            if place in after(before).writes and not _takes_it_out(after(before), place):
                audience = [after(each) for each in self._audience(place, before)]
                known = set.intersection(*(each.freely for each in audience)) if audience else worth
                if any(what != place and what not in known for what in worth):
                    return True
        return False

    def _audience(self, place: str, writer: Sight) -> Iterator[Sight]:
        """Those for whom a copy that `writer` makes in `place` could make a difference."""
        for each in self.staging.readers.get(place, ()):
            taken = self.staging.replayed and place in each.sees
            steered = each is not writer and each.session.name in self.staging.steered and each.hands_on
            if (taken or steered) and self._may_find(writer, each):
                yield each

    def _may_find(self, writer: Sight, reader: Sight) -> bool:
        """True if an attack may lead to `reader`, or if the copying itself, which nobody finds, may show."""
        name, shown = reader.session.name, self.world.alert(STAGE, writer.session.policy)
        if shown.chance or shown.logged:
            return True
        if name in self.staging.runtimes:
            return runs_in(reader.session.identities[0]) in self.reached
        return any(has(mode, name) in self.reached for mode in self.world.modes)

    def _looks_for(self, before: Sight, after: Callable[[Sight], Sight]) -> bool:
        """True if it would look for something that it saw before, where somebody could copy that to."""
        places = self.read_by.get(before.session.name, ())
        writers = [(place, writer) for place in places for writer in self.writers.get(place, ())]
        if not writers:
            return False
        unseen = {what for what in before.freely - after(before).freely if self.world.matters(what)}
        return any(
            not unseen.isdisjoint(writer.sees.keys() - {place}) and self._may_find(writer, before)
            for place, writer in writers
        )


def _takes_it_out(hands: Sight, place: str) -> bool:
    """True if who could copy to `place` brings it out by itself at least as soon, and surely."""
    return hands.leaves_after is not None and place in hands.writes and hands.leaves_after <= hands.writes[place]
