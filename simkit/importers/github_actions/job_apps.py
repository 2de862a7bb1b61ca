"""The tokens of their own apps that the actions of agents work with, whatever `permissions` a job has.

Source: the actions themselves (anthropics/claude-code-action 24dcd50c, `src/github/token.ts`; Factory-AI/droid-action;
opencode.ai/docs/github). With the id-token of the job each asks its maker for a token of the app that is installed in
the repository, unless the workflow gives it another token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.github_actions.job_permissions import LEVELS, NONE, SCOPES, WRITE, Rights

_APPS = {
    r"anthropics/claude-code-action@": "github_token",
    r"factory-ai/droid-action(/\w+)?@": "github_token",
    r"(sst|anomalyco)/opencode/github@": "use_github_token",
}
"""Actions with an app, and the input that gives them another token."""
_BY_DEFAULT = ("contents", "issues", "pull-requests")
"""What such a token writes if nobody asks for more."""
_MORE = re.compile(r"^\s*([\w-]+)\s*:\s*(\w+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class AppToken:
    """What the token of an app may do, and the place of the step that asks for it."""

    app: str
    rights: Rights
    place: FilePlace


def app_token(steps: Sequence[Excerpt], rights: Rights) -> AppToken | None:
    """The token that an agent in `steps` gets of its app; None without an id-token to show, and where none asks."""
    return next(_asked(steps), None) if rights["id-token"] == WRITE else None


def _asked(steps: Sequence[Excerpt]) -> Iterator[AppToken]:
    for step in steps:
        uses, given = step.text("uses"), step.part("with")
        other = next((name for action, name in _APPS.items() if re.match(action, uses, re.IGNORECASE)), None)
        if other is None or str(given.value.get(other) or "false").lower() != "false":
            continue
        more = _MORE.findall(given.text("additional_permissions")) if given.has("additional_permissions") else ()
        wanted = {**dict.fromkeys(_BY_DEFAULT, WRITE), **{scope.replace("_", "-"): level for scope, level in more}}
        rights = {scope: level if (level := wanted.get(scope, NONE)) in LEVELS else NONE for scope in SCOPES}
        yield AppToken(uses.partition("@")[0], rights, step.under("uses", uses).origin)
