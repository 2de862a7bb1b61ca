"""Workflows as a scenario: what a stranger's issue or pull request gets, and what each secret opens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from simkit.importers.agent.agent_settings import settings
from simkit.importers.draft import Draft
from simkit.importers.github_actions.composite_actions import actions, is_action
from simkit.importers.github_actions.job_permissions import READ, WRITE
from simkit.importers.github_actions.workflow import WorkflowJob, is_workflow, jobs, workflows
from simkit.importers.imported import CHANCE, FALLS, TIME
from simkit.importers.importer import Importer
from simkit.importers.source_file import SourceFile

CODE_PLACE, TALK = "repository", "issues and pull requests"
PLACES = {
    "contents": CODE_PLACE,
    "issues": TALK,
    "pull-requests": TALK,
    "discussions": TALK,
    "packages": "packages",
    "deployments": "deployments",
    "pages": "the site of the repository",
}
"""What the scopes of a token are about; each other one is about a place of its own name."""
OUTSIDE = "outside of workflows"
UNLISTED = {"use": "delete", "use (read)": "read", "use (write)": "write", "use (send)": "send"}
"""What is taken for the tools of a server that nobody lists, with the effect of each."""
OF_A_MODEL = re.compile(
    r"\w*(ANTHROPIC|CLAUDE|OPENAI|CODEX|GEMINI|OPENROUTER|OPENCODE|MISTRAL|GROQ|DEEPSEEK|QWEN|XAI|CURSOR|LLM)_\w*(KEY|TOKEN)",
    re.IGNORECASE,
)
"""How keys of makers of models are called."""
SUSCEPTIBILITY, RATE, DURATION = 0.5, "10/d", "10m"


def translate(files: Sequence[SourceFile], draft: Draft) -> None:
    """Put what the workflows say into `draft`."""
    # what is wrong with settings is told by the importer whose files they are
    brought = settings(draft.seen, Draft(draft.kind))
    found = list(jobs(workflows(files, draft), actions(files, draft), brought))
    if not found:
        return
    draft.put("resources", CODE_PLACE, {"kind": "repository"})
    draft.put("resources", TALK, {"kind": "other", "exposure": "public"})
    draft.put("entry_points", "poisoned issue", {"poison": TALK})
    draft.assume(TALK, "strangers write and read them", "whether the repository is public is in no file")
    draft.assume(
        "the rate and the duration of jobs", f"{RATE}, {DURATION}", "workflows do not say how often they run", TIME
    )
    for job in found:
        _job(job, draft)
    _handed_on(found, draft)
    draft.sections["resources"][CODE_PLACE]["run_by"] = [job.identity for job in found]
    draft.assume("what is written to the repository", "every job runs it", "the protection of branches is in no file")
    draft.put("goals", "code changed", {"lost": [f"{CODE_PLACE}: integrity"]})
    for name in draft.sections["resources"]:
        if name.startswith("what "):
            draft.put("goals", f"{name} out", {"lost": [f"{name}: confidentiality"]})
        if name.startswith("behind "):
            draft.put("goals", f"what is {name} changed", {"lost": [f"{name}: integrity"]})
    if draft.has("resources", "packages"):
        draft.put("goals", "packages changed", {"lost": ["packages: integrity"]})


def _job(job: WorkflowJob, draft: Draft) -> None:
    name = job.identity
    given = [{"operation": operation} for operation in _rights(job, draft)]
    said: dict[str, Any] = {"kind": "pipeline", "stage": "build"}
    notes = [f"code by names that can be moved: {', '.join(job.unpinned)}"] if job.unpinned else []
    notes += [f"runs {job.called}, which is elsewhere"] if job.called else []
    said |= {"note": "; ".join(notes)} if notes else {}
    said |= {"entitlements": given} if given else {}
    held = [_secret(secret, job, draft) for secret in job.secrets]
    if job.agents:
        draft.given += [(name, f"secrets.{secret}") for name, secret in job.variables.items()]
    said |= {"runtime_holds": held} if held else {}
    draft.put("identities", name, said, job.place)
    _trace(job, name, draft)
    token = {"identity": name, "kind": "GITHUB_TOKEN", "ttl": f"{job.minutes}m"}
    draft.put("credentials", f"GITHUB_TOKEN of {job.workflow}/{job.name}", token, job.place)
    federated = _federated(job)
    if given or federated:
        work: dict[str, Any] = {"identity": name, "rate": RATE, "duration": DURATION}
        work |= {"needs": [each["operation"] for each in given]} if given else {}
        # the token that GitHub signs for a job says what it is of, and a role may ask for that
        work |= {"delegates_to": federated, "claims": dict(job.claims)} if federated else {}
        draft.put("tasks", f"{job.workflow}/{job.name}", work, job.place)
    draft.put("entry_points", f"{name} is taken over", {"compromise": name}, job.place)
    if job.reason and job.strangers:
        why = f"a stranger runs code in {name}"
        draft.put(
            "entry_points", why, {"compromise": name, "note": f"{', '.join(job.strangers)}: {job.reason}"}, job.place
        )
    _clouds(job, draft)
    if job.agents:
        _agent(job, given, held, draft)
    _untold(job, draft)


def _rights(job: WorkflowJob, draft: Draft) -> list[str]:
    """The operations that the token of a job has, and those of apps, which lie in the job, too."""
    operations = []
    for tool, rights in (("github-token", job.rights), ("app-token", job.app.rights if job.app else {})):
        for scope, level in rights.items():
            if scope == "id-token" or level not in (READ, WRITE):
                continue
            place = PLACES.get(scope, f"{scope} of the repository")
            draft.put("resources", place, {"kind": "other"})
            for verb in (READ, WRITE) if level == WRITE else (READ,):
                made = draft.put("tools", tool, {"operations": {}})["operations"]
                made.setdefault(f"{verb}-{scope}", {"effect": verb, "targets": [place]})
                operations.append(f"{tool}.{verb}-{scope}")
    if job.app:
        why = "it is in no file what the app may do, beyond what a step asks for"
        draft.assume(f"the token of the app of {job.app.app}", "writes code, issues and pull requests", why)
    return operations


def _trace(job: WorkflowJob, name: str, draft: Draft) -> None:
    """Tell which line gives each right of the token."""
    places = {("github-token", scope): place for scope, place in job.given_at.items()}
    places |= {("app-token", scope): job.app.place for scope in job.app.rights} if job.app else {}
    for (tool, scope), place in places.items():
        for verb in (READ, WRITE):
            draft.trace("identities", name, f"{tool}.{verb}-{scope}", place)


def _secret(name: str, job: WorkflowJob, draft: Draft) -> str:
    """A secret of the repository as a credential of the account that it opens."""
    name = f"secrets.{name}"
    owner, opens = f"account of {name}", f"what {name} opens"
    draft.put("resources", opens, {"kind": "data-store"}, job.place)
    draft.put("tools", "accounts", {"operations": {"use": {"effect": "read"}}})
    entitled = [{"operation": "accounts.use", "targets": [opens]}]
    draft.put("identities", owner, {"kind": "service", "entitlements": entitled}, job.place)
    draft.put("credentials", name, {"identity": owner, "kind": "secret of a repository", "ttl": "never"}, job.place)
    draft.put("entry_points", f"{name} leaks", {"leak": name}, job.place)
    draft.assume("the life of secrets", "for ever", "a workflow does not say when they expire", TIME)
    return name


def _federated(job: WorkflowJob) -> list[str]:
    """The identities in clouds that the steps of a job become, if its token may say who it is."""
    return [f"cloud:{cloud}" for cloud in job.clouds] if job.rights["id-token"] == WRITE else []


def _clouds(job: WorkflowJob, draft: Draft) -> None:
    if job.rights["id-token"] != WRITE:
        return
    if not job.clouds:
        draft.leave(job.place, f"the id-token of {job.identity}", "what accepts it, no workflow says")
    for cloud in job.clouds:
        draft.put("identities", f"cloud:{cloud}", {"kind": "service"}, job.place)
        draft.trusts(job.identity, f"cloud:{cloud}", "federate", ttl="1h")
        draft.assume(f"the trust policy of {cloud}", "it accepts this job", "it is in no workflow")


def _agent(job: WorkflowJob, given: list[dict[str, Any]], held: list[str], draft: Draft) -> None:
    """An agent in a job: it reads what strangers write, has the job's token and secrets, and runs code if it may."""
    name = f"agent in {job.workflow}/{job.name}"
    entitled = list(given)
    if _runs_code(job, draft):
        draft.put(
            "tools",
            f"shell of {job.workflow}/{job.name}".replace(".", "-"),
            {
                "general_purpose": True,
                "operations": {"run": {"effect": "execute", "targets": [job.identity]}},
            },
        )
        entitled.append({"operation": f"shell of {job.workflow}/{job.name}".replace(".", "-") + ".run"})
    entitled += [{"operation": each} for each in _servers(job, held, draft)]
    runs = ", ".join(dict.fromkeys(each.name for each in job.agents))
    said: dict[str, Any] = {"kind": "agent", "susceptibility": SUSCEPTIBILITY, "note": runs}
    said |= {"entitlements": entitled} if entitled else {}
    said |= {"runtime_holds": held} if held else {}
    draft.put("identities", name, said, job.place)
    _trace(job, name, draft)
    draft.assume("susceptibility", str(SUSCEPTIBILITY), FALLS, CHANCE)
    words = [TALK, *(f"behind {each.name} in {job.workflow}/{job.name}" for each in job.servers)]
    task = {"identity": name, "reads": words, "rate": RATE, "duration": DURATION}
    needs = [each["operation"] for each in entitled]
    draft.put("tasks", name, task | ({"needs": needs} if needs else {}), job.place)


