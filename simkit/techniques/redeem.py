"""A token is used: T1078.004, T1550.001."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from simkit.attackgraph import Conclusion, Fact, Ground, Step
from simkit.distributions import Distribution
from simkit.model import Model
from simkit.policies import Token
from simkit.techniques.carried import by_token
from simkit.techniques.rule import Relevance, Rule
from simkit.techniques.survival import Survivals
from simkit.techniques.world import Life, World, had_inside, kept, minted_token, opened, opens, runs_in

REDEEM = Rule(
    "redeem",
    Relevance(("T1550.001", "T1078.004"), ("AML.T0091.000", "AML.T0012"), ("ASI03",), ("NHI4:2025", "NHI7:2025")),
    event="identity",
    logged="logon",
)
RULES = (REDEEM,)


def steps(world: World) -> Iterator[Step]:
    """redeem: holds(token) [+ runs_in(identity) if it is sender-constrained] -> replays(session). kept(token, j) + a
    tool in the runtime of j that fits -> drives(session)."""
    minted = map(minted_token, mintable(world.model))
    for token in (*(each for tokens in world.sessions.tokens.values() for each in tokens), *minted):
        yield from _redeem(world, token)


def _redeem(world: World, token: Token) -> Iterator[Step]:
    alert, survive = world.alert(REDEEM, world.ruling(token)), world.survive(token)
    # The secret is all that it takes, however old it is: passwords of 2020 opened accounts in 2024 (Snowflake), unless
    # the token works in its identity's runtime only (RFC 8705, RFC 9449).
    for session in token.sessions:
        made = opened(world, session, survive, partial(_goes_on, token))
        claims = tuple(made[0]._replace(fact=fact) for fact in by_token(world, token, session))
        step = Step(
            key=f"redeem({token.name} -> {session})",
            fate=f"redeem({token.name})",
            rule="redeem",
            premises=(Fact("holds", token.name), *opens(token)),
            conclusions=made + claims,
            grounds=(Ground("credential", (token.credential or token.name,)),),
            label=f"use {token.name} as {session}",
            alert=alert.chance,
            alert_delay=alert.delay,
            logged=alert.logged,
        )
        yield step
        yield from used_inside(world, step, token.name, session)


def used_inside(world: World, step: Step, token: str, session: str) -> Iterator[Step]:
    """`step`, by which whoever holds a token opens `session`, as code takes it in a runtime without a network: by a
    tool that is there, as long as code and token are."""
    # A sandbox that lets nothing out has the clients that an agent works with, and the keys that these read.
    for runtime in sorted(world.sealed.identities):
        inside = (runs_in(runtime), kept(token, runtime))
        others = tuple(each for each in step.premises if each.kind != "holds" and each not in inside)
        facts = (*had_inside(world, runtime, session), *(c.fact for c in step.conclusions if c.fact.kind == "claimed"))
        for granted in world.sealed.opens(runtime, session, world.model):
            after = "".join(f" after {fact}" for fact in granted)
            yield step._replace(
                key=f"{step.key} in {runtime}{after}",
                fate=step.fate or step.key,
                premises=(*inside, *others, *granted),
                conclusions=tuple(map(Conclusion, facts)),
                grounds=(*step.grounds, Ground("local-tool", (runtime, session))),
                label=f"{step.label} in the runtime of {runtime}",
            )


def _goes_on(token: Token, survivals: Survivals) -> Life:
    """How long a session goes on when the life of its token is over by itself: a rotation is a revocation; who uses an
    idle or a renewable token keeps it alive."""
    after = survivals.on_revoke if token.rotates is not None else survivals.on_expiry
    if after is None or token.renewed is None:
        return None
    return after if isinstance(after, Distribution) else max(after, token.renewed)


def mintable(model: Model) -> list[str]:
    """Those for whom the attack could issue a token, where anybody can."""
    minting = any(operation.effect == "mint" for _, _, operation in model.operations())
    return sorted(model.identities) if minting else []
