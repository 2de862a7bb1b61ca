"""The check: expectations judged, the blast radius held against a baseline, and the baseline renewed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from simkit.blast_radius import BlastRadius
from simkit.checks.baseline import IN_FORCE, Baseline, StoredFigures, StoredRun, key_of, load_baseline, save_baseline
from simkit.checks.check_report import CheckReport, FileCheck, PathToCut
from simkit.checks.cuts import Cutting, distinct, spot_of
from simkit.checks.elements import canonical, changes, restored
from simkit.checks.figures import Figures
from simkit.checks.growth import Attribution, Change, Culprit, differences
from simkit.checks.lines import Lines
from simkit.checks.spot import TOP, Spot
from simkit.checks.verdict import judge
from simkit.checks.widening import Widening, widening
from simkit.errors import InputError, QuestionError, every, nearest
from simkit.fate import checked_seed
from simkit.policies import named_policies
from simkit.scenario import Scenario, checked_scenario, chosen_entries, load
from simkit.simulation import checked_trials, simulate

TRIALS = 1000
"""How many trials a check has where neither the user nor a baseline says."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a check replays; None leaves it to the baseline, and where there is none to the defaults.

    `policies` are those that a baseline holds (None: the one in force, and those that expectations name). With
    `fail_on_widen` what gives somebody more than in the baseline fails, too.
    """

    trials: int | None = None
    seed: int | None = None
    fail_on_widen: bool = False
    policies: tuple[str, ...] | None = None
    entry_points: tuple[str, ...] | None = None
    threads: int | None = None


@dataclass(slots=True)
class Replays:
    """The blast radii of one scenario, each replayed once."""

    seed: int
    trials: int
    threads: int | None
    found: dict[tuple[int, str, str], BlastRadius] = field(default_factory=dict)
    kept: list[Scenario] = field(default_factory=list)

    def of(self, scenario: Scenario, slot: str, entry: str) -> BlastRadius | None:
        """Through `entry` under the policy of `slot`; None where `scenario` lacks one of them."""
        known = slot == IN_FORCE or slot in named_policies(scenario.policies)
        return self.must(scenario, slot, entry) if known and entry in scenario.entry_points else None

    def must(self, scenario: Scenario, slot: str, entry: str) -> BlastRadius:
        """As `of`. Raises QuestionError and PolicyError for what the scenario lacks."""
        policy = None if slot == IN_FORCE else slot
        key = (id(scenario), scenario.grant_policy(policy).name, entry)
        if key not in self.found:
            self.kept.append(scenario)  # an id names one scenario only while it lives
            self.found[key] = simulate(
                scenario, policy, entry_point=entry, trials=self.trials, seed=self.seed, threads=self.threads
            )
        return self.found[key]


Checked = Scenario | str | os.PathLike[str]
"""A scenario, or the path of its file; `-` is standard input."""


def check(
    scenarios: Checked | Iterable[Checked],
    *,
    baseline: str | os.PathLike[str] | None = None,
    update: bool = False,
    policies: str | Iterable[str] | None = None,
    entry_points: str | Iterable[str] | None = None,
    trials: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    fail_on_widen: bool = False,
) -> CheckReport:
    """Whether `scenarios` (one or several, or the paths of their files) keep what they expect of themselves, and
    whether their blast radius grew since the file `baseline` was made.

    An expectation holds if its whole interval keeps the bound. Growth is paired, sample by sample, and blamed on the
    part of the scenario that did it. With `update` the baseline is written anew for these scenarios, and nothing is
    held against it; `policies` are then those that it holds (None: the one in force, and those that expectations name).
    `entry_points` (one, several, or None for all) are those through which scenarios are judged. `trials` and `seed` are
    those of the baseline, where there is one, else 1,000 and 0. With `fail_on_widen` a right that is wider than in the
    baseline fails, too, whether an attack gains by it or not.

    Raises InputError for files that cannot be read, with the mistakes of all of them, and for a baseline that is
    missing, foreign, old, or lacks a scenario; QuestionError for what contradicts itself.

    >>> import simkit
    >>> simkit.check("scenarios/starter.yaml", trials=200).failed
    False
    """
    asked = Terms(
        trials=None if trials is None else checked_trials(trials),
        seed=None if seed is None else checked_seed(seed),
        policies=_names(policies),
        entry_points=_names(entry_points),
        threads=threads,
        fail_on_widen=fail_on_widen,
    )
    file = None if baseline is None else os.fspath(baseline)
    if update and file is None:
        raise QuestionError("an update has no baseline to renew: name one")
    if update and entry_points is not None:
        raise QuestionError("a baseline holds every entry point: leave `entry_points` out of an update")
    if fail_on_widen and (file is None or update):
        raise QuestionError("to fail on what gives more, there must be something to compare with: name a baseline")
    if asked.policies is not None and file is None:
        raise QuestionError("`policies` says what a baseline holds, and there is none: name one")
    return _checked(scenarios, file, update, asked)


def _names(given: str | Iterable[str] | None) -> tuple[str, ...] | None:
    return None if given is None else (given,) if isinstance(given, str) else tuple(given)


def _checked(scenarios: Checked | Iterable[Checked], baseline: str | None, update: bool, asked: Terms) -> CheckReport:
    one = isinstance(scenarios, Scenario | str | os.PathLike)
    stored = _stored(baseline, update)
    given: Iterable[Checked] = [scenarios] if one else scenarios  # type: ignore[list-item, assignment]
    opened = every(lambda each: _Opened.of(each, asked.entry_points), given)
    if baseline is not None:
        for each in opened:
            _refuse_nameless(each.scenario)
    made = [_one(each, asked, baseline, stored, update) for each in opened]
    gone = _gone(baseline, stored) if baseline and stored else ()
    if update and baseline is not None:
        runs = {key_of(baseline, found.file): run for found, run in made if run is not None}
        save_baseline(baseline, (stored or Baseline()).without(gone).renewed(runs))
    return CheckReport(tuple(found for found, _ in made), baseline or "", gone)


def _refuse_nameless(scenario: Scenario) -> None:
    """Raises QuestionError for a scenario that is no file: a baseline knows scenarios by their paths."""
    if scenario.file == "-":
        raise QuestionError("standard input has no place in a baseline: name the scenario's file")
    if not scenario.file or scenario.file == "<text>":
        told = f"{scenario.name} was made in memory, and a baseline knows scenarios by their files"
        raise QuestionError(f"{told}: write it with simkit.dump, and check the file")


def _gone(baseline: str, stored: Baseline) -> tuple[str, ...]:
    """The scenarios of `stored` whose files are no longer there."""
    folder = os.path.dirname(os.path.abspath(baseline))
    return tuple(key for key in sorted(stored.scenarios) if not os.path.exists(os.path.join(folder, key)))


def _stored(baseline: str | None, update: bool) -> Baseline | None:
    if baseline is None or (update and not os.path.exists(baseline)):
        return None
    return load_baseline(baseline)


@dataclass(frozen=True, slots=True)
class _Opened:
    file: str
    scenario: Scenario
    lines: Lines
    entries: tuple[str, ...]

    @classmethod
    def of(cls, given: Checked, entry_points: Iterable[str] | None) -> _Opened:
        """A scenario that is named by its path is read; what it is called in sentences is its file, if it has one."""
        scenario = load(given) if isinstance(given, str | os.PathLike) else checked_scenario(given)
        file = "<stdin>" if scenario.file == "-" else scenario.file or scenario.name
        return cls(file, scenario, Lines(scenario), chosen_entries(scenario, entry_points))


def _one(
    opened: _Opened, asked: Terms, baseline: str | None, stored: Baseline | None, update: bool
) -> tuple[FileCheck, StoredRun | None]:
    """The check of one file, and the run to store if the baseline is renewed."""
    scenario = opened.scenario
    before, kept = None, None
    if baseline is not None and stored is not None and not update:
        before = kept = stored.run(baseline, opened.file)
        _refuse_foreign(before, opened, baseline, asked)
    elif baseline is not None and stored is not None:
        # a renewed run keeps its own seed and trials unless the user says otherwise
        kept = stored.scenarios.get(key_of(baseline, opened.file))
    replays = _replays(asked, kept)
    found = _judged(opened, replays)
    if before is not None and baseline is not None:
        found = _compared(found, opened, replays, before, baseline)
        found = found if asked.fail_on_widen else replace(found, widened=())
    return found, _run(scenario, replays, asked.policies) if update else None


def _replays(asked: Terms, kept: StoredRun | None) -> Replays:
    """What the user says counts before what the baseline keeps, and that before the defaults."""
    seed, trials = (kept.seed, kept.trials) if kept else (0, TRIALS)
    return Replays(
        seed if asked.seed is None else asked.seed, trials if asked.trials is None else asked.trials, asked.threads
    )


def _refuse_foreign(before: StoredRun, opened: _Opened, baseline: str, asked: Terms) -> None:
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


def _judged(opened: _Opened, replays: Replays) -> FileCheck:
    scenario = opened.scenario
    cutting = Cutting(opened.file, scenario.name, opened.lines)
    verdicts = tuple(
        judge(scenario, lambda policy, entry: replays.must(scenario, policy or IN_FORCE, entry), opened.entries)
    )
    paths = [path for verdict in verdicts for path in cutting.for_verdict(verdict)]
    return FileCheck(
        file=opened.file,
        scenario=scenario.name,
        digest=scenario.digest,
        seed=replays.seed,
        trials=replays.trials,
        verdicts=verdicts,
        changes=(),
        paths=distinct(paths),
        spots=tuple((name, opened.lines.of(("expect", name))) for name in scenario.expect),
    )


def _compared(found: FileCheck, opened: _Opened, replays: Replays, before: StoredRun, baseline: str) -> FileCheck:
    """`found` with what changed since `before`: the old scenario is replayed too, which also proves the baseline."""
    scenario = opened.scenario
    same = scenario.digest == before.digest
    old = scenario if same else _old_scenario(before, baseline)
    _prove(before, old, replays, baseline)
    form, after = canonical(old), canonical(scenario)
    elements = [] if same else changes(form, after)
    attribution = Attribution(form, after, elements, opened.file, replays.of)
    cutting = Cutting(opened.file, scenario.name, opened.lines)
    grown: list[Change] = []
    paths: list[PathToCut] = []
    for slot in () if same else before.results:
        for entry in opened.entries:
            new = replays.must(scenario, slot, entry)
            held = replays.of(old, slot, entry)
            for change in differences(held, new):
                guilty = attribution.culprits(change, slot, held, new) if change.grew else ()
                told = replace(change, culprits=tuple(_placed(opened.lines, each) for each in guilty))
                grown.append(told)
                paths += cutting.for_growth(told, held, new) if told.grew else ()
    return replace(
        found,
        changes=tuple(grown),
        paths=distinct([*paths, *found.paths]),
        elements=tuple(map(str, elements)),
        widened=tuple(Widening(each, spot_of(opened.lines, each)) for each in widening(elements)),
        spots=(*found.spots, *((change.sentence, _spot(opened.lines, change)) for change in grown if change.grew)),
        compared=sum(map(len, before.results.values())),
    )


def _spot(lines: Lines, change: Change) -> Spot:
    """Where the part of the change stands that did most of it; the first line where none did it alone."""
    if not change.culprits:
        return TOP
    return spot_of(lines, change.culprits[0].element)


def _placed(lines: Lines, culprit: Culprit) -> Culprit:
    """`culprit` with its place, where that is in another file than the scenario's."""
    spot = spot_of(lines, culprit.element)
    return replace(culprit, place=str(spot)) if spot.file else culprit