def _servers(job: WorkflowJob, held: Sequence[str], draft: Draft) -> list[str]:
    """The servers of the agent in `job`, and the operations of theirs that it may use: nobody is there to be asked."""
    usable: list[str] = []
    for each in job.servers:
        where = f"{each.name} in {job.workflow}/{job.name}"
        name, tool, behind = f"server {where}", f"mcp:{where}".replace(".", "-"), f"behind {where}"
        given = [secret for secret in (f"secrets.{one}" for one in each.secrets) if secret in held]
        said: dict[str, Any] = {"kind": "workload", "entitlements": [{"operation": f"{tool}.*"}]}
        said |= {"runtime_holds": given} if given else {}
        said["note"] = f"at {each.own.host}" if each.own.host else f"starts {each.own.package or 'a program'}"
        draft.put("identities", name, said, each.place)
        draft.put("resources", behind, {"exposure": "public-write"}, each.place)
        draft.put("resources", OUTSIDE, {"kind": "external-site", "exposure": "public"})
        operations = {
            operation: {"effect": effect, "targets": [OUTSIDE if effect == "send" else behind]}
            for operation, effect in UNLISTED.items()
        }
        draft.put("tools", tool, {"runs_as": name, "operations": operations}, each.place)
        draft.put("entry_points", f"{name} is taken over", {"compromise": {"tool": tool}}, each.place)
        draft.assume(f"the tools of {where}", "read, destroy and reach out", "no workflow lists them")
        if any(agent.may_use(each.name) for agent in job.agents):
            usable += [f"{tool}.{operation}" for operation in UNLISTED]
    return usable


