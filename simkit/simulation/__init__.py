"""Where the line is joined: scenario, sessions, attack graph, engine, blast radius."""

from simkit.simulation.attack import WORST_ROWS, Attack, PolicyLike, compile_attack, goals_seen, world_of
from simkit.simulation.side_by_side import PoliciesLike, compare, several
from simkit.simulation.simulation import (
    MOST_TRIALS,
    Workers,
    checked_trial,
    checked_trials,
    everything_lost,
    in_memory,
    outcomes_of,
    rank,
    reached_pairs,
    replay,
    replayed,
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
    "Workers",
    "checked_trial",
    "checked_trials",
    "compare",
    "compile_attack",
    "everything_lost",
    "goals_seen",
    "in_memory",
    "outcomes_of",
    "rank",
    "reached_pairs",
    "replay",
    "replayed",
    "several",
    "simulate",
    "under",
    "world_of",
    "worst_case_pairs",
]