def _old_scenario(before: StoredRun, baseline: str) -> Scenario:
    try:
        return restored(before.scenario, baseline)
    except InputError as error:
        told = (
            f"{baseline} holds a scenario {before.name!r} that this simkit cannot read ({str(error).splitlines()[0]})"
        )
        raise InputError(f"{told}: renew it with an update") from None


def _prove(before: StoredRun, old: Scenario, replays: Replays, baseline: str) -> None:
    """Raises InputError if the stored figures do not follow from the stored scenario."""
    from simkit import __version__

    for slot, entries in before.results.items():
        for entry, figures in entries.items():
            result = replays.of(old, slot, entry)
            if result is not None and Figures.of(result).to_dict() == figures.model_dump():
                continue
            told = (
                f"{baseline}: the figures of {before.name!r} under {slot} through {entry} are not those of its scenario"
            )
            if before.version != __version__:
                told = f"{baseline} was made by simkit {before.version}, and {__version__} computes otherwise"
                raise InputError(f"{told}: renew it with an update")
            raise InputError(f"{told}, as if edited by hand: restore it, or renew it with an update")


def _run(scenario: Scenario, replays: Replays, policies: Iterable[str] | None) -> StoredRun:
    from simkit import __version__

    slots = list(policies) if policies is not None else _slots(scenario)
    results = {
        slot: {
            entry: StoredFigures(**Figures.of(replays.must(scenario, slot, entry)).to_dict())
            for entry in scenario.entry_points
        }
        for slot in slots
    }
    return StoredRun(
        name=scenario.name,
        version=__version__,
        digest=scenario.digest,
        seed=replays.seed,
        trials=replays.trials,
        results=results,
        scenario=canonical(scenario),
    )


def _slots(scenario: Scenario) -> list[str]:
    """The policy in force, whatever it is called, and the others that expectations name."""
    named = {each.policy for each in scenario.expect.values() if each.policy} - {scenario.policy}
    return [IN_FORCE, *sorted(named)]
