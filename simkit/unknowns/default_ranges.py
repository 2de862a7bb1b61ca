"""The ranges of what no file sets: each with its source, or called an assumption.

They count where a scenario leaves a number to its default (or states the default itself), so that a file without a
single range still gets an answer. `docs/numbers.md` says where the defaults come from.
"""

from __future__ import annotations

from collections.abc import Mapping

from simkit.distributions import DAY, HOUR, MINUTE
from simkit.unknowns.guesses import Where
from simkit.unknowns.ranges import ASSUMPTION, Range, Shape


def _standard(low: float, high: float, best: float, shape: Shape, why: str, evidence: str = ASSUMPTION) -> Range:
    return Range(low, high, best, shape, evidence, why, standard=True)


DEFAULT_RANGES: Mapping[Where, Range] = {
    ("response", "miss_rate"): _standard(
        0.01, 0.5, 0.1, "log", "never measured; of one coding agent's gate 17 % is told, for dangerous actions"
    ),
    ("response", "rubber_stamp"): _standard(
        0.5, 0.99, 0.93, "flat", "93 % of prompts of one coding agent are accepted; other work, other people"
    ),
    ("response", "completeness"): _standard(
        0.7, 1.0, 0.95, "flat", "incidents show one forgotten token, not how often one is forgotten"
    ),
    ("response", "delay"): _standard(
        MINUTE, HOUR, 210.0, "log", "3.5 minutes are the average of one vendor's mature customers (Sysdig 2025)"
    ),
    ("response", "remediation_lag", "exponential", "mean"): _standard(
        7 * DAY,
        136 * DAY,
        27 * DAY,
        "log",
        "27 d is a mean that was reported (GitGuardian and CyberArk 2024), 136 d that of an exponential with the "
        "median of 94 d that was measured (Verizon DBIR 2025); 7 d is ours",
        "gitguardian-cyberark-2024, verizon-dbir-2025",
    ),
    ("response", "approval_delay", "lognormal", "median"): _standard(
        5 * MINUTE, 8 * HOUR, 40 * MINUTE, "log", "one vendor's anecdote says 40 minutes; no distribution was found"
    ),
}
