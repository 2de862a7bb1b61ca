"""What public frameworks ask for, the dial or narrowing that carries it out here, and what was measured."""

from simkit.controls.asked import ASKED, Asked
from simkit.controls.assessments import ASSESSORS
from simkit.controls.evidence_table import Evidence, EvidenceRow, evidence
from simkit.controls.posture import Assessment, Posture

__all__ = ["ASKED", "ASSESSORS", "Asked", "Assessment", "Evidence", "EvidenceRow", "Posture", "evidence"]
