"""Code in a runtime takes what lies there."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.attackgraph import Conclusion, Ground, Step
from simkit.model import Identity
from simkit.policies import Session, Token
from simkit.techniques.givers import runtime_of
from simkit.techniques.grounds import lies
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.world import Alert, World, concludes, holds, next_run, runs_in

INHABIT = Rule(
    "inhabit",
    Relevance(("T1528", "T1552.005"), ("AML.T0055",), ("ASI03",), ("NHI9:2025",)),
    event="identity",
    because="it lies in the runtime of {0}, where the attacker runs code",
)
RULES = (INHABIT,)


def steps(world: World) -> Iterator[Step]:
    """inhabit: runs_in(j) -> replays(every session of j), holds(credentials in its runtime); what a task brings comes
    when the task next runs."""
    own: dict[str, list[str]] = {}
    for credential in world.model.credentials.values():
        own.setdefault(credential.identity, []).append(credential.name)
    # What a task uses is in its process while it runs: a token of minutes was taken in its own job (TanStack, 2026),
    # and a session behind two factors from the laptop that had it open (CircleCI, 2022).
    for identity in world.model.identities.values():
        alert = world.alert(INHABIT, world.sessions.governing(identity.name))
        for session in world.of_identity(identity.name):
            yield _session(identity, session, alert)
        for token in world.tokens(dict.fromkeys((*own.get(identity.name, ()), *identity.runtime_holds))):
            yield _token(identity, token, alert)


def _session(identity: Identity, session: Session, alert: Alert) -> Step:
    run = f"run of {'+'.join(session.tasks)}" if session.rate else ""
    return _inhabit(identity, f"session {session.name}", concludes("replays", session.name), session.rate, run, alert)


def _token(identity: Identity, token: Token, alert: Alert) -> Step:
    """A runtime cannot work without its own credentials; those of others lie there, and could lie elsewhere."""
    run = f"run of {token.name.removeprefix(f'{token.credential}@')}" if token.rate else ""
    place = None if token.identity == identity.name else lies(token.credential, runtime_of(identity.name))
    return _inhabit(identity, f"token {token.name}", holds(token, place), token.rate, run, alert)


def _inhabit(identity: Identity, what: str, concluded: Conclusion, rate: float, run: str, alert: Alert) -> Step:
    """One run of a task brings its session and all its tokens: these steps share their fate."""
    chance, delay = alert
    return Step(
        key=f"inhabit({identity.name}): {what}",
        fate=f"inhabit({identity.name}): {run}" if run else "",
        rule="inhabit",
        premises=(runs_in(identity.name),),
        conclusions=(concluded,),
        grounds=(Ground("flow", (identity.name,)),),
        label=f"take {what} from the runtime of {identity.name}",
        wait=next_run(rate),
        alert=chance,
        alert_delay=delay,
    )
