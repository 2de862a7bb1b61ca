"""What is recommended in the form that people apply: settings, manifests, workflows, policies. One file a kind.

An artifact is the smallest change of the user's own files, as a patch, where they were imported from some; it is
imported again before it is shown, and whatever its language cannot say is listed.
"""

from simkit.artifacts.above_patch import effect, evidence, patch_text, told
from simkit.artifacts.apply import carried_out, holds, wider
from simkit.artifacts.artifact import Artifact, ArtifactKind, Wording
from simkit.artifacts.artifacts_table import ARTIFACTS
from simkit.artifacts.earlier_work import taking_back, with_work_of
from simkit.artifacts.sources import ImportedSources

__all__ = [
    "ARTIFACTS",
    "Artifact",
    "ArtifactKind",
    "ImportedSources",
    "Wording",
    "carried_out",
    "effect",
    "evidence",
    "holds",
    "patch_text",
    "taking_back",
    "told",
    "wider",
    "with_work_of",
]
