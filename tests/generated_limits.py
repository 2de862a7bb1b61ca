"""What takes away from what generated identities are given: denies, boundaries; work on behalf of others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import strategies as st

from simkit.model import IDENTITY_EFFECTS, Entitlement, Model
from simkit.scenario import Scenario

ABOUT = st.sampled_from(((), (), (), ("environment",), ("source",)))


def denies(model: Model, *, excepting: bool = False) -> st.SearchStrategy[Entitlement]:
    """A deny of a tool or an operation, on all or on one thing; at times under a condition, or but for one thing."""
    return st.one_of([_one(model, full, excepting) for full, _, _ in model.operations()])


def _one(model: Model, full: str, excepting: bool) -> st.SearchStrategy[Entitlement]:
    identities = model.operation(full).effect in IDENTITY_EFFECTS
    names = sorted(model.identities if identities else model.resources)
    some = st.sampled_from([(), *((name,) for name in names)])
    wide = st.sampled_from((full, full, f"{full.partition('.')[0]}.*"))
    return st.builds(Entitlement, wide, some, ABOUT, some if excepting else st.just(()))


def _most(draw: st.DrawFn, model: Model) -> tuple[Entitlement, ...] | None:
    """A boundary, or more often none."""
    if draw(st.integers(0, 2)):
        return None
    found = draw(st.lists(denies(model, excepting=True), max_size=4))
    return tuple(replace(each, conditions=()) for each in found)


def _but(draw: st.DrawFn, model: Model, given: Iterable[Entitlement]) -> tuple[Entitlement, ...]:
    """`given`, some of it but for one resource."""
    names = st.sampled_from([(), (), *((name,) for name in sorted(model.resources))])
    reads = {full for full, _, operation in model.operations() if operation.effect not in IDENTITY_EFFECTS}
    return tuple(replace(each, excepting=draw(names)) if each.operation in reads else each for each in given)


@st.composite
def limited(draw: st.DrawFn, scenarios: st.SearchStrategy[Scenario]) -> Scenario:
    """One of `scenarios`, with something taken away from some identities and roles."""
    scenario = draw(scenarios)
    model = scenario.model
    deny = st.lists(denies(model, excepting=True), max_size=1)
    people, roles = (
        {
            name: replace(
                each,
                entitlements=_but(draw, model, each.entitlements),
                denies=tuple(draw(deny)),
                boundary=_most(draw, model),
            )
            for name, each in things.items()
        }
        for things in (model.identities, model.roles)
    )
    others = {name: ["", *(each for each in sorted(people) if each != name)] for name in people}
    tasks = {
        name: replace(task, on_behalf_of=draw(st.sampled_from(others[task.identity])))
        for name, task in model.tasks.items()
    }
    keys = {
        name: each if each.use == "signing" else replace(each, limited_to=_most(draw, model))
        for name, each in model.credentials.items()
    }
    timed = st.sampled_from((None, None, 600.0, 7200.0))
    people = {name: replace(each, role_ttls=_for_a_time(draw, each.roles, timed)) for name, each in people.items()}
    made = replace(model, identities=people, roles=roles, tasks=tasks, credentials=keys)
    return replace(scenario, model=claiming(draw, made))


def _for_a_time(
    draw: st.DrawFn, roles: tuple[str, ...], timed: st.SearchStrategy[float | None]
) -> tuple[tuple[str, float], ...]:
    drawn = ((role, draw(timed)) for role in roles)
    return tuple((role, ttl) for role, ttl in drawn if ttl is not None)


CLAIMS = st.sampled_from(((), (("ref", "main"),), (("ref", "other"),), (("mfa", "yes"), ("ref", "main"))))
ASKED = st.sampled_from(((), (), (("ref", "main"),), (("ref", "*"),), (("mfa", "y*"), ("ref", "main"))))
JUDGED = st.sampled_from(((), (), (), ("source",), ("environment",), ("approval",)))


def claiming(draw: st.DrawFn, model: Model) -> Model:
    """`model` where credentials and tasks claim things, and trust edges ask for some."""
    tasks = {name: replace(each, claims=draw(CLAIMS)) for name, each in model.tasks.items()}
    keys = {name: replace(each, claims=draw(CLAIMS)) for name, each in model.credentials.items()}
    trust = tuple(replace(edge, claims=draw(ASKED), conditions=draw(JUDGED)) for edge in model.trust)
    return replace(model, tasks=tasks, credentials=keys, trust=trust)
