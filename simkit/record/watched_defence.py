"""The defence of a watched replay: what it learns, what it does, what that ends and what survives it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simkit.attackgraph.facts import ACTIONS, ENDS, GROUPED
from simkit.engines.reference import behind
from simkit.engines.reference.defence import Defence
from simkit.record.happenings import ALERTED, RESPONDED, Happening, Validity

if TYPE_CHECKING:
    from simkit.record.watch import Watched


class WatchedDefence(Defence):
    """A defence of the reference that tells what it does. A finding is named by the step that raised its alert."""

    def __init__(self, replay: Watched) -> None:
        super().__init__(replay)
        self.watched = replay
        self.findings: dict[int, int] = {}
        self.noticed: list[tuple[int, ...]] = []

    def act(self, now: int) -> None:
        self.watched.catch_up(now)
        alert = self.alerts[0] if self.alerts else None
        super().act(now)
        if alert is not None and alert[0] == now:
            new = self._new(alert[1])
            self.watched.tell(Happening(ALERTED, now, alert[1], known=new, finding=alert[1]))

    def notice(self, step: int, now: int, first: bool) -> None:
        finding = self.finding_of(step)
        super().notice(step, now, first)
        self.noticed.append(self._new(finding))

    def finding_of(self, step: int) -> int:
        """The finding to which something belongs that `step` rests on or concludes; -1 if nothing of it is known."""
        return next((self.findings[fact] for fact in self._linked(step) if fact in self.findings), -1)

    def _new(self, finding: int) -> tuple[int, ...]:
        """What became known since this was last asked; it belongs to `finding`."""
        new = tuple(sorted(self.known.keys() - self.findings.keys()))
        self.findings.update(dict.fromkeys(new, finding))
        return new

    def respond(self, action: int, due: list[int], now: int) -> None:
        replay = self.watched
        facts = sorted(replay.until)
        before, renewed = replay.standing(facts), {fact: replay.renew[fact] for fact in facts}
        aimed = sorted(set(self._aimed(action, due)))
        super().respond(action, due, now)
        shaken = [fact for fact in facts if replay.renew[fact] != renewed[fact]]
        for fact in shaken:
            replay.revoked[fact] = replay.until[fact]
            replay.shaken(fact, now)
        won = replay.changed(before, facts)
        near = {*aimed, *self._resting_on(shaken)}
        told = Happening(
            RESPONDED,
            now,
            won=won,
            action=ACTIONS[action],
            aimed=tuple(aimed),
            survived=tuple(self._live(sorted(near), now)),
        )
        replay.tell(told)

    def _aimed(self, action: int, due: list[int]) -> Iterator[int]:
        """What `action` is meant to end, also where it cannot."""
        kinds = ENDS[ACTIONS[action]]
        for known in due:
            facts = self.who.members(known) if ACTIONS[action] in GROUPED else [known]
            yield from (fact for fact in facts if self.graph.facts[fact].kind in kinds)

    def _resting_on(self, facts: list[int]) -> Iterator[int]:
        """What was last concluded from one of `facts`."""
        for fact in facts:
            for step in behind(self.graph, fact):
                for place in range(self.graph.conclusion_ptr[step], self.graph.conclusion_ptr[step + 1]):
                    then = int(self.graph.conclusion_idx[place])
                    if self.watched.support.get(then) == place and not self.graph.fact_lasting[then]:
                        yield then

    def _live(self, facts: list[int], now: int) -> Iterator[Validity]:
        """Those of `facts` that go on after `now`."""
        return (found for found in self.watched.standing(facts).values() if found.until > now)
