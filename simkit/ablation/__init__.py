"""What each dial of a grant policy buys, and what it costs: dials moved alone, together, and in every combination."""

from simkit.ablation.ablation import Ablation, Combination, DialEffect
from simkit.ablation.attribution import ablate
from simkit.ablation.ladder import Ladder, ladder
from simkit.ablation.moves import differing, moved, setting
from simkit.ablation.samples import Sampled, sampled
from simkit.ablation.time_curves import LAGS, TTLS, Curve, CurvePoint

__all__ = [
    "LAGS",
    "TTLS",
    "Ablation",
    "Combination",
    "Curve",
    "CurvePoint",
    "DialEffect",
    "Ladder",
    "Sampled",
    "ablate",
    "differing",
    "ladder",
    "moved",
    "sampled",
    "setting",
]
