"""A scenario as it was, from a baseline: what the one of now is held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from simkit.checks.baseline import StoredRun
from simkit.checks.elements import restored
from simkit.checks.figures import Figures
from simkit.checks.replays import Replays
from simkit.errors import InputError
from simkit.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Before:
    """A scenario as it was. `source` is the baseline, or the revision, that it comes from; `slots` are the policies
    under which the two are held against each other; `acknowledged` maps what is taken away from the check on purpose
    to the reason."""

    source: str
    scenario: Scenario
    slots: tuple[str, ...]
    acknowledged: Mapping[str, str] = field(default_factory=dict)

    @property
    def compared(self) -> int:
        """How many attacks are held against those of now."""
        return len(self.slots) * len(self.scenario.entry_points)


def from_baseline(stored: StoredRun, now: Scenario, replays: Replays, baseline: str) -> Before:
    """What `baseline` stores of the scenario `now`, replayed to prove it.

    Raises InputError for one that cannot be read any more, and for figures that do not follow from the scenario.
    """
    old = old_scenario(stored, baseline)
    if now.digest == stored.digest:  # it is replayed once, as what it is now; what it promises is no part of a digest
        old = replace(now, expect=old.expect)
        _prove(stored, now, replays, baseline)
    else:
        _prove(stored, old, replays, baseline)
    return Before(baseline, old, tuple(stored.results), stored.acknowledged)


def old_scenario(stored: StoredRun, baseline: str) -> Scenario:
    """The scenario that `baseline` stores, with what it promised. Raises InputError if it cannot be read any more."""
    try:
        return restored({**stored.scenario, **({"expect": stored.expect} if stored.expect else {})}, baseline)
    except InputError as error:
        why = str(error).splitlines()[0]
        told = f"{baseline} holds a scenario {stored.name!r} that this simkit cannot read ({why})"
        raise InputError(f"{told}: renew it with an update") from None


def _prove(stored: StoredRun, old: Scenario, replays: Replays, baseline: str) -> None:
    """Raises InputError if the stored figures do not follow from the stored scenario."""
    from simkit import __version__

    for slot, entries in stored.results.items():
        for entry, figures in entries.items():
            result = replays.of(old, slot, entry)
            if result is not None and Figures.of(result).to_dict() == figures.model_dump():
                continue
            about = f"of {stored.name!r} under {slot} through {entry}"
            told = f"{baseline}: the figures {about} are not those of its scenario"
            if stored.version != __version__:
                told = f"{baseline} was made by simkit {stored.version}, and {__version__} computes otherwise"
                raise InputError(f"{told}: renew it with an update")
            raise InputError(f"{told}, as if edited by hand: restore it, or renew it with an update")
