"""Where the line is joined: scenario, sessions, attack graph, engine, blast radius."""

from simkit.simulation.attack import WORST_ROWS, Attack, PolicyLike, compile_attack, world_of
from simkit.simulation.simulation import (
    MOST_TRIALS,
    PoliciesLike,
    checked_trial,
    checked_trials,
    compare,
    everything_lost,
    in_memory,
    rank,
    replay,
    replayed,
    several,
    simulate,
    under,
    worst_case_pairs,
)

__all__ = [
    "MOST_TRIALS",
    "WORST_ROWS",
    "Attack",
    "PoliciesLike",
    "PolicyLike",
    "checked_trial",
    "checked_trials",
    "compare",
    "compile_attack",
    "everything_lost",
    "in_memory",
    "rank",
    "replay",
    "replayed",
    "several",
    "simulate",
    "under",
    "world_of",
    "worst_case_pairs",
]
