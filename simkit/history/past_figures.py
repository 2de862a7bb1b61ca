"""The figures of a scenario at each commit that touched it, or a file that it includes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from simkit.blast_radius import BlastRadius, intervals
from simkit.checks.baseline import IN_FORCE
from simkit.checks.revision import READ
from simkit.errors import InputError, QuestionError, nearest
from simkit.fate import checked_seed
from simkit.history.trend_points import Attack, AttackFigures, SkippedCommit, Trend, TrendPoint
from simkit.measures import MEASURES
from simkit.policies import named_policies, sessions
from simkit.repository import Commit, at_commit, commits_of, commits_since, is_committed, is_shallow, top_of
from simkit.scenario import Scenario, load
from simkit.scenario.names import each_name
from simkit.scenario.places import files_in
from simkit.simulation import checked_trials, simulate

LAST = 20
"""How many commits are looked at where nobody says."""
TRIALS = 1000
"""How many trials an attack has where nobody says."""
NOW = Commit("", "", "the files as they are now", "")
"""In place of a commit, what is in the working tree."""


def trend(
    file: str | os.PathLike[str],
    *,
    since: str | None = None,
    last: int | None = None,
    policies: str | Iterable[str] | None = None,
    entry_points: str | Iterable[str] | None = None,
    trials: int = TRIALS,
    seed: int = 0,
    threads: int | None = None,
) -> Trend:
    """The headline figures of the scenario in `file` at each commit that touched it, or a file that it includes.

    `since` is a git revision: the figures at it come first. `last` is how many commits are looked at, the newest ones
    (None: 20, or with `since` all of them). Each is replayed with the same `seed`, under the policy that it has in
    force or under `policies`, through all entry points that it has or those of `entry_points`. What is not committed
    comes last. A commit whose scenario cannot be read is skipped, with the reason, and so is what is there now; one
    that says the same as another is replayed once. The name that the file had then does not matter.

    Raises InputError without git, outside of a repository and for a file that no commit has and that is no scenario
    now; QuestionError for an unknown revision, and for an entry point that no commit has.
    """
    path = os.fspath(file)
    if last is not None and last < 1:
        raise QuestionError(f"{last} commits are none: look at the last one at least")
    now = _now(path)
    figures = _FiguresOnce(
        each_name(policies), each_name(entry_points), checked_trials(trials), checked_seed(seed), threads
    )
    past = _Past.of(path, now, since, last)
    points = [figures.point(found, commit) for commit, found in past.read() if isinstance(found, Scenario)]
    skipped = [found for _, found in past.read() if isinstance(found, SkippedCommit)]
    if isinstance(now, SkippedCommit) and not past.commits:
        load(path)  # which says what is wrong with it
    if not past.commits or not is_committed(past.top, [past.path, *past.beside]):
        if isinstance(now, Scenario):
            points.append(figures.point(now, NOW))
        else:
            skipped.append(now)
    figures.refuse_unknown()
    return Trend(path, tuple(points), tuple(skipped), past.older, figures.trials, is_shallow(past.top))


def _now(path: str) -> Scenario | SkippedCommit:
    """What stands in the file now: where that is no scenario, its past may be."""
    there = os.path.exists(path)
    try:
        return load(path)
    except InputError as error:
        return _unread(replace(NOW, path=path), error if there else None, path)


def _unread(commit: Commit, error: InputError | None, read: str) -> SkippedCommit:
    """`commit` without figures: its scenario, which lay at `read`, cannot be read, or was not there (None)."""
    why = "the file was not there" if error is None else str(error).splitlines()[0].replace(read, commit.path)
    return SkippedCommit(commit.id, commit.moment, commit.subject, why, error is not None)


def trend_over(
    versions: Iterable[tuple[Commit, Scenario]],
    *,
    file: str = "scenario",
    policies: str | Iterable[str] | None = None,
    entry_points: str | Iterable[str] | None = None,
    trials: int = TRIALS,
    seed: int = 0,
    threads: int | None = None,
) -> Trend:
    """As `trend`, of `versions` that are there already, the oldest first; `file` is what they are called."""
    figures = _FiguresOnce(
        each_name(policies), each_name(entry_points), checked_trials(trials), checked_seed(seed), threads
    )
    points = tuple(figures.point(scenario, commit) for commit, scenario in versions)
    figures.refuse_unknown()
    return Trend(file, points, trials=figures.trials)


@dataclass(slots=True)
class _Past:
    """The commits that touched the scenario at `path`, seen from the `top` of its repository, or a file of `beside`,
    the newest first; `older` is how many are left out, and `known` what was read of each."""

    top: str
    path: str
    beside: set[str]
    commits: list[Commit] = field(default_factory=list)
    older: int = 0
    known: dict[str, Scenario | SkippedCommit] = field(default_factory=dict)

    @classmethod
    def of(cls, file: str, now: Scenario | SkippedCommit, since: str | None, last: int | None) -> _Past:
        """Reading a commit tells which files were included in it: these may have been touched by others."""
        top = os.path.realpath(top_of(file))
        made = cls(top, _inside(top, file), _parts(now, top) if isinstance(now, Scenario) else set())
        count = -1
        while count < len(made.beside):
            count = len(made.beside)
            made._choose(since, last)
            for commit in made.commits:
                made._open(commit)
        return made

    def read(self) -> list[tuple[Commit, Scenario | SkippedCommit]]:
        """Each commit with what was read of it, the oldest first."""
        return [(commit, self.known[commit.id]) for commit in reversed(self.commits)]

    def _choose(self, since: str | None, last: int | None) -> None:
        """Those since a revision, and the one before, which is how it was there; or the last ones."""
        found = commits_of(self.top, self.path, sorted(self.beside))
        left = found
        if since is not None:
            fresh = commits_since(self.top, since)
            left = [each for each in found if each.id in fresh]
            left += [each for each in found if each.id not in fresh][:1]
        most = last if last is not None else LAST if since is None else len(left)
        self.commits, self.older = left[:most], len(found) - len(left[:most])

    def _open(self, commit: Commit) -> None:
        if commit.id in self.known:
            return
        with at_commit(self.top, commit.id, READ, os.path.dirname(commit.path)) as folder:
            file = Path(os.path.realpath(folder)) / commit.path
            if not file.is_file():
                self.known[commit.id] = _unread(commit, None, "")
                return
            try:
                found = load(file)
            except InputError as error:
                self.known[commit.id] = _unread(commit, error, str(file))
                return
            self.beside |= _parts(found, os.path.realpath(folder))
            self.known[commit.id] = replace(found, document=None)  # what lay there is gone in a moment


@dataclass(slots=True)
class _FiguresOnce:
    """The figures of scenarios, one that says the same as another worked out once."""

    policies: tuple[str, ...] | None
    entry_points: tuple[str, ...] | None
    trials: int
    seed: int
    threads: int | None
    made: dict[str, dict[Attack, AttackFigures]] = field(default_factory=dict)

    def point(self, scenario: Scenario, commit: Commit) -> TrendPoint:
        """The figures of `scenario` as it was at `commit`; a policy or an entry point that it lacks has none."""
        if scenario.digest not in self.made:
            self.made[scenario.digest] = dict(self._attacks(scenario))
        policy = scenario.grant_policy()
        cut = sessions(scenario.model, policy, rotation_period=scenario.response.rotation_period)
        standing = sum(len(each.grants) for each in cut.sessions.values() if not each.rate)
        figures = self.made[scenario.digest]
        return TrendPoint(commit.id, commit.moment, commit.subject, scenario.digest, policy.name, standing, figures)

    def _attacks(self, scenario: Scenario) -> Iterator[tuple[Attack, AttackFigures]]:
        known = named_policies(scenario.policies)
        slots = [name for name in self.policies if name in known] if self.policies is not None else [IN_FORCE]
        entries = self.entry_points if self.entry_points is not None else tuple(scenario.entry_points)
        for slot in slots:
            for entry in (each for each in entries if each in scenario.entry_points):
                yield (slot, entry), _figures(self._replayed(scenario, None if slot == IN_FORCE else slot, entry))

    def _replayed(self, scenario: Scenario, policy: str | None, entry: str) -> BlastRadius:
        return simulate(scenario, policy, entry_point=entry, trials=self.trials, seed=self.seed, threads=self.threads)

    def refuse_unknown(self) -> None:
        """Raises QuestionError for a policy or an entry point that no commit has."""
        attacks = [attack for made in self.made.values() for attack in made]
        for asked, place, noun in ((self.policies, 0, "policy"), (self.entry_points, 1, "entry point")):
            known = {attack[place] for attack in attacks}
            for name in asked or ():
                if name not in known:
                    raise QuestionError(f"no commit has {noun} {name!r}: {nearest(name, known)}")


def _figures(result: BlastRadius) -> AttackFigures:
    return AttackFigures(
        value_lost=result.value_lost(),
        p95=result.quantile(0.95).estimate,
        worst_case=result.worst_case.value,
        first_loss=intervals.mean(MEASURES["time-to-loss"].of_samples(result).tolist()).estimate,
        goals={goal: result.chance(goal) for goal in result.legend.goals},
    )


def _inside(top: str, file: str) -> str:
    return os.path.relpath(os.path.realpath(file), top).replace(os.sep, "/")


def _parts(scenario: Scenario, top: str) -> set[str]:
    """The other files that `scenario` consists of, seen from `top`."""
    document = scenario.document
    if document is None:
        return set()
    runs = document.value.get("observed") if isinstance(document.value, dict) else None
    read = files_in(document.places()) | ({_beside(scenario.file, runs)} if isinstance(runs, str) else set())
    return {_inside(top, name) for name in read}


def _beside(file: str, name: str) -> str:
    return os.path.join(os.path.dirname(file), name)
