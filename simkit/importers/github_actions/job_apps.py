"""The tokens of apps that a job works with beside its own, whatever `permissions` it has.

Source: the actions themselves (anthropics/claude-code-action 24dcd50c, `src/github/token.ts`; Factory-AI/droid-action;
opencode.ai/docs/github; actions/create-github-app-token). With the id-token of the job an agent asks its maker for a
token of the app that is installed in the repository, unless the workflow gives it another token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.github_actions.job_permissions import LEVELS, NONE, SCOPES, WRITE, Rights

_APPS = {
    r"anthropics/claude-code-action@": "github_token",
    r"factory-ai/droid-action(/\w+)?@": "github_token",
    r"(sst|anomalyco)/opencode/github@": "use_github_token",
}
"""Agents with an app, and the input that gives them another token."""
_BY_DEFAULT = ("contents", "issues", "pull-requests")
"""What such a token writes if nobody says more; of an app of the user's own, what is taken where no step says it."""
_MADE = re.compile(
    r"(actions/create|tibdex/|getsentry/action)[-\w/]*github-app-token@|peter-murray/workflow-application-token"
)
"""Actions that make a token of an app of the user's own, by the key of that app."""
_MORE = re.compile(r"^\s*([\w-]+)\s*:\s*(\w+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class AppToken:
    """What the tokens of apps in a job may do, who made them, and the place of the step that asks first."""

    app: str
    rights: Rights
    place: FilePlace


def app_token(steps: Sequence[Excerpt], rights: Rights) -> AppToken | None:
    """The tokens of apps that a job has as one, which may do what any of them may; None where it has none."""
    found = [*_own(steps), *(_asked(steps) if rights["id-token"] == WRITE else ())]
    if not found:
        return None
    most = {scope: max((each.rights[scope] for each in found), key=LEVELS.index) for scope in SCOPES}
    return AppToken(", ".join(dict.fromkeys(each.app for each in found)), most, found[0].place)


def _asked(steps: Sequence[Excerpt]) -> Iterator[AppToken]:
    """Those that agents get by the id-token of the job."""
    for step in steps:
        uses, given = step.text("uses"), step.part("with")
        other = next((name for action, name in _APPS.items() if re.match(action, uses, re.IGNORECASE)), None)
        if other is None or str(given.value.get(other) or "false").lower() != "false":
            continue
        more = _MORE.findall(given.text("additional_permissions")) if given.has("additional_permissions") else ()
        wanted = {**dict.fromkeys(_BY_DEFAULT, WRITE), **{scope.replace("_", "-"): level for scope, level in more}}
        yield _token(step, uses, wanted)


def _own(steps: Sequence[Excerpt]) -> Iterator[AppToken]:
    """Those of apps of the user's own, as far as they are for this repository."""
    for step in steps:
        uses, given = step.text("uses"), step.part("with").value
        if _MADE.match(uses) and "github." in str(given.get("repositories", "github.repository")):
            named = {key.removeprefix("permission-"): level for key, level in given.items() if "permission-" in key}
            yield _token(step, uses, named or dict.fromkeys(_BY_DEFAULT, WRITE))


def _token(step: Excerpt, uses: str, wanted: Mapping[str, object]) -> AppToken:
    rights = {scope: str(level) if (level := wanted.get(scope)) in LEVELS else NONE for scope in SCOPES}
    return AppToken(uses.partition("@")[0], rights, step.under("uses", uses).origin)
