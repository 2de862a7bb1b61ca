"""What responders do about what they know, under the response dial of each policy."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.attackgraph import Action, Containment, Fact
from simkit.model import Response
from simkit.policies import DIALS, GrantPolicy, Token
from simkit.techniques.world import ERRS, REPLAYS, STEERS, World, has, input_of, minted_token, runs_in

RESPONSES = DIALS["response"].settings
"""A responder for each setting of the dial, the slowest first."""
MODES = (REPLAYS, STEERS, ERRS)


def containment(world: World) -> Containment:
    """Who responds to what, and what that ends.

    What a policy governs is dealt with as its response dial says; a secret that no policy governs (a third party's, or
    one that the attacker minted) by hand. Planted content and code belong to nobody, so that the policy in force says.
    A secret is missed with chance 1 - completeness, each with its own fate.
    """
    by: dict[Fact, int] = {}
    groups: dict[Fact, str] = {}
    forgotten: dict[Fact, float] = {}
    told: dict[Fact, tuple[Fact, ...]] = {}
    opening: dict[str, list[Fact]] = {}
    for token, policy in _tokens(world):
        held = Fact("holds", token.name)
        for fact in (held, *_exposed(world, token)):
            by[fact] = RESPONSES.index(policy.response)
            groups[fact] = account(world, policy, token.identity)
            forgotten[fact] = 1.0 - world.response.completeness
            if fact != held:
                told[fact] = (held,)
        for name in token.sessions:
            opening.setdefault(name, []).append(held)
    for reached in world.all_sessions.values():
        session = reached.session
        for mode in MODES:
            fact = has(mode, session.name)
            by[fact] = RESPONSES.index(session.policy.response)
            groups[fact] = account(world, session.policy, session.identities[0])
            told[fact] = tuple(opening.get(world.contexts.whole.get(session.name, session.name), ()))
    in_force = RESPONSES.index(world.policy.response)
    by |= dict.fromkeys(_planted(world), in_force)
    rows = tuple(tuple(actions(world.response, setting)) for setting in RESPONSES)
    return Containment(rows, world.response.remediation_lag, by, groups, forgotten, told=told)


def actions(response: Response, setting: str) -> Iterator[Action]:
    """What a responder does where the dial stands at `setting`; each setting does what the weaker ones do, too."""
    if setting == "automatic":
        yield Action("revoke-secret", response.delay, setting)
        yield Action("disable", response.delay, setting)
    yield Action("revoke-secret", response.remediation_lag)


def account(world: World, policy: GrantPolicy, identity: str) -> str:
    """What is disabled together: the account of `identity`, or of its tier, where that has one secret or session."""
    if policy.identity == "shared" or policy.scope == "all":
        return f"tier:{world.model.tier(identity)}"
    return identity


def _tokens(world: World) -> Iterator[tuple[Token, GrantPolicy]]:
    """Each token with the policy that governs it."""
    for token in world.tokens(world.model.credentials):
        yield token, world.ruling(token)
    for identity in world.model.identities:
        minted = minted_token(identity)
        yield minted, world.ruling(minted)


def _exposed(world: World, token: Token) -> Iterator[Fact]:
    for entry in world.entries.values():
        if entry.kind == "leak" and entry.target == token.credential:
            yield Fact("exposed", token.name, entry.name)


def _planted(world: World) -> Iterator[Fact]:
    """Everything that can be planted: content in resources and in the input of tasks, and code in runtimes."""
    yield from (Fact("tainted", name) for name in world.model.resources)
    yield from (Fact("tainted", input_of(task)) for task in world.model.tasks.values())
    yield from (runs_in(name) for name in world.model.identities)
