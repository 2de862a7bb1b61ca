"""Random words about code: files in runtimes, and where else code comes from."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from simkit.model import EntryPoint, Identity, Model, Resource
from simkit.scenario import Scenario


@st.composite
def with_code(draw: st.DrawFn, scenario: Scenario) -> Scenario:
    """`scenario` with words about code here and there."""
    model = scenario.model
    people = {name: draw(_with_files(each, model)) for name, each in model.identities.items()}
    silent = st.sampled_from((True, True, False))
    things = {name: draw(_as_code(each, sorted(people))) for name, each in model.resources.items()}
    trust = tuple(replace(edge, answers=edge.kind != "invoke" or draw(silent)) for edge in model.trust)
    entries = dict(scenario.entry_points)
    if draw(st.integers(0, 3)) == 0:
        tool = draw(st.sampled_from(sorted(model.tools)))
        operation = f"{tool}.{draw(st.sampled_from(sorted(model.tools[tool].operations)))}"
        words, taken = EntryPoint("words", "poison", operation=operation), EntryPoint("taken", "compromise", tool=tool)
        more = draw(st.sampled_from((words, taken)))
        entries[more.name] = more
    scenario = replace(scenario, entry_points=entries)
    return replace(scenario, model=replace(model, identities=people, resources=things, trust=trust))


@st.composite
def _with_files(draw: st.DrawFn, identity: Identity, model: Model) -> Identity:
    """Now and then one file lies in the runtime, and now and then that has no network."""
    names = sorted(model.resources)
    file = draw(st.sampled_from((*[""] * (2 * len(names)), *names)))
    held = (*identity.runtime_holds, file) if file else identity.runtime_holds
    return replace(identity, runtime_holds=held, egress=draw(st.sampled_from(("any", "any", "any", "none"))))


@st.composite
def _as_code(draw: st.DrawFn, resource: Resource, identities: list[str]) -> Resource:
    """Now and then somebody runs what is in it."""
    runs = draw(st.sampled_from((*[""] * (4 * len(identities)), *identities)))
    return replace(resource, run_by=(runs,)) if runs else resource
