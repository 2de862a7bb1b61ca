"""The definition of what the engines compute, in plain Python: slow, short, and meant to be believed.

Three questions about an attack graph and one of its entries: the *worst case* (what can be reached at all), *reach*
(what one sample ever reaches, time ignored) and *replay* (what one sample reaches, and when). The kernels must equal
this package sample by sample.
"""

from simkit.engines.reference.chronicle import Replay, Trace, replay
from simkit.engines.reference.closure import behind, conclusions, reach, worst_case
from simkit.engines.reference.fates import Fates

__all__ = ["Fates", "Replay", "Trace", "behind", "conclusions", "reach", "replay", "worst_case"]
