"""Workflows as values: their triggers, their jobs, and what is in each that leads on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from simkit.importers.agent.agent_settings import AgentSettings
from simkit.importers.draft import Draft
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.github_actions.composite_actions import (
    Actions,
    expanded,
    filled,
    given_inputs,
    is_action,
    root_of,
)
from simkit.importers.github_actions.job_agents import JobAgent, job_agents
from simkit.importers.github_actions.job_apps import AppToken, app_token
from simkit.importers.github_actions.job_claims import claims
from simkit.importers.github_actions.job_permissions import Rights, all_at, said, said_at, within
from simkit.importers.github_actions.job_servers import JobServer, job_servers
from simkit.importers.github_actions.repository_settings import RepositorySettings
from simkit.importers.source_file import SourceDocument, SourceFile

STRANGERS = ("pull_request_target", "issue_comment", "issues", "workflow_run", "discussion", "discussion_comment")
"""Triggers that strangers pull, and that run with the rights and secrets of the repository."""
_RUN = re.compile(r"(^|/)\.github/workflows/[^/]+$")
DEEPEST_CALL = 9
"""How deep called workflows call others (docs.github.com, "Reusing workflows": ten levels with the first)."""
_SECRET = re.compile(r"\bsecrets\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*'([A-Za-z_]\w*)'\s*\])")
_ALL_SECRETS = re.compile(r"toJSON\(\s*secrets\s*\)", re.IGNORECASE)
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_WORDS = re.compile(
    r"github\.(head_ref|event\.(issue|pull_request|discussion)\.(title|body)|event\.(comment|review)\.body"
    r"|event\.pull_request\.head\.(ref|label|repo\.default_branch)|event\.workflow_run\.(head_branch|display_title)"
    r"|event\.workflow_run\.head_commit\.(message|author)|event\.pages|event\.commits|event\.head_commit\.(message|author))"
    r"|(?i:toJSON)\(\s*github(\.event(\.(issue|pull_request|discussion|comment|review|workflow_run))?)?\s*\)"
)
"""Text that strangers write, by itself or within a whole event. Source: docs.github.com, "Security hardening",
"Understanding the risk of script injections"."""
_VARIABLE = re.compile(r"\benv\.([A-Za-z_]\w*)")
_THEIR_CODE = re.compile(
    r"head_ref|pull_request\.(head|merge_commit|number)|workflow_run\.(head|pull_requests)|event\.(issue\.)?number|\bpull/"
)
_COMPUTED = re.compile(r"\$\{\{[^}]*\b(steps|needs)\.[\w-]+\.outputs\.")
OF_PULLS = frozenset({"issue_comment", "pull_request_target", "workflow_run"})
"""Triggers of jobs that are about a pull request: what they check out by a step before is mostly that."""


@dataclass(frozen=True, slots=True)
class WorkflowJob:
    """One job as it runs. `called` is the reusable workflow elsewhere that it is; `reason` why strangers' code runs in
    it, if it does."""

    workflow: str
    name: str
    triggers: tuple[str, ...]
    rights: Rights
    secrets: tuple[str, ...]
    variables: Mapping[str, str]
    """The secrets that stand in its environment, by the names of variables."""
    clouds: tuple[str, ...]
    reason: str
    agents: tuple[JobAgent, ...]
    app: AppToken | None
    """What it works with besides its own token."""
    servers: tuple[JobServer, ...]
    environment: str
    claims: Mapping[str, str]
    own_runner: bool
    minutes: int
    unpinned: tuple[str, ...]
    called: str
    takes_from: tuple[str, ...]
    """The jobs before it whose outputs or artifacts it uses."""
    place: FilePlace
    given_at: Mapping[str, FilePlace]
    """Where each scope of its token is given, if any line gives it."""

    @property
    def identity(self) -> str:
        """Its name in the scenario."""
        return f"job {self.workflow}/{self.name}"

    @property
    def strangers(self) -> tuple[str, ...]:
        """The triggers that strangers pull."""
        return tuple(each for each in self.triggers if each in STRANGERS)


@dataclass(frozen=True, slots=True)
class Workflow:
    """One file, with who may start it."""

    name: str
    path: str
    triggers: tuple[str, ...]
    body: Excerpt


def is_workflow(document: SourceDocument) -> bool:
    """True for a workflow: it has jobs, and something that starts it."""
    value = document.value
    return isinstance(value, dict) and isinstance(value.get("jobs"), dict) and "on" in value


def workflows(files: Sequence[SourceFile], draft: Draft) -> list[Workflow]:
    """The workflows in all files."""
    found: list[Workflow] = []
    for file in files:
        draft.count(file.path, 0)
        if not (
            file.named
            or re.search(r"(^|/)action\.ya?ml$", file.path.replace("\\", "/"))
            or _RUN.search(file.path.replace("\\", "/"))
        ):
            draft.leave(file.origin, "the workflow", "it lies outside of .github/workflows, where GitHub runs none")
            continue
        for document in file.documents:
            for problem in document.problems:
                draft.leave(FilePlace(problem.file, problem.line, problem.column), "a part", problem.message)
            if is_action(document):
                continue
            if is_workflow(document):
                name = _unused(plain(re.sub(r"\.ya?ml$", "", re.split(r"[\\/]", file.path)[-1])), found)
                body = Excerpt(document, draft, document.value)
                found.append(Workflow(name, file.path, _triggers(body.value["on"]), body))
                draft.count(file.path)
            else:
                draft.leave(
                    document.origin(), "the document", "it is no workflow: it has no jobs, or nothing starts it"
                )
    return found


def _unused(name: str, found: Sequence[Workflow]) -> str:
    """`name`, with a number behind it where another workflow has it already."""
    taken = {each.name for each in found}
    return next(made for number in count(1) if (made := name if number == 1 else f"{name}-{number}") not in taken)


def plain(name: str) -> str:
    """`name` without what globs and rows of names are made of."""
    return re.sub(r"[*?\[\]\s]+|[^\x20-\x7e]", "-", name)[:100] or "unnamed"


def _triggers(value: object) -> tuple[str, ...]:
    each = [value] if isinstance(value, str) else list(value) if isinstance(value, list | dict) else []
    return tuple(name for name in each if isinstance(name, str))


@dataclass(frozen=True, slots=True)
class WorkflowCall:
    """How a workflow comes to run: by triggers, or called by a job, which bounds its rights and hands secrets on.

    `renamed` has the secrets that are handed on by their names in the called workflow; None for all, as they are.
    """

    triggers: tuple[str, ...]
    on: object
    default: Rights | None
    most: Rights | None = None
    prefix: str = ""
    renamed: Mapping[str, str] | None = None
    depth: int = 0

    def rights(self, body: Excerpt) -> Rights:
        """What the token of a job may do."""
        own = said(body)
        found = own if own is not None else self.default
        if found is None:
            found = self.most if self.most is not None else _unsaid(body)
        return within(found, self.most) if self.most is not None else found

    def handed(self, names: Iterable[str]) -> tuple[str, ...]:
        """The secrets of the repository that the called workflow knows by `names`."""
        known = names if self.renamed is None else (self.renamed[each] for each in names if each in self.renamed)
        return tuple(dict.fromkeys(known))


@dataclass(frozen=True, slots=True)
class RepositoryParts:
    """What jobs use: the workflows by their paths, the composite actions by their folders, settings of agents."""

    workflows: Mapping[str, Workflow]
    actions: Actions
    settings: tuple[AgentSettings, ...]


def jobs(found: Sequence[Workflow], known: Actions, settings: tuple[AgentSettings, ...] = ()) -> Iterator[WorkflowJob]:
    """All jobs, those of called workflows once for each call, with the rights that the caller has at most."""
    parts = RepositoryParts({_local(each.path): each for each in found}, known, settings)
    taken = set[tuple[str, str]]()
    for workflow in found:
        if workflow.triggers == ("workflow_call",):
            continue
        call = WorkflowCall(workflow.triggers, workflow.body.value["on"], said(workflow.body))
        for job in _jobs(workflow, call, parts):
            # jobs of two workflows may have one name and call the same one, with other rights
            again = (job.workflow, job.name) in taken
            yield replace(job, name=f"{job.name} from {workflow.name}") if again else job
            taken.add((job.workflow, job.name))


def _jobs(workflow: Workflow, call: WorkflowCall, parts: RepositoryParts) -> Iterator[WorkflowJob]:
    for key, body in workflow.body.part("jobs").items():
        if not isinstance(body.value, dict):
            body.refused("a mapping", {})
            continue
        name = f"{call.prefix}{plain(key)}"
        rights = call.rights(body)
        called = parts.workflows.get(_local(body.text("uses"))) if body.has("uses") else None
        if called is None or call.depth >= DEEPEST_CALL:
            yield _job(workflow, name, call, rights, body, parts)
            continue
        inner = said(called.body)
        default = inner if inner is not None else rights
        within_it = WorkflowCall(
            call.triggers, call.on, default, rights, f"{name}/", _handed_on(body, call), call.depth + 1
        )
        given = given_inputs(_inputs(called.body.value["on"]), body)
        yield from _jobs(replace(called, body=filled(called.body, given)), within_it, parts)


def _inputs(on: object) -> Mapping[str, object]:
    """The inputs that a workflow declares for those who call it."""
    said = on.get("workflow_call") if isinstance(on, dict) else None
    found = said.get("inputs") if isinstance(said, dict) else None
    return found if isinstance(found, dict) else {}


def _handed_on(body: Excerpt, call: WorkflowCall) -> Mapping[str, str] | None:
    """The secrets that a job hands to the workflow that it calls, by their names there; None for all that it has."""
    value = body.value.get("secrets")
    if value == "inherit":
        return call.renamed
    found: dict[str, str] = {}
    for name, given in value.items() if isinstance(value, dict) else ():
        match = _SECRET.search(given) if isinstance(given, str) else None
        for own in call.handed([match[1] or match[2]] if match else []):
            found[name] = own
    return found


def _unsaid(body: Excerpt) -> Rights:
    taken = "reads and writes all, as repositories from before February 2023 do"
    body.draft.assume("jobs without permissions", taken, "the setting of the repository is in no file")
    return {**all_at("write"), "id-token": "none"}


def _local(path: str) -> str:
    return re.sub(r"^.*(?=\.github/)", "", path.replace("\\", "/"))


def _job(
    workflow: Workflow, name: str, call: WorkflowCall, rights: Rights, body: Excerpt, parts: RepositoryParts
) -> WorkflowJob:
    root = root_of(workflow.path)
    steps = expanded(list(body.each("steps")), root, parts.actions)
    text = json.dumps([body.value, workflow.body.value.get("env")])
    inside = " ".join(_EXPRESSION.findall(text))
    names = dict.fromkeys(one or other for one, other in _SECRET.findall(inside))
    secrets = call.handed(each for each in names if each.upper() != "GITHUB_TOKEN")
    if _ALL_SECRETS.search(text) or body.value.get("secrets") == "inherit":
        body.draft.leave(
            body.origin, f"the secrets of {name}", "all of the repository are handed on: no file lists them"
        )
    agents = job_agents(steps, RepositorySettings(root, parts.settings))
    variables = _variables(call, workflow.body, body, *steps)
    minutes = body.value.get("timeout-minutes")
    runner = json.dumps(body.value.get("runs-on"))
    return WorkflowJob(
        workflow.name,
        name,
        call.triggers,
        rights,
        secrets,
        variables,
        tuple(dict.fromkeys(cloud for step in steps for cloud in _clouds(step))),
        _reason(steps, (workflow.body, body), bool(OF_PULLS.intersection(call.triggers))),
        agents,
        app_token(steps, rights),
        job_servers(steps, agents, variables),
        _environment(body),
        claims(
            call.on,
            _environment(body),
            own_runner="self-hosted" in runner,
            audiences=[each for step in steps for each in _audiences(step)],
        ),
        "self-hosted" in runner,
        minutes if isinstance(minutes, int) and not isinstance(minutes, bool) and 0 < minutes <= 43200 else 360,
        tuple(dict.fromkeys(plain(uses) for step in steps if (uses := step.text("uses")) and _moves(uses))),
        plain(body.text("uses")) if body.has("uses") else "",
        tuple(f"job {workflow.name}/{call.prefix}{each}" for each in _takes_from(body, text)),
        body.origin,
        said_at(body) or said_at(workflow.body),
    )


def _variables(call: WorkflowCall, *parts: Excerpt) -> Mapping[str, str]:
    """The secrets in the environments of a workflow, a job and its steps, by the names of their variables."""
    found: dict[str, str] = {}
    for part in parts:
        for name, value in part.part("env").items() if part.has("env") else ():
            match = _SECRET.search(value.value) if isinstance(value.value, str) else None
            for own in call.handed([match[1] or match[2]] if match else []):
                found[name] = own
    return found


def _environment(body: Excerpt) -> str:
    value = body.value.get("environment")
    found = value if isinstance(value, str) else value.get("name") if isinstance(value, dict) else ""
    return plain(found) if isinstance(found, str) and found else ""


def _moves(uses: str) -> bool:
    """True for code of others by a name that can be moved: a tag or a branch, no commit."""
    return not uses.startswith(("./", "docker://")) and re.search(r"@[0-9a-f]{40}$", uses) is None


def _reason(steps: Sequence[Excerpt], around: Sequence[Excerpt], of_pulls: bool) -> str:
    """How what strangers wrote becomes code of the job, also by variables from `around`; empty where it does not."""
    named = {name for part in around for name in _spoken(part)}
    for step in steps:
        run = step.value.get("run")
        scripts = [run, step.part("with").value.get("script")]
        inside = [each for text in scripts if isinstance(text, str) for each in _EXPRESSION.findall(text)]
        mine = named.union(_spoken(step))
        if any(_WORDS.search(each) or mine.intersection(_VARIABLE.findall(each)) for each in inside):
            return "a script takes their words as code"
        if step.text("uses").startswith("actions/checkout"):
            given = step.part("with").value
            wanted = " ".join(str(given.get(key)) for key in ("ref", "repository"))
            if _THEIR_CODE.search(wanted):
                return "their code is checked out"
            if of_pulls and _COMPUTED.search(wanted):
                return "what a step before finds is checked out, which may be their code"
        if isinstance(run, str) and re.search(
            r"gh pr checkout|git (fetch|checkout|pull)[^\n]*(pull/|head_ref|head\.(ref|sha))", run
        ):
            return "their code is checked out"
    return ""


def _takes_from(body: Excerpt, text: str) -> Iterator[str]:
    value = body.value.get("needs")
    for each in [value] if isinstance(value, str) else value if isinstance(value, list) else ():
        if isinstance(each, str) and (f"needs.{each}.outputs" in text or "actions/download-artifact" in text):
            yield plain(each)


def _spoken(part: Excerpt) -> Iterator[str]:
    """The variables of `part` that hold what strangers wrote: as `env.NAME` in a script they are a part of it."""
    for name, value in part.part("env").items() if part.has("env") else ():
        if isinstance(value.value, str) and any(_WORDS.search(each) for each in _EXPRESSION.findall(value.value)):
            yield name


def _audiences(step: Excerpt) -> Iterator[str]:
    """For whom a step asks the token: what it says, else what its action takes."""
    given = step.part("with").value
    said = given.get("audience")
    if isinstance(said, str) and said and "$" not in said:
        yield said
    elif said is None and "role-to-assume" in given and step.text("uses").startswith("aws-actions/"):
        yield "sts.amazonaws.com"


def _clouds(step: Excerpt) -> Iterator[str]:
    given = step.part("with").value
    for key in ("role-to-assume", "service_account", "client-id"):
        value = given.get(key)
        if isinstance(value, str) and value and "secrets." not in value and "$" not in value:
            yield plain(value)
        elif isinstance(value, str) and value:
            yield f"the role that {plain(key)} names"
