"""An entitlement is used on a resource or an identity: read, write, delete, send, execute, mint, grant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from simkit.attackgraph import Cause, Conclusion, Fact, Step
from simkit.entitlements import Grant
from simkit.model import Operation
from simkit.policies import Session, Token
from simkit.techniques.use import Way, ways
from simkit.techniques.world import REPLAYS, World, has, holds, minted_token, next_run, runs_in


@dataclass(frozen=True, slots=True)
class Act:
    """One grant of one session, used in one mode. `granted` is the fact that must hold first, for a widened one."""

    world: World
    session: Session
    mode: str
    full_name: str
    operation: Operation
    target: str
    conditions: frozenset[str]
    granted: tuple[Fact, ...] = ()

    @property
    def key(self) -> str:
        by = f" after {self.granted[0]}" if self.granted else ""
        return f"{self.mode}({self.session.name}): {self.full_name}({self.target}){by}"

    @property
    def fate(self) -> str:
        return f"{self.session.identities[0]}: {self.full_name}({self.target})"

    @property
    def environment(self) -> str:
        """Where the target is."""
        if not self.target:
            return ""
        where = self.world.model.targets_of(self.operation)[self.target]
        return str(getattr(where, "environment", ""))

    def ways(self) -> Iterator[Way]:
        """The ways in which this use may be let through."""
        return ways(
            self.world,
            self.session,
            self.mode,
            self.operation.effect,
            self.environment,
            conditions=self.conditions,
            operation=self.operation,
        )

    def targets(self) -> tuple[str, ...]:
        """The target and all that it contains."""
        return self.world.model.within(self.target) if self.target in self.world.model.resources else ()


def steps(world: World) -> Iterator[Step]:
    """act: replays(s) or steers(s), an entitlement in s, the tool's `runs_as` entitled too -> what the effect does."""
    for act in acts(world):
        yield from _steps_of(act)
        if act.operation.effect == "read" and act.mode == REPLAYS:
            yield from _collect(act)


def acts(world: World) -> Iterator[Act]:
    """Every use of every grant, those that a step of effect `grant` may add included."""
    widened = _widened(world)
    for reached in world.all_sessions.values():
        session = reached.session
        for grant, conditions in session.grants.items():
            yield from _in_modes(world, session, grant, conditions, ())
        if not session.policy.scope.startswith("task"):
            for fact, grants in widened.get(reached.identity, {}).items():
                for grant, conditions in grants.items():
                    if grant not in session.grants:
                        yield from _in_modes(world, session, grant, conditions, (fact,))


def _in_modes(
    world: World, session: Session, grant: Grant, conditions: frozenset[str], granted: tuple[Fact, ...]
) -> Iterator[Act]:
    name, target = grant
    if not _deputy_entitled(world, name, target):
        return
    operation = world.model.operation(name)
    for mode in world.modes:
        yield Act(world, session, mode, name, operation, target, conditions, granted)


def _deputy_entitled(world: World, operation: str, target: str) -> bool:
    """A tool that runs as an identity can do no more than that identity."""
    deputy = world.model.tool_of(operation).runs_as
    if not deputy:
        return True
    return world.sessions.resolver.cover((operation, target), world.sessions.entitled[deputy]) is not None


def _widened(world: World) -> dict[str, dict[Fact, Mapping[Grant, frozenset[str]]]]:
    """For each identity the facts that widen it, with the grants that they add."""
    found: dict[str, dict[Fact, Mapping[Grant, frozenset[str]]]] = {}
    for full_name, _, operation in world.model.operations():
        if operation.effect == "grant":
            grants = world.sessions.resolver.entitled(world.model.roles[operation.role].entitlements)
            for identity in world.model.identities:
                found.setdefault(identity, {})[Fact("performed", full_name, identity)] = grants
    return found


def _steps_of(act: Act) -> Iterator[Step]:
    if act.operation.effect in ("assume", "invoke"):
        return
    concluded = performed(act) + EFFECTS[act.operation.effect](act)
    for way in act.ways():
        yield step_of(act, way, act.key, concluded)


