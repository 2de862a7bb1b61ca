"""Workflows of GitHub: the `permissions` of a job, as few as it is to have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.artifacts.artifact import ArtifactKind, Wording
from simkit.artifacts.sources import ImportedSources
from simkit.artifacts.yaml_files import YamlFiles
from simkit.entitlements import Grant
from simkit.importers.draft import Draft
from simkit.importers.excerpt import Excerpt
from simkit.importers.github_actions.job_permissions import NONE, READ, SCOPES, WRITE, Rights, said
from simkit.importers.github_actions.workflow import WorkflowCall, plain, workflows
from simkit.narrowing import CutTrust, DropEntitlements, Holder, Narrowing
from simkit.scenario import Scenario
from simkit.techniques.givers import Givers

NO_WRITE = frozenset({"models"})
"""Scopes that can be read at most, whatever `write-all` says (docs.github.com, "Workflow syntax")."""


@dataclass(frozen=True, slots=True)
class JobBlock:
    """A job as its file has it, with the rights of its token."""

    body: Excerpt
    rights: Rights


def job_blocks(sources: ImportedSources, yaml: YamlFiles) -> dict[str, JobBlock]:
    """The jobs that have a block of their own, by the names of their identities, and of the agents in them."""
    found: dict[str, JobBlock] = {}
    for workflow in workflows(yaml.files, Draft("github-actions")):
        if workflow.triggers == ("workflow_call",):
            continue
        call = WorkflowCall(workflow.triggers, workflow.body.value["on"], said(workflow.body))
        for key, body in workflow.body.part("jobs").items():
            if isinstance(body.value, dict) and not body.text("uses").startswith("./"):
                block = JobBlock(body, call.rights(body))
                found[f"job {workflow.name}/{plain(key)}"] = block
                found[f"agent in {workflow.name}/{plain(key)}"] = block
    return found


def offers(scenario: Scenario, sources: ImportedSources | None) -> Iterator[Narrowing]:
    """For each job, and each agent in one: each scope that its token only reads, or does not have; and the cloud that
    it becomes."""
    assert sources is not None
    blocks, givers = job_blocks(sources, YamlFiles(sources.files("github-actions"))), Givers(scenario.model)
    for name, block in blocks.items():
        holder = Holder("identity", name)
        gives = givers.gives.get(holder, {})
        for scope in block.rights:
            grants = _of_scope(scope, gives)
            writes = tuple(grant for grant in grants if grant[0] == f"github-token.{WRITE}-{scope}")
            yield from (DropEntitlements(holder, each) for each in (writes, grants) if each)
        becomes = [edge for edge in scenario.model.trust if (edge.source, edge.kind) == (name, "federate")]
        if len(becomes) == 1 and block.rights["id-token"] == WRITE:
            yield CutTrust(becomes[0].name)


def _of_scope(scope: str, gives: Any) -> tuple[Grant, ...]:
    named = {f"github-token.{READ}-{scope}", f"github-token.{WRITE}-{scope}"}
    return tuple(grant for grant in gives if grant[0] in named)


def carry(scenario: Scenario, sources: ImportedSources | None, narrowings: Sequence[Narrowing]) -> Wording:
    """The workflows that say `narrowings`, and why they cannot say the others."""
    assert sources is not None
    yaml = YamlFiles(sources.files("github-actions"))
    blocks, givers = job_blocks(sources, yaml), Givers(scenario.model)
    told, unsaid = dict[Narrowing, str](), dict[Narrowing, str]()
    for each in narrowings:
        name, levels = _wanted(each, scenario, blocks, givers)
        if levels:
            _lower(blocks[name], levels, yaml)
            words = ", ".join(f"{scope}: {level}" for scope, level in levels.items())
            job = name.partition(" ")[2].removeprefix("in ")
            told[each] = f"permissions of {job} at {blocks[name].body.origin}: {words}"
        else:
            unsaid[each] = _why_not(each, blocks)
    return Wording(yaml.changed(), told, unsaid)


def _wanted(
    narrowing: Narrowing, scenario: Scenario, blocks: dict[str, JobBlock], givers: Givers
) -> tuple[str, dict[str, str]]:
    """Whose block is to say what of which scopes; nothing where it cannot."""
    if isinstance(narrowing, CutTrust):
        for name in blocks:
            becomes = [each for each in scenario.model.trust if (each.source, each.kind) == (name, "federate")]
            if [each.name for each in becomes] == [narrowing.edge]:
                return name, {"id-token": NONE}
    if not isinstance(narrowing, DropEntitlements) or narrowing.holder.name not in blocks:
        return "", {}
    wanted, levels = set(narrowing.grants), dict[str, str]()
    gives = givers.gives.get(narrowing.holder, {})
    for scope in SCOPES:
        grants = set(_of_scope(scope, gives))
        gone = grants & wanted
        wanted -= grants
        kept = {operation for operation, _ in grants - gone}
        if gone and f"github-token.{WRITE}-{scope}" in kept:
            return "", {}  # who writes, reads
        if gone:
            levels[scope] = READ if kept else NONE
    return (narrowing.holder.name, levels) if levels and not wanted else ("", {})


def _lower(block: JobBlock, levels: dict[str, str], yaml: YamlFiles) -> None:
    """Let the job have `levels` at most: in its own block, if it has one, else in a new one that says the rest, too."""
    now = yaml.value(block.body, "permissions")
    if not isinstance(now, dict):
        now = {scope: _sayable(scope, level) for scope, level in block.rights.items() if level != NONE}
    lowered = {scope: min(level, levels.get(scope, level), key=_ORDER.index) for scope, level in now.items()}
    yaml.say(block.body, "permissions", {scope: level for scope, level in lowered.items() if level != NONE})


_ORDER = (NONE, READ, WRITE)


def _sayable(scope: str, level: str) -> str:
    return READ if scope in NO_WRITE else level


def _why_not(narrowing: Narrowing, blocks: dict[str, JobBlock]) -> str:
    if isinstance(narrowing, DropEntitlements):
        if narrowing.holder.name in blocks:
            return "who writes in a scope reads there, and a token has nothing but its scopes"
        return f"what {narrowing.holder} may do is not in the permissions of a job"
    return "the permissions of a job have no word for it"


GITHUB_ACTIONS = ArtifactKind(
    "github-actions",
    "the `permissions` of jobs in workflows",
    "github-actions",
    offers,
    carry,
    (
        "that a token writes in a scope and does not read there",
        "less for the agent in a job than for the job: they share a token",
        "what a secret opens, and which step gets it",
        "an approval: that is an environment, whose reviewers stand in the settings of the repository",
    ),
)
