"""An entitlement is used on a resource or an identity: read, write, delete, send, execute, mint, grant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from simkit.attackgraph import Cause, Conclusion, Fact, Step
from simkit.model import Operation
from simkit.policies import Session, Token
from simkit.techniques.use import Way, ways
from simkit.techniques.world import REPLAYS, World, concludes, has, holds, minted_token, next_run


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
        by = f" after {' and '.join(map(str, self.granted))}" if self.granted else ""
        return f"{self.mode}({self.session.name}): {self.full_name}({self.target}){by}"

    @property
    def fate(self) -> str:
        return f"{min(self.session.identities)}: {self.full_name}({self.target})"

    @property
    def owner(self) -> str:
        """Whose entitlement it is: of a tier that shares a session, the first by name of those who have it, else of
        those to whom it may be granted."""
        members, grant = self.session.identities, (self.full_name, self.target)
        if len(members) == 1:
            return members[0]
        having = [name for name in members if grant in self.world.sessions.entitled[name]]
        added = self.world.added
        gaining = (name for name in members if any(grant in more for more in added.get(name, {}).values()))
        return min(having or gaining, default=min(members))

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
    for reached in world.all_sessions.values():
        session = reached.session
        for (name, target), conditions, behind in world.grants(session):
            operation = world.model.operation(name)
            for needed in _deputy(world, name, target):
                granted = tuple(dict.fromkeys([*([behind] if behind else []), *needed]))
                for mode in world.modes:
                    yield Act(world, session, mode, name, operation, target, conditions, granted)


def _deputy(world: World, operation: str, target: str) -> Iterator[tuple[Fact, ...]]:
    """The facts behind which the tool may do this: it can do no more than the identity that it runs as."""
    deputy, cover = world.model.tool_of(operation).runs_as, world.sessions.resolver.cover
    if not deputy or cover((operation, target), world.sessions.entitled[deputy]) is not None:
        yield ()
        return
    for fact, grants in world.added.get(deputy, {}).items():
        if cover((operation, target), grants) is not None:
            yield (fact,)


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
        cause=Cause("entitlement", (act.owner, act.full_name, act.target)),
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
    """The conclusions that the operation was performed: on its target, on what the target contains and on any at all,
    where a goal asks for these."""
    asked = (name for name in ("", *act.targets()) if (act.full_name, name) in act.world.asked)
    return tuple(concludes("performed", act.full_name, name) for name in dict.fromkeys([act.target, *asked]))


def standing_tokens(tokens: tuple[Token, ...]) -> tuple[Conclusion, ...]:
    """The tokens that are always there, as conclusions."""
    return tuple(holds(token) for token in tokens if not token.rate)


def _read(act: Act) -> tuple[Conclusion, ...]:
    found: list[Conclusion] = []
    for resource in act.targets():
        if act.mode != REPLAYS:
            found.append(concludes("seen", act.session.name, resource))
        else:
            found.append(concludes("lost", resource, "confidentiality"))
            found.extend(standing_tokens(act.world.held_in(resource)))
    return tuple(found)


def _write(act: Act) -> tuple[Conclusion, ...]:
    return _changed(act) + _outbound(act)


def _changed(act: Act) -> tuple[Conclusion, ...]:
    found: list[Conclusion] = []
    for resource in act.targets():
        found.append(concludes("lost", resource, "integrity"))
        found.append(concludes("tainted", resource))
    return tuple(found)


def _delete(act: Act) -> tuple[Conclusion, ...]:
    return _changed(act) + tuple(concludes("deleted", resource) for resource in act.targets())


def _send(act: Act) -> tuple[Conclusion, ...]:
    return (concludes("outbound", act.session.name),) if not act.target else _outbound(act)


def _outbound(act: Act) -> tuple[Conclusion, ...]:
    """What outsiders can read is a way out."""
    sink = any(act.world.model.resources[resource].is_sink for resource in act.targets())
    return (concludes("outbound", act.session.name),) if sink else ()


def _execute(act: Act) -> tuple[Conclusion, ...]:
    return (concludes("runs_in", act.target),) if act.target else ()


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