def _runs_code(job: WorkflowJob, draft: Draft) -> bool:
    about = f"the tools of the agent in {job.workflow}/{job.name}"
    for each in job.agents:
        if each.is_computed:
            draft.assume(about, "it may use all", "a part of the list of those that it may is made when the job runs")
        elif each.tools is None:
            taken = "it runs commands" if each.runs_code else "it runs none, as long as none is allowed"
            draft.assume(about, taken, "neither the workflow nor settings beside it list any")
    return any(each.runs_code for each in job.agents)


def _handed_on(found: Sequence[WorkflowJob], draft: Draft) -> None:
    """Tell which jobs use what an agent made in a job before them."""
    working = {job.identity for job in found if job.agents}
    for job in found:
        for giver in (each for each in job.takes_from if each in working):
            what = f"what the agent in {giver.removeprefix('job ')} hands to {job.identity}"
            draft.leave(job.place, what, "what a job does with outputs and artifacts of another is not followed")


def _untold(job: WorkflowJob, draft: Draft) -> None:
    for secret in (each for each in job.secrets if not job.agents and OF_A_MODEL.match(each)):
        why = "it looks like a key of a model: whether an agent works there, and what it may do, no workflow says"
        draft.leave(job.place, f"what {job.identity} does with secrets.{secret}", why)
    if job.environment:
        draft.leave(job.place, f"the environment {job.environment}", "who must approve it is in no workflow")
    if job.own_runner:
        draft.leave(
            job.place,
            f"the runner of {job.identity}",
            "it is the organisation's own: what else it reaches is in no workflow",
        )
    if job.called:
        draft.leave(
            job.place, job.called, "a workflow that is elsewhere: what it does with the job's rights is not known"
        )


def _suspects(file: SourceFile) -> bool:
    if not file.path.endswith((".yml", ".yaml")):
        return False
    return ("jobs:" in file.text and "on" in file.text) or "composite" in file.text


def _claims(file: SourceFile) -> bool:
    return any(is_workflow(document) or is_action(document) for document in file.documents)


GITHUB_ACTIONS = Importer(
    "github-actions",
    "workflows in `.github/workflows`, composite actions",
    _suspects,
    _claims,
    translate,
    (
        "what a secret opens, and whether the repository is public",
        "the default permissions of the repository, and who must approve an environment",
        "what actions of others do with the token",
        "code that a later run executes because somebody changed it in a cache or an artifact",
        "what runs for pull requests of forks: they get a token that reads and no secrets, and are no entry point here",
    ),
    sees=("agent",),
)
