"""What says that a narrowing takes nothing away from anybody's work, in words that stand above a patch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from simkit.artifacts.artifact import Artifact
from simkit.narrowing import DropEntitlements, Narrowing
from simkit.narrowing.edits.unneeded import unneeded
from simkit.narrowing.recommendation.effect import Effect, Question, measure
from simkit.privilege import over_privilege
from simkit.scenario import Scenario
from simkit.table import printable
from simkit.techniques.givers import Givers

MOST_BESIDES = 3
"""So many of the things that go besides are named above a patch; the answer in JSON has them all."""


def evidence(scenario: Scenario, narrowings: Sequence[Narrowing]) -> dict[Narrowing, str]:
    """For each narrowing that takes away what nobody needs: what says so, tasks and runs."""
    spare = list(unneeded(scenario.model, over_privilege(scenario), Givers(scenario.model)))
    found: dict[Narrowing, str] = {}
    for each in narrowings:
        known = next((one.evidence for one in spare if one.narrowing == each or _within(each, one.narrowing)), "")
        if known:
            found[each] = known
    return found


def _within(part: Narrowing, whole: Narrowing) -> bool:
    if not (isinstance(part, DropEntitlements) and isinstance(whole, DropEntitlements)):
        return False
    return part.holder == whole.holder and set(part.grants) <= set(whole.grants)


def effect(artifact: Artifact, question: Question) -> Effect:
    """The blast radius when the artifact is applied and imported again, through the entry points that are left."""
    left = tuple(name for name in question.entry_points if name in artifact.applied.entry_points)
    goal = question.goal if question.goal in artifact.applied.goals else ""
    return measure(artifact.applied, replace(question, entry_points=left, goal=goal)).effect()


def told(artifact: Artifact) -> Iterator[str]:
    """The lines above a patch: what each change is, where and how it is said, and what says that nobody needs it; then
    what cannot be said, and what goes besides."""
    known = evidence(artifact.scenario, list(artifact.said))
    for each, how in artifact.said.items():
        yield f"{each.name}: {how}{f' ({known[each]})' if each in known else ''}"
    for each, why in artifact.unsaid.items():
        yield f"not said: {each.name}: {why}"
    for each in artifact.unkept:
        yield f"does not hold when imported again: {each.name}"
    yield from artifact.checks
    if artifact.beyond:
        more = len(artifact.beyond) - MOST_BESIDES
        listed = "; ".join(artifact.beyond[:MOST_BESIDES])
        yield f"goes besides: {listed}{f'; and {more:,} more' if more > 0 else ''}"


def patch_text(artifact: Artifact) -> str:
    """The diff with the lines above it, which `git apply` passes over; empty where nothing changes."""
    if not artifact.diff:
        return ""
    above = "".join(f"# {printable(line)}\n" for line in told(artifact))
    return f"{above}{artifact.diff}"
