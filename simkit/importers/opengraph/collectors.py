"""What the kinds of nodes of each collector are: whoever acts, what is acted on, and what holds a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

OWN = "Simkit"
"""The collector whose graphs simkit writes itself."""


@dataclass(frozen=True, slots=True)
class NodeKind:
    """`section`: identities or resources; `kind`: of which kind. A `store` gives whoever reads it what it leads to."""

    section: str
    kind: str
    store: bool = False


_PERSON, _GROUP = NodeKind("identities", "human"), NodeKind("identities", "service")
_PIPELINE = NodeKind("identities", "pipeline")
_DATA, _CODE = NodeKind("resources", "other"), NodeKind("resources", "repository")
_SECRET = NodeKind("resources", "secret-store")

GITHOUND: Mapping[str, NodeKind] = {
    "GH_User": _PERSON,
    "GH_ExternalIdentity": _PERSON,
    "GH_Team": _GROUP,
    "GH_OrgRole": _GROUP,
    "GH_TeamRole": _GROUP,
    "GH_RepoRole": _GROUP,
    "GH_App": _GROUP,
    "GH_AppInstallation": _GROUP,
    "GH_PersonalAccessToken": _GROUP,
    "GH_Organization": _GROUP,
    "GH_Repository": _PIPELINE,
    "GH_Workflow": _CODE,
    "GH_Branch": _CODE,
    "GH_BranchProtectionRule": _DATA,
    "GH_Environment": _DATA,
    "GH_OrgSecret": _SECRET,
    "GH_RepoSecret": _SECRET,
    "GH_EnvironmentSecret": _SECRET,
    "GH_OrgVariable": _DATA,
    "GH_RepoVariable": _DATA,
    "GH_SecretScanningAlert": NodeKind("resources", "secret-store", store=True),
}
"""GitHound (SpecterOps, 3bb18a84). A repository acts: its workflows have its secrets. An organization leads to what it
owns."""
COLLECTORS: Mapping[str, Mapping[str, NodeKind]] = {"GitHub": GITHOUND}
"""By what stands under `metadata.source_kind`; kinds of others are found by name, in whatever graph they stand."""
KINDS: Mapping[str, NodeKind] = {kind: row for each in COLLECTORS.values() for kind, row in each.items()}
"""All that are known."""
READING = ("Read", "View", "Get", "List", "HasSecret", "HasVariable")
"""Parts of the names of edges that let one read; others change, as far as the name tells."""


def effect_of(edge: str) -> str:
    """What an edge that leads on to a resource lets one do there.

    >>> effect_of("GH_CanReadSecretScanningAlert"), effect_of("GH_CanWriteBranch")
    ('read', 'write')
    """
    return "read" if any(part in edge for part in READING) else "write"
