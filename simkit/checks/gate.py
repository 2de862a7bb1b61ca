"""The check: expectations judged, the blast radius held against a baseline, and the baseline renewed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from simkit.checks.baseline import Baseline, StoredRun, key_of, load_baseline, save_baseline
from simkit.checks.before import Before, from_baseline, old_scenario
from simkit.checks.check_report import CheckReport
from simkit.checks.disarmed import Disarmed
from simkit.checks.opened import Checked, Opened
from simkit.checks.replays import Replays
from simkit.checks.revision import at_revision
from simkit.checks.suppressions import load_suppressions
from simkit.checks.threshold import EVERYTHING, Threshold, checked_severity
from simkit.errors import InputError, QuestionError, every, nearest
from simkit.fate import checked_seed
from simkit.scenario import Scenario
from simkit.scenario.names import each_name
from simkit.simulation import checked_trials

TRIALS = 1000
"""How many trials a check has where neither the user nor a baseline says."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a check replays; None leaves it to the baseline, and where there is none to the defaults.

    `policies` are those that a baseline holds (None: the one in force, and those that expectations name). `baseline` is
    the file, or `against` the revision, that scenarios are held against; with `update` the baseline is renewed, for
    `reason` where that takes away what it holds them to. With `fail_on_widen` what gives somebody more fails, too.
    `tolerance` is how much more is no growth, and `threshold` what a finding must be to fail.
    """

    trials: int | None = None
    seed: int | None = None
    policies: tuple[str, ...] | None = None
    entry_points: tuple[str, ...] | None = None
    threads: int | None = None
    baseline: str | None = None
    update: bool = False
    reason: str = ""
    against: str | None = None
    fail_on_widen: bool = False
    tolerance: float = 0.0
    threshold: Threshold = EVERYTHING


def check(
    scenarios: Checked | Iterable[Checked],
    *,
    baseline: str | os.PathLike[str] | None = None,
    update: bool = False,
    reason: str = "",
    against: str | None = None,
    policies: str | Iterable[str] | None = None,
    entry_points: str | Iterable[str] | None = None,
    trials: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    fail_on_widen: bool = False,
    fail_on: str = "low",
    new_only: bool = False,
    tolerance: float = 0.0,
    suppressions: str | os.PathLike[str] | None = None,
    today: date | None = None,
) -> CheckReport:
    """Whether `scenarios` (or the paths of their files) keep what they expect of themselves, and whether their blast
    radius grew since the file `baseline` was made.

    An expectation holds if its whole interval keeps the bound. Growth is paired, sample by sample, and blamed on the
    part of the scenario that did it. What the scenario was held to and is no longer (an expectation, an entry point, a
    goal, a value, a chance, observed runs) is a finding too. With `update` the baseline is written anew for these
    scenarios, and nothing is held against it; what it would hold them to no longer needs a `reason`, which it keeps.
    `policies` are then those that it holds (None: the one in force, and those that expectations name). `against` names
    a git revision in place of a baseline: scenarios are held against what they were where its branch was left.
    `entry_points` (one, several, or None for all) are those through which scenarios are judged. `trials` and `seed` are
    those of the baseline, where there is one, else 1,000 and 0. With `fail_on_widen` a right that is wider than before
    fails, too, whether an attack gains by it or not.

    What is wrong is told as findings, one for each cause. Those fail that are as severe as `fail_on` (`critical`,
    `high`, `medium`, `low`) or more; with `new_only` a promise that was broken before fails nothing. `tolerance` is how
    much more is no growth: points of a chance (0.01 is one), a share of everything else. `suppressions` is a file of
    findings that are accepted up to a day, as of `today` (None: the day it is).

    Raises InputError for files that cannot be read, with the mistakes of all of them, and for a baseline that is
    missing, foreign, old, or lacks a scenario; QuestionError for what contradicts itself.

    >>> check("scenarios/starter.yaml", trials=200).failed
    False
    """
    asked = Terms(
        trials=None if trials is None else checked_trials(trials),
        seed=None if seed is None else checked_seed(seed),
        policies=each_name(policies),
        entry_points=each_name(entry_points),
        threads=threads,
        baseline=None if baseline is None else os.fspath(baseline),
        update=update,
        reason=reason.strip(),
        against=against,
        fail_on_widen=fail_on_widen,
        tolerance=_checked_tolerance(tolerance),
        threshold=_threshold(fail_on, new_only, suppressions, today),
    )
    _refuse_contradictions(asked)
    report = _checked(_listed(scenarios), asked)
    return (report if fail_on_widen else report.without_widened).held_to(asked.threshold)


def _listed(scenarios: Checked | Iterable[Checked]) -> list[Checked]:
    return [scenarios] if isinstance(scenarios, Scenario | str | os.PathLike) else list(scenarios)


def _threshold(fail_on: str, new_only: bool, file: str | os.PathLike[str] | None, today: date | None) -> Threshold:
    accepted = None if file is None else load_suppressions(file, today or date.today())
    return Threshold(checked_severity(fail_on), new_only, accepted)


def _checked_tolerance(given: float) -> float:
    if not 0 <= given < 1:
        raise QuestionError(f"a tolerance of {given:g} is none: give a share from 0 to below 1, as 0.01")
    return float(given)


def _refuse_contradictions(asked: Terms) -> None:
    """Raises QuestionError for what cannot be asked together."""
    if asked.update and asked.baseline is None:
        raise QuestionError("an update has no baseline to renew: name one")
    if asked.update and asked.entry_points is not None:
        raise QuestionError("a baseline holds every entry point: leave `entry_points` out of an update")
    if asked.fail_on_widen and (asked.update or (asked.baseline is None and asked.against is None)):
        raise QuestionError("to fail on what is wider, there must be something to compare with: name a baseline")
    if asked.policies is not None and asked.baseline is None:
        raise QuestionError("`policies` says what a baseline holds, and there is none: name one")
    if asked.against is not None and asked.baseline is not None:
        raise QuestionError("a baseline and a revision are two things to be held against: name one of them")
    if asked.baseline is None and asked.against is None and (asked.tolerance or asked.threshold.new_only):
        raise QuestionError("a tolerance, and what is new, are about a comparison: name a baseline or a revision")
    if asked.reason and not asked.update:
        raise QuestionError("a reason is stored with an update of the baseline: ask for one, or leave it out")


def _checked(given: Sequence[Checked], asked: Terms) -> CheckReport:
    opened = every(lambda each: Opened.of(each, asked.entry_points), given)
    if asked.baseline is not None or asked.against is not None:
        for each in opened:
            _refuse_nameless(each)
    if asked.against is not None:
        return _against(opened, asked, asked.against)
    if asked.baseline is None:
        return CheckReport(tuple(each.judged(_replays(asked, None)) for each in opened))
    return (_renewed if asked.update else _held)(opened, asked, asked.baseline)


def _refuse_nameless(opened: Opened) -> None:
    """Raises QuestionError for a scenario that is no file: what it was is found by its path."""
    if opened.scenario.file == "-":
        raise QuestionError("standard input has no place in a baseline: name the scenario's file")
    if not opened.is_file:
        told = f"{opened.scenario.name} was made in memory, and what it was is found by its file"
        raise QuestionError(f"{told}: write it with simkit.dump, and check the file")


def _against(opened: Sequence[Opened], asked: Terms, revision: str) -> CheckReport:
    """Each scenario held against what it was at `revision`; one that was not there is only judged."""
    files = [each.file for each in opened]
    checks = []
    with at_revision(revision, files) as known:
        for each in opened:
            replays, before = _replays(asked, None), known.before(each.file)
            found = each.judged(replays)
            checks.append(found if before is None else each.compared(found, replays, before, asked.tolerance))
        return CheckReport(tuple(checks), revision, known.gone(files))


def _held(opened: Sequence[Opened], asked: Terms, baseline: str) -> CheckReport:
    """Each scenario held against what `baseline` stores of it."""
    stored = load_baseline(baseline)
    checks = []
    for each in opened:
        run = stored.run(baseline, each.file)
        _refuse_foreign(run, each, baseline, asked)
        replays = _replays(asked, run)
        found = each.judged(replays)
        checks.append(
            each.compared(found, replays, from_baseline(run, each.scenario, replays, baseline), asked.tolerance)
        )
    return CheckReport(tuple(checks), baseline, _gone(baseline, stored))


def _renewed(opened: Sequence[Opened], asked: Terms, baseline: str) -> CheckReport:
    """Each scenario judged, and `baseline` written anew for them; what it was held to goes only with a reason."""
    stored = load_baseline(baseline) if os.path.exists(baseline) else Baseline()
    gone = _gone(baseline, stored)
    checks, runs, taken = [], {}, [f"scenario {key} is gone" for key in gone]
    for each in opened:
        key = key_of(baseline, each.file)
        kept = stored.scenarios.get(key)
        replays = _replays(asked, kept)  # a renewed run keeps its own seed and trials unless the user says otherwise
        lost = [] if kept is None else [found.what for found in _lost(kept, each, baseline)]
        reasons = {} if kept is None else {**kept.acknowledged, **dict.fromkeys(lost, asked.reason)}
        taken += lost
        checks.append(each.judged(replays))
        runs[key] = replays.run(each.scenario, asked.policies, reasons)
    if taken and not asked.reason:
        raise QuestionError(f"the update takes away what {baseline} is held to ({'; '.join(taken)}): give the reason")
    save_baseline(baseline, stored.without(gone).renewed(runs))
    return CheckReport(tuple(checks), baseline, renewed=True)


def _lost(kept: StoredRun, opened: Opened, baseline: str) -> tuple[Disarmed, ...]:
    """What is taken away from the check, and nobody has said why yet."""
    found = opened.disarmed(Before(baseline, old_scenario(kept, baseline), (), kept.acknowledged))
    return tuple(each for each in found if not each.acknowledged)


def _gone(baseline: str, stored: Baseline) -> tuple[str, ...]:
    """The scenarios of `stored` whose files are no longer there."""
    folder = os.path.dirname(os.path.abspath(baseline))
    return tuple(key for key in sorted(stored.scenarios) if not os.path.exists(os.path.join(folder, key)))


def _replays(asked: Terms, kept: StoredRun | None) -> Replays:
    """What the user says counts before what the baseline keeps, and that before the defaults."""
    seed, trials = (kept.seed, kept.trials) if kept else (0, TRIALS)
    return Replays(
        seed if asked.seed is None else asked.seed, trials if asked.trials is None else asked.trials, asked.threads
    )


def _refuse_foreign(before: StoredRun, opened: Opened, baseline: str, asked: Terms) -> None:
    scenario = opened.scenario
    if before.name != scenario.name:
        told = f"{baseline} was made of {before.name!r}, but {opened.file} is {scenario.name!r}"
        raise InputError(f"{told}: give the right baseline, or renew it with an update")
    for option, wanted, kept in (("trials", asked.trials, before.trials), ("seed", asked.seed, before.seed)):
        if wanted is not None and wanted != kept:
            told = f"{option} {wanted} differs from the {kept} of {baseline}, so nothing could be paired"
            raise InputError(f"{told}: leave {option} out, or renew the baseline with an update")
    for policy in asked.policies or ():
        if policy not in before.results:
            raise QuestionError(
                f"{baseline} has no policy {policy!r} ({nearest(policy, before.results)}): renew it with an update"
            )
