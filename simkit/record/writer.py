"""What happens in a watched replay, written as lines of the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simkit.attackgraph import AttackGraph, Fact, Step
from simkit.distributions import FOREVER
from simkit.engines.reference import Fates
from simkit.fate import Stream
from simkit.record import ocsf
from simkit.record.happenings import (
    ALERTED,
    CLOSED,
    CUT_SHORT,
    ENDED,
    EXECUTED,
    EXPIRED,
    LEARNED,
    RESPONDED,
    REVOKED,
    RUN_OVER,
    WAITING,
    Happening,
    Validity,
)
from simkit.record.header import clock
from simkit.record.ocsf import Line
from simkit.record.reasons import ALLOWED, rule_of, session_of, why_closed, why_cut_short, why_executed, why_refused
from simkit.record.views import MODES, Views, written
from simkit.techniques.grounds import grant_of, kind_of


@dataclass(slots=True)
class Writer:
    """Turns each Happening into lines. `epoch` is the start of the replay in milliseconds since 1970."""

    graph: AttackGraph
    fates: Fates
    views: Views
    epoch: int
    lines: list[Line] = field(default_factory=list)
    held: set[Fact] = field(default_factory=set)
    silencing: Mapping[Fact, tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.silencing = _silencing(self.graph)

    def hear(self, happening: Happening) -> None:
        """Write what `happening` says."""
        if happening.kind == EXECUTED:
            self._executed(happening)
        elif happening.kind == ENDED:
            self._end(happening.at, happening.ended, happening.why)
        elif happening.kind == RESPONDED:
            self._responded(happening)
        elif happening.kind == ALERTED:
            self._found(happening, ocsf.CREATE, "alert: {}")
        elif happening.kind == LEARNED:
            self._found(happening, ocsf.UPDATE, "responders follow the log of {}")
        else:
            self._refused(happening)

    def _executed(self, happening: Happening) -> None:
        step = self.graph.steps[happening.step]
        won = [(self.graph.facts[change.fact], change) for change in happening.won]
        apart = {fact for fact, _ in won if fact.kind == "holds" or fact.kind in MODES}
        unseen: Line = {"unseen": True} if not self.held.isdisjoint(step.silenced) else {}
        self.held.update(fact for fact, _ in won)
        here = [self._state(change) for fact, change in won if fact not in apart]
        self._step(happening.at, step, "executed", ALLOWED, why_executed(step, self.views), here, **unseen)
        for fact, change in won:
            if fact.kind == "holds":
                self._token(happening.at, step, fact, change)
            elif fact.kind in MODES:
                self._session(happening.at, fact, change)
            else:
                self._widened(happening.at, fact)
            if fact in self.silencing and change.since == happening.at:
                self._silenced(happening.at, fact)

    def _refused(self, happening: Happening) -> None:
        step = self.graph.steps[happening.step]
        if happening.kind == CUT_SHORT:
            decision, why = why_cut_short(self.graph.facts[happening.ended[0]])
        elif happening.why == CLOSED:
            decision, why = why_closed()
        else:
            word = self.fates.of_step(Stream.SUCCESS, happening.step)
            decision, why = why_refused(step, word, self.views)
        outcome = {ALLOWED: "failed"}.get(decision, "cut short" if happening.kind == CUT_SHORT else "denied")
        self._step(happening.at, step, outcome, decision, why, [])

    # ----------------------------------------------------------- responders

    def _found(self, happening: Happening, activity: int, text: str) -> None:
        """An alert, or a step whose log shows more; either belongs to a finding, and makes known."""
        step, finding = self.graph.steps[happening.step], self.graph.steps[happening.finding]
        found = {"title": finding.label or finding.key, "uid": finding.key}
        self._write(
            happening.at,
            ocsf.FINDING,
            activity,
            text.format(step.label or step.key),
            rule="alert",
            finding_info=found,
            is_alert=activity == ocsf.CREATE,
            known=[plain(self.graph.facts[fact]) for fact in happening.known],
        )

    def _responded(self, happening: Happening) -> None:
        """What responders do, and what it leaves alive. What it ends has lines of its own, when it ends."""
        names = sorted({self.graph.facts[fact].subject for fact in happening.aimed})
        text = f"response: {happening.action}" + (f" {', '.join(names)}" if names else "")
        survived = [self._state(change) for change in happening.survived]
        facts = [self._state(change) for change in happening.won]
        for event_class, activity, fields in self._response(happening):
            self._write(
                happening.at,
                event_class,
                activity,
                text,
                facts,
                rule="response",
                survived=survived,
                **fields,
            )
            facts = []

    def _left(self, happening: Happening) -> str:
        alive = [f"{self.graph.facts[change.fact]} until {self._end_of_life(change)}" for change in happening.survived]
        return f"{', '.join(alive)}" + (" goes on" if len(alive) == 1 else " go on") if alive else "nothing goes on"

    def _end_of_life(self, change: Validity) -> str:
        return clock(change.until if change.until < FOREVER else None)

    def _response(self, happening: Happening) -> Iterator[tuple[ocsf.EventClass, int, Line]]:
        """One event for each account that is dealt with, or one for the whole action."""
        on_accounts, came_out = ocsf.BY_ACTION.get(happening.action), ocsf.status(True, self._left(happening))
        if on_accounts is None or not happening.aimed:
            none = {} if happening.aimed else ocsf.NOTHING_THERE
            yield ocsf.REMEDIATION, ocsf.EVICT, {"command_uid": happening.action, **came_out, **none}
            return
        for owner in self._accounts(happening.aimed):
            yield ocsf.ACCOUNT, on_accounts, {"user": ocsf.user(owner, self.views.kind(owner)), **came_out}

    def _accounts(self, aimed: Sequence[int]) -> list[str]:
        """Whose sessions these are; where there are none, what the facts are about."""
        facts = [self.graph.facts[fact] for fact in aimed]
        owners = {owner for fact in facts if fact.kind in MODES for owner in self.views.identities(fact.subject)}
        return sorted(owners or {fact.subject for fact in facts})

    # ---------------------------------------------------------------- steps

    def _step(
        self, at: int, step: Step, outcome: str, decision: str, why: str, facts: Sequence[Line], **own: Any
    ) -> None:
        """The line of one step, attempted or executed."""
        event_class, activity, fields = self._kind_of(step, decision)
        self._write(
            at,
            event_class,
            activity,
            step.label or step.key,
            facts,
            rule=step.rule,
            step=step.key,
            outcome=outcome,
            decision=decision,
            identities=list(self._actors(step)),
            **ocsf.status(outcome == "executed", why),
            **fields,
            **own,
        )

    def _kind_of(self, step: Step, decision: str) -> tuple[ocsf.EventClass, int, Line]:
        opened = next((c.fact.subject for c in step.conclusions if c.fact.kind in MODES), "")
        logged = rule_of(step).logged
        if logged == "logon" and opened:
            return ocsf.AUTHENTICATION, ocsf.LOGON, self._logon(step, opened)
        if logged == "switch" and opened and grant_of(step) is None:
            return ocsf.AUTHENTICATION, ocsf.SWITCH, {**self._logon(step, opened), **self._actor(step, decision)}
        if logged:
            return ocsf.API, ocsf.BY_EFFECT.get(step.rule, ocsf.OTHER), self._call(step, decision)
        return ocsf.BASE, ocsf.OTHER, {}

    def _logon(self, step: Step, session: str) -> Line:
        owner = min(self.views.identities(session))
        credential = next((ground.names[0] for ground in step.grounds if ground.kind == "credential"), "")
        given = {"uid": session, **({"credential_uid": credential} if credential else {})}
        named = ocsf.user(owner, self.views.kind(owner))
        return {"user": named, "session": given, "service": {"name": self.views.policy(session) or "identity provider"}}

    def _call(self, step: Step, decision: str) -> Line:
        operation, target = called(step)
        resources = [{"name": target, "uid": target}] if target else []
        source = {"name": self._actors(step)[0] if self._actors(step) else step.rule}
        return {
            "api": {"operation": operation},
            "src_endpoint": source,
            "resources": resources,
            **self._actor(step, decision),
        }

    def _actor(self, step: Step, decision: str) -> Line:
        """Who did it, in which session, and what was decided under which entitlement."""
        actors, session = self._actors(step), session_of(step)
        policy = self.views.policy(session)
        under: Line = {"name": policy} if policy else {"name": "none"}
        grant = grant_of(step)
        if grant is not None:
            under["uid"] = written(grant)
        actor: Line = {"authorizations": [{"decision": decision, "policy": under}]}
        if actors:
            actor["user"] = ocsf.user(actors[0], self.views.kind(actors[0]))
        if session:
            actor["session"] = {"uid": session}
        return {"actor": actor}

    def _actors(self, step: Step) -> tuple[str, ...]:
        """The identities as which `step` is taken: those of its session, or of the one that it opens."""
        session = session_of(step)
        if not session and rule_of(step).logged in ("logon", "agent"):
            session = next((c.fact.subject for c in step.conclusions if c.fact.kind in MODES), "")
        if session:
            return tuple(sorted(self.views.identities(session)))
        return tuple(premise.subject for premise in step.premises if premise.kind == "runs_in")

    # ------------------------------------------------------- tokens, sessions

    def _token(self, at: int, step: Step, fact: Fact, change: Validity) -> None:
        """A token is in the attacker's hands: freshly issued (minted, or for a task's run), or found as it was."""
        issued = step.rule == "mint" or fact.subject in self.views.fresh
        if change.since < at:
            activity, text = ocsf.UPDATE, f"{fact.subject} is held for longer"
        elif issued:
            activity, text = ocsf.CREATE, f"{fact.subject} is issued, and held by the attacker"
        else:
            activity, text = ocsf.OTHER, f"{fact.subject} is held by the attacker"
        self._write(at, ocsf.ENTITY, activity, text, [self._state(change)], **self._entity(fact, text))

    def _entity(self, fact: Fact, comment: str) -> Line:
        return {"entity": {"name": fact.subject, "uid": fact.subject, "type": "credential"}, "comment": comment}

    def _session(self, at: int, fact: Fact, change: Validity) -> None:
        if change.since == at:
            text = f"{'a run begins: ' if change.run else ''}the attack has {fact.subject} ({fact.kind})"
        else:
            text = f"{fact.subject} ({fact.kind}) goes on"
        self._authorized(at, fact, text, [self._state(change)], ends=change.until)

    def _widened(self, at: int, fact: Fact) -> None:
        """An entitlement that is granted widens the live sessions that gain by it."""
        for session in self.views.widened_by(fact):
            had = sorted(each for each in self.held if each.subject == session and each.kind in MODES)
            for each in sorted(had, key=lambda it: MODES.index(it.kind)):
                self._authorized(at, each, f"{session} may do more since {fact}", [], ends=FOREVER)

    def _silenced(self, at: int, fact: Fact) -> None:
        """What is seen no more from now on: the rules of attack whose steps stand in no log any more."""
        whose = f"of {fact.object}" if fact.object else "of anybody"
        rules = ", ".join(self.silencing[fact])
        text = f"nothing {whose} is logged any more: {rules}"
        self._write(at, ocsf.BASE, ocsf.OTHER, text, rule="silence", silenced=list(self.silencing[fact]))

    def _authorized(self, at: int, fact: Fact, text: str, facts: Sequence[Line], *, ends: int) -> None:
        identities = sorted(self.views.identities(fact.subject))
        session: Line = {"uid": fact.subject}
        if ends < FOREVER:
            session["expiration_time"] = self.epoch + ends
        self._write(
            at,
            ocsf.AUTHORIZE,
            ocsf.ASSIGN,
            text,
            facts,
            mode=fact.kind,
            identities=identities,
            user=ocsf.user(identities[0], self.views.kind(identities[0])),
            session=session,
            privileges=self.views.privileges(fact.subject, self.held),
        )

    # ---------------------------------------------------------------- ends

    def _end(self, at: int, ended: Iterable[int], why: str) -> None:
        for number in ended:
            fact = self.graph.facts[number]
            self.held.discard(fact)
            event_class, activity, fields = self._end_of(fact, why)
            state = [{"fact": plain(fact), "ended": True}]
            self._write(at, event_class, activity, f"{fact} {ENDINGS[why]}", state, why=why, **fields)

    def _end_of(self, fact: Fact, why: str) -> tuple[ocsf.EventClass, int, Line]:
        if fact.kind == "holds":
            return ocsf.ENTITY, ocsf.DEACTIVATE, self._entity(fact, why)
        if fact.kind not in MODES or why == WAITING:
            return ocsf.BASE, ocsf.OTHER, {}
        identities = sorted(self.views.identities(fact.subject))
        return (
            ocsf.AUTHENTICATION,
            ocsf.LOGOFF,
            {
                "mode": fact.kind,
                "identities": identities,
                "user": ocsf.user(identities[0], self.views.kind(identities[0])),
                "session": {"uid": fact.subject, "expiration_reason": why},
                "service": {"name": self.views.policy(fact.subject) or "identity provider"},
            },
        )

    # ---------------------------------------------------------------- lines

    def _state(self, change: Validity) -> Line:
        until = change.until if change.until < FOREVER else None
        return {"fact": plain(self.graph.facts[change.fact]), "since": change.since, "until": until}

    def _write(
        self,
        at: int,
        event_class: ocsf.EventClass,
        activity: int,
        message: str,
        facts: Sequence[Line] = (),
        **fields: Any,
    ) -> None:
        own = {name: fields.pop(name) for name in OWN if name in fields}
        line: Line = {
            "time": self.epoch + at,
            **ocsf.typed(event_class, activity),
            "message": message,
            **fields,
            "unmapped": {"at": ocsf.iso_duration(at), **own, "facts": list(facts)},
        }
        self.lines.append(line)


def called(step: Step) -> tuple[str, str]:
    """The operation that `step` calls, and its target."""
    return kind_of(step.ground).called(step.ground, step.rule)


ENDINGS = {
    EXPIRED: "ends: expired",
    RUN_OVER: "ends with its run",
    WAITING: "pauses: its run waits for a person",
    REVOKED: "ends: revoked",
}
"""What the log says of a fact that ends, by why it does."""
OWN = (
    *("rule", "step", "outcome", "decision", "identities", "mode", "why", "known", "survived", "record"),
    *("unseen", "silenced"),
)
"""Fields that the schema has no place for."""


def _silencing(graph: AttackGraph) -> Mapping[Fact, tuple[str, ...]]:
    """The facts after which steps are seen no more, each with the rules of these."""
    found: dict[Fact, set[str]] = {}
    for number in np.flatnonzero(np.diff(graph.silencer_ptr)).tolist():
        step = graph.steps[number]
        for fact in step.silenced:
            found.setdefault(fact, set()).add(step.rule)
    return {fact: tuple(sorted(rules)) for fact, rules in found.items()}


def plain(fact: Fact) -> list[str]:
    """`fact` as JSON holds it."""
    return [fact.kind, fact.subject, fact.object]


def numbered(lines: Iterable[Line], version: str) -> Iterator[Line]:
    """`lines` with the metadata that each needs: who wrote it, and its place in the log."""
    product = {"name": "simkit", "vendor_name": "simkit", "version": version}
    for sequence, line in enumerate(lines):
        yield {**line, "metadata": {"version": ocsf.VERSION, "product": product, "sequence": sequence}}
