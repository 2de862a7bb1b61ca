"""The tools of GitHub's MCP server, and the scopes of a classic token that each needs: a token opens more than its use.

Source of the tools: `github_tools.txt`. Which scope holds which: docs.github.com, "Scopes for OAuth apps".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from simkit.importers.agent.tool_claims import ToolClaim

EFFECTS = {"reads": "read", "changes": "write", "destroys": "delete"}
HOLDS: Mapping[str, tuple[str, ...]] = {
    "repo": ("public_repo", "repo:status", "repo_deployment", "repo:invite", "security_events"),
    "admin:org": ("write:org", "read:org"),
    "write:org": ("read:org",),
    "project": ("read:project",),
    "user": ("read:user", "user:email", "user:follow"),
}
"""The scopes that each scope has in it."""


@dataclass(frozen=True, slots=True)
class GitHubTool:
    """A tool: its effect, and the scopes that it needs; none where its page says none."""

    name: str
    effect: str
    scopes: tuple[str, ...]


@lru_cache(maxsize=1)
def github_tools() -> Mapping[str, GitHubTool]:
    """All of them, by name."""
    text = files("simkit.importers.agent").joinpath("github_tools.txt").read_text("utf-8")
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    made = (
        GitHubTool(name, EFFECTS[does], () if scopes == "-" else tuple(scopes.split(",")))
        for name, does, scopes in rows
    )
    return {each.name: each for each in made}


def is_github(package: str, host: str) -> bool:
    """True for GitHub's own server, as it is started or reached.

    >>> is_github("ghcr.io/github/github-mcp-server", ""), is_github("", "api.githubcopilot.com"), is_github("x", "")
    (True, True, False)
    """
    return package.partition(":")[0].endswith("github-mcp-server") or host == "api.githubcopilot.com"


def github_claims() -> tuple[ToolClaim, ...]:
    """The tools as what they are taken for: all of them meet outsiders' words."""
    return tuple(ToolClaim(each.name, each.effect, True, True) for each in github_tools().values())


def needed(names: Iterable[str]) -> frozenset[str]:
    """The scopes that a classic token needs for the tools `names`; of tools that are not known, none.

    >>> sorted(needed(["get_file_contents", "list_gists"]))
    ['repo']
    """
    known = github_tools()
    return frozenset(scope for name in names if name in known for scope in known[name].scopes)


def opened(scopes: Iterable[str]) -> tuple[GitHubTool, ...]:
    """The tools that a classic token with `scopes` opens, of those that need one."""
    held = set(scopes)
    held |= {inner for scope in held for inner in HOLDS.get(scope, ())}
    return tuple(each for each in github_tools().values() if each.scopes and held.issuperset(each.scopes))
