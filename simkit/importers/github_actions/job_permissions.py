"""What the token of a job may do: the permissions of a workflow and of a job, as GitHub puts them together.

Source: docs.github.com, "Workflow syntax", `permissions`, and "Reusing workflows".
"""

from __future__ import annotations

from collections.abc import Mapping

from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace

NONE, READ, WRITE = "none", "read", "write"
LEVELS = (NONE, READ, WRITE)
SCOPES = (
    "actions",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "repository-projects",
    "security-events",
    "statuses",
)
"""The scopes of a GITHUB_TOKEN."""
Rights = Mapping[str, str]
"""For each scope `none`, `read` or `write`."""


def all_at(level: str) -> Rights:
    """Every scope at `level`; `id-token` has no read, and is never given unless it is named or all is written.

    >>> all_at("read")["id-token"], all_at("write")["id-token"]
    ('none', 'write')
    """
    return {scope: NONE if scope == "id-token" and level == READ else level for scope in SCOPES}


def said(under: Excerpt) -> Rights | None:
    """What the `permissions` of a workflow or a job say; None where they say nothing.

    A block sets every scope that it does not name to none.
    """
    value = under.value.get("permissions") if isinstance(under.value, dict) else None
    if "permissions" not in (under.value if isinstance(under.value, dict) else {}):
        return None
    block = under.under("permissions", value)
    if value in ("read-all", "write-all"):
        return all_at(value.removesuffix("-all"))
    found = dict(all_at(NONE))
    if isinstance(value, dict):
        for scope, level in value.items():
            if scope in found and level in LEVELS and not (scope == "id-token" and level == READ):
                found[scope] = level
            else:
                block.draft.leave(
                    block.under(scope, level).origin, f"permissions: {scope}"[:80], "no such scope or level is known"
                )
    elif value is not None:
        block.refused("a mapping, read-all or write-all", {})
    return found


def said_at(under: Excerpt) -> Mapping[str, FilePlace]:
    """Where `permissions` of a workflow or a job give each scope: the line of the scope, or that of the whole."""
    value = under.value.get("permissions") if isinstance(under.value, dict) else None
    if value is None:
        return {}
    block = under.under("permissions", value)
    named = value if isinstance(value, dict) else {}
    return {scope: block.under(scope, "").origin if scope in named else block.origin for scope in SCOPES}


def within(own: Rights, most: Rights) -> Rights:
    """`own`, as far as `most` allows: a called workflow never has more than the job that calls it.

    >>> within(all_at("write"), all_at("read"))["contents"]
    'read'
    """
    return {scope: min(level, most[scope], key=LEVELS.index) for scope, level in own.items()}
