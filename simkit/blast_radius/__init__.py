"""What an attack got, measured: values, chances, times, paths, and what the policy costs the legitimate work."""

from simkit.blast_radius.blast_radius import BlastRadius
from simkit.blast_radius.comparison import Comparison, Difference
from simkit.blast_radius.intervals import Interval
from simkit.blast_radius.legend import Legend
from simkit.blast_radius.pairs import PairMatrix
from simkit.blast_radius.paths import AttackPath, AttackPaths, PathStep
from simkit.blast_radius.provenance import Provenance
from simkit.blast_radius.ranking import Ranked, Ranking, ShortestWay
from simkit.blast_radius.utility import Utility, utility
from simkit.blast_radius.worst_case import WorstCase

__all__ = [
    "AttackPath",
    "AttackPaths",
    "BlastRadius",
    "Comparison",
    "Difference",
    "Interval",
    "Legend",
    "PairMatrix",
    "PathStep",
    "Provenance",
    "Ranked",
    "Ranking",
    "ShortestWay",
    "Utility",
    "WorstCase",
    "utility",
]
