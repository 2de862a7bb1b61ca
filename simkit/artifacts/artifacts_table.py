"""The kinds of artifacts, one row each."""

from __future__ import annotations

from collections.abc import Mapping

from simkit.artifacts.agent_artifact import AGENT
from simkit.artifacts.artifact import ArtifactKind
from simkit.artifacts.cedar_policies import CEDAR
from simkit.artifacts.iam_policies import AWS
from simkit.artifacts.rbac_manifests import KUBERNETES
from simkit.artifacts.workflow_permissions import GITHUB_ACTIONS

_ROWS = (AGENT, AWS, CEDAR, GITHUB_ACTIONS, KUBERNETES)
ARTIFACTS: Mapping[str, ArtifactKind] = {each.kind: each for each in _ROWS}
"""By kind."""
