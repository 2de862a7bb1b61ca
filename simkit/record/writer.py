"""What happens in a watched replay, written as lines of the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from simkit.attackgraph import AttackGraph, Fact, Step
from simkit.distributions import FOREVER
from simkit.engines.reference import Fates
from simkit.fate import Stream
from simkit.record import ocsf
from simkit.record.ocsf import Line
from simkit.record.reasons import ALLOWED, rule_of, session_of, why_cut_short, why_executed, why_refused
from simkit.record.views import MODES, Views, written
from simkit.record.watch import ALERTED, CONTAINED, CUT_SHORT, ENDED, EXECUTED, Happening, Validity
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

    def hear(self, happening: Happening) -> None:
        """Write what `happening` says."""
        if happening.kind == EXECUTED:
            self._executed(happening)
        elif happening.kind == ENDED:
            self._end(happening.at, happening.ended, "expired")
        elif happening.kind == CONTAINED:
            self._contained(happening)
        elif happening.kind == ALERTED:
            self._alerted(happening)
        else:
            self._refused(happening)

    def _executed(self, happening: Happening) -> None:
        step = self.graph.steps[happening.step]
        won = [(self.graph.facts[change.fact], change) for change in happening.won]
        apart = {fact for fact, _ in won if fact.kind == "holds" or fact.kind in MODES}
        self.held.update(fact for fact, _ in won)
        here = [self._state(change) for fact, change in won if fact not in apart]
        self._step(happening.at, step, "executed", ALLOWED, why_executed(step, self.views), here)
        for fact, change in won:
            if fact.kind == "holds":
                self._token(happening.at, step, fact, change)
            elif fact.kind in MODES:
                self._session(happening.at, fact, change)
            else:
                self._widened(happening.at, fact)

    def _refused(self, happening: Happening) -> None:
        step = self.graph.steps[happening.step]
        if happening.kind == CUT_SHORT:
            decision, why = why_cut_short(self.graph.facts[happening.ended[0]])
        else:
            word = self.fates.of_step(Stream.SUCCESS, happening.step)
            decision, why = why_refused(step, word, self.views)
        outcome = {ALLOWED: "failed"}.get(decision, "cut short" if happening.kind == CUT_SHORT else "denied")
        self._step(happening.at, step, outcome, decision, why, [])

    def _contained(self, happening: Happening) -> None:
        """The credentials that the response forgets live on for a while; everything else ends."""
        self._write(happening.at, ocsf.BASE, ocsf.OTHER, "the attack is contained", rule="contained")
        self._end(happening.at, happening.ended, "revoked")
        for change in happening.won:
            fact = self.graph.facts[change.fact]
            text = f"{fact.subject} is forgotten by the response, and lives on"
            self._write(happening.at, ocsf.ENTITY, ocsf.UPDATE, text, [self._state(change)], **self._entity(fact, text))

    def _alerted(self, happening: Happening) -> None:
        step = self.graph.steps[happening.step]
        found = {"title": step.label or step.key, "uid": step.key}
        text = f"alert: {step.label or step.key}"
        self._write(happening.at, ocsf.FINDING, ocsf.CREATE, text, rule="alert", finding_info=found, is_alert=True)

    # ---------------------------------------------------------------- steps

    def _step(self, at: int, step: Step, outcome: str, decision: str, why: str, facts: Sequence[Line]) -> None:
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
        again = change.since < at
        text = f"{'longer' if again else 'the attack has'} {fact.subject} ({fact.kind})"
        self._authorized(at, fact, text, [self._state(change)], ends=change.until)

    def _widened(self, at: int, fact: Fact) -> None:
        """An entitlement that is granted widens the live sessions that gain by it."""
        for session in self.views.widened_by(fact):
            for mode in MODES:
                if Fact(mode, session) in self.held:
                    text = f"{session} may do more since {fact}"
                    self._authorized(at, Fact(mode, session), text, [], ends=FOREVER)

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
            self._write(at, event_class, activity, f"{fact} ends: {why}", state, why=why, **fields)

    def _end_of(self, fact: Fact, why: str) -> tuple[ocsf.EventClass, int, Line]:
        if fact.kind == "holds":
            return ocsf.ENTITY, ocsf.DEACTIVATE, self._entity(fact, why)
        if fact.kind not in MODES:
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


OWN = ("rule", "step", "outcome", "decision", "identities", "mode", "why", "record")
"""Fields that the schema has no place for."""


def plain(fact: Fact) -> list[str]:
    """`fact` as JSON holds it."""
    return [fact.kind, fact.subject, fact.object]


def numbered(lines: Iterable[Line], version: str) -> Iterator[Line]:
    """`lines` with the metadata that each needs: who wrote it, and its place in the log."""
    product = {"name": "simkit", "vendor_name": "simkit", "version": version}
    for sequence, line in enumerate(lines):
        yield {**line, "metadata": {"version": ocsf.VERSION, "product": product, "sequence": sequence}}
