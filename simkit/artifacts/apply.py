"""Narrowings carried out in other systems' files, and held against what these files then say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from simkit.artifacts.artifact import Artifact, ArtifactKind
from simkit.artifacts.sources import ImportedSources, text_of
from simkit.entitlements import Conditions, Grant
from simkit.narrowing import Narrowing
from simkit.scenario import Scenario
from simkit.techniques.givers import Givers, Holder, written

Had = tuple[str, Grant]
"""An identity, and something that it may do."""
Given = dict[Had, Conditions]
"""What each identity may do, and under which conditions."""


def carried_out(
    kind: ArtifactKind, scenario: Scenario, sources: ImportedSources | None, narrowings: Sequence[Narrowing]
) -> Artifact:
    """`narrowings` as an artifact of `kind`, imported again to see that they hold; whoever gets more by it than before
    is an error of simkit."""
    made = kind.carry(scenario, sources, narrowings)
    files = {name: (text_of(name), text) for name, text in made.files.items()}
    files = {name: (old, new) for name, (old, new) in files.items() if old != new}
    narrowed = scenario
    for each in made.said:
        narrowed = each.apply(narrowed)
    if sources is None:
        changes = tuple(narrowings)
        return Artifact(kind, scenario, changes, files, {}, made.said, made.unsaid, narrowed, checks=made.checks)
    changed = {name: new for name, (_, new) in files.items()} if made.exports is None else made.exports
    texts = sources.part_texts(changed)
    applied = _under_the_same(scenario, sources.with_parts(texts))
    parts = {sources.parts[kind]: text for kind, text in texts.items()} if made.exports is None else {}
    return Artifact(
        kind,
        scenario,
        tuple(narrowings),
        files,
        {name: (old, new) for name, new in parts.items() if (old := sources.texts[name]) != new},
        made.said,
        made.unsaid,
        applied,
        beyond=tuple(_beyond(narrowed, applied)),
        unkept=tuple(each for each in made.said if not holds(each, applied)),
        checks=made.checks,
    )


def _under_the_same(scenario: Scenario, applied: Scenario) -> Scenario:
    """`applied` under the policy that was asked about."""
    return replace(applied, policy=scenario.policy, policies=scenario.policies)


def holds(narrowing: Narrowing, scenario: Scenario) -> bool:
    """True if `narrowing` takes nothing away from `scenario`: it is carried out there already."""
    holder = getattr(narrowing, "holder", None)
    if isinstance(holder, Holder) and not _is_there(holder, scenario):
        return True
    try:
        return _shape(narrowing.apply(scenario)) == _shape(scenario)
    except KeyError:
        return True  # what it is about is gone


def _shape(scenario: Scenario) -> tuple[object, ...]:
    """What the model lets everybody do, however it is spelt."""
    model = scenario.model
    rest = {name: replace(each, entitlements=(), roles=()) for name, each in model.identities.items()}
    return given(scenario), rest, model.trust, model.resources, model.credentials


def _is_there(holder: Holder, scenario: Scenario) -> bool:
    return holder.name in (scenario.model.roles if holder.kind == "role" else scenario.model.identities)


def given(scenario: Scenario) -> Given:
    """What each identity may do by its own entitlements and those of its roles."""
    givers, found = Givers(scenario.model), Given()
    for identity in scenario.model.identities:
        for holder, _ in givers.of(identity):
            for grant, conditions in givers.gives[holder].items():
                found.setdefault((identity, grant), conditions)
    return found


def _beyond(narrowed: Scenario, applied: Scenario) -> Iterator[str]:
    """What somebody may do after the narrowings, and no longer after the files: a rule is often about more."""
    left = given(applied)
    for identity, grant in given(narrowed):
        if (identity, grant) not in left:
            yield f"{written(grant)} of {identity}"


def wider(before: Scenario, after: Scenario) -> Iterator[str]:
    """What somebody may do `after` that nobody could by the same name `before`."""
    had = given(before)
    for identity, grant in given(after):
        if (identity, grant) not in had:
            yield f"{written(grant)} of {identity}"