def step_of(act: Act, way: Way, key: str, concluded: tuple[Conclusion, ...], *, wait: float = 0.0) -> Step:
    """The step that `act`, let through by `way`, takes to `concluded`; `wait` is the rate of what it waits for."""
    alert, delay = act.world.alert(act.operation.effect, act.session.policy)
    return Step(
        key=key + way.name,
        fate=act.fate if not wait else f"{act.fate} -> {concluded[0].fact}",
        rule=act.operation.effect,
        premises=(has(act.mode, act.session.name), *act.granted, *way.premises),
        conclusions=concluded,
        cause=Cause("entitlement", (act.session.identities[0], act.full_name, act.target)),
        label=f"{act.full_name} {act.target}".strip(),
        chance=act.operation.chance * way.chance,
        duration=act.operation.duration,
        wait=next_run(wait),
        approval=way.approval,
        alert=alert,
        alert_delay=delay,
    )


def _collect(act: Act) -> Iterator[Step]:
    """Who keeps reading a store collects each task's token when that task next runs."""
    for resource in act.targets():
        for token in act.world.held_in(resource):
            if token.rate:
                for way in act.ways():
                    yield step_of(act, way, f"{act.key} -> {token.name}", (holds(token),), wait=token.rate)


def performed(act: Act) -> tuple[Conclusion, ...]:
    """The conclusion that the operation was performed on its target, and on any, where a goal asks for that."""
    facts = [Fact("performed", act.full_name, act.target)]
    if act.full_name in act.world.any_target and act.target:
        facts.append(Fact("performed", act.full_name))
    return tuple(Conclusion(fact) for fact in facts)


def standing_tokens(tokens: tuple[Token, ...]) -> tuple[Conclusion, ...]:
    """The tokens that are always there, as conclusions."""
    return tuple(holds(token) for token in tokens if not token.rate)


def _read(act: Act) -> tuple[Conclusion, ...]:
    found: list[Conclusion] = []
    for resource in act.targets():
        if act.mode != REPLAYS:
            found.append(Conclusion(Fact("seen", act.session.name, resource)))
        else:
            found.append(Conclusion(Fact("lost", resource, "confidentiality")))
            found.extend(standing_tokens(act.world.held_in(resource)))
    return tuple(found)


def _write(act: Act) -> tuple[Conclusion, ...]:
    found: list[Conclusion] = []
    for resource in act.targets():
        found.append(Conclusion(Fact("lost", resource, "integrity")))
        found.append(Conclusion(Fact("tainted", resource)))
    return tuple(found) + _outbound(act)


def _delete(act: Act) -> tuple[Conclusion, ...]:
    return _write(act) + tuple(Conclusion(Fact("deleted", resource)) for resource in act.targets())


def _send(act: Act) -> tuple[Conclusion, ...]:
    return (Conclusion(Fact("outbound", act.session.name)),) if not act.target else _outbound(act)


def _outbound(act: Act) -> tuple[Conclusion, ...]:
    """What outsiders can read is a way out."""
    sink = any(act.world.model.resources[resource].is_sink for resource in act.targets())
    return (Conclusion(Fact("outbound", act.session.name)),) if sink else ()


def _execute(act: Act) -> tuple[Conclusion, ...]:
    return (Conclusion(runs_in(act.target)),) if act.target else ()


def _mint(act: Act) -> tuple[Conclusion, ...]:
    return (holds(minted_token(act.target)),) if act.target else ()


def _nothing_more(_: Act) -> tuple[Conclusion, ...]:
    return ()


EFFECTS: Mapping[str, Callable[[Act], tuple[Conclusion, ...]]] = {
    "none": _nothing_more,
    "read": _read,
    "write": _write,
    "delete": _delete,
    "send": _send,
    "execute": _execute,
    "mint": _mint,
    "grant": _nothing_more,
}
"""What each effect concludes besides `performed`; `assume` and `invoke` have families of their own."""
