"""The importers, one row each; the first whose files they are gets them."""

from __future__ import annotations

from collections.abc import Mapping

from simkit.importers.agent.agent import AGENT
from simkit.importers.aws.aws import AWS
from simkit.importers.github_actions.github_actions import GITHUB_ACTIONS
from simkit.importers.importer import Importer
from simkit.importers.kubernetes.kubernetes import KUBERNETES
from simkit.importers.opengraph.opengraph import OPENGRAPH
from simkit.importers.recordings.recordings import RUNS

_ROWS = (RUNS, AGENT, AWS, GITHUB_ACTIONS, KUBERNETES, OPENGRAPH)
IMPORTERS: Mapping[str, Importer] = {each.kind: each for each in _ROWS}
"""By kind."""
