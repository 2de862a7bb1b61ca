"""What a measure is, and the table of them. Nothing here loads numpy before something is measured."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from simkit.errors import QuestionError, nearest
from simkit.model import IMPACTS, Model
from simkit.table import duration, format_number, percent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simkit.attackgraph import AttackGraph
    from simkit.blast_radius import BlastRadius, Interval, Legend

    Floats = NDArray[np.float64]


class Attacked(Protocol):
    """What a measure is looked up in: a compiled attack, or what came of one."""

    @property
    def graph(self) -> AttackGraph:
        """The attack graph."""

    @property
    def legend(self) -> Legend:
        """What its columns mean."""


class Sampler(Protocol):
    """What is looked at in each sample. A value of its own that can be sent to a worker, for it is worked out there."""

    @property
    def columns(self) -> Sequence[int]:
        """The facts that it looks at: all that must be kept of a sample."""

    def __call__(self, times: NDArray[np.int64], contained: NDArray[np.int64], /) -> Floats:
        """A number for each sample. `times` (samples, columns) says when it first reached each of `columns`, and
        `contained` when it was contained (ms, negative for never)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a measure is counted in, and how it is written; a difference may be negative."""

    name: str
    write: Callable[[float], str]

    def spread(self, interval: Interval) -> str:
        """`estimate [low, high]`."""
        return f"{self.write(interval.estimate)} [{self.write(interval.low)}, {self.write(interval.high)}]"


def _share(share: float) -> str:
    return f"-{percent(-share)}" if share < 0 else percent(share)


VALUE = Unit("value", lambda value: format_number(float(value)))
"""The scenario's own unit."""
HOURS = Unit("hours", lambda hours: f"{format_number(float(hours))} h")
"""Hours, of all things together."""


def _time(seconds: float) -> str:
    return f"-{duration(-seconds)}" if seconds < 0 else duration(seconds)


TIME = Unit("seconds", _time)
"""Seconds, written as people say them."""
SHARE = Unit("share", _share)
"""A share or a chance, from 0 to 1, written in per cent."""


@dataclass(frozen=True, slots=True)
class Estimator:
    """From the numbers of the samples to an estimate with its interval; `paired` if the mean of paired differences is
    the difference of two estimates."""

    interval: Callable[[Floats], Interval]
    paired: bool = True


def _mean(samples: Floats) -> Interval:
    from simkit.blast_radius import intervals

    return intervals.mean(samples.tolist())


def _chance(samples: Floats) -> Interval:
    from simkit.blast_radius import intervals

    return intervals.wilson(int(samples.sum()), len(samples))


def _p95(samples: Floats) -> Interval:
    from simkit.blast_radius import intervals

    return intervals.quantile(sorted(samples.tolist()), 0.95)


MEAN, CHANCE, P95 = Estimator(_mean), Estimator(_chance), Estimator(_p95, paired=False)


@dataclass(frozen=True, slots=True)
class Measure:
    """One row: `samples` gives the number of each sample, `estimator` their estimate with its interval, and `unit` how
    it is written. `worst_case` is what can be reached at all; without `samples` it is the number itself, which is
    computed, not drawn.

    `words` is what tables call it, `worse` the direction in which an attack is worse. `leads_to` are the targets whose
    attack paths explain it (None in it: any loss with a value). `watched` if a baseline holds it, as far as it is
    paired or computed.
    """

    name: str
    words: str
    unit: Unit
    estimator: Estimator = MEAN
    samples: Callable[[Attacked], Sampler] | None = None
    worst_case: Callable[[BlastRadius], float] | None = None
    worse: Literal["more", "less"] = "more"
    leads_to: tuple[str | None, ...] = ()
    watched: bool = True

    @property
    def is_value(self) -> bool:
        """True for a value in the scenario's own unit, False for a share or a chance."""
        return self.unit is VALUE

    @property
    def is_share(self) -> bool:
        """True for what is never above 1: a share or a chance."""
        return self.unit is SHARE

    @property
    def is_paired(self) -> bool:
        """True if two results of the same samples can be compared sample by sample."""
        return self.samples is not None and self.estimator.paired

    def of_samples(self, result: BlastRadius) -> Floats:
        """The number of each sample of `result`. Raises QuestionError for what is computed, not drawn."""
        sampler = self.sampler(result)
        return sampler(result.outcomes.times(sampler.columns), result.outcomes.contained)

    def of_times(self, attacked: Attacked, first: NDArray[np.int64], contained: NDArray[np.int64]) -> Floats:
        """The number of each sample (rows of `first`, with a column for each fact). Raises as `of_samples`."""
        sampler = self.sampler(attacked)
        return sampler(first[:, list(sampler.columns)], contained)

    def sampler(self, attacked: Attacked) -> Sampler:
        """What is looked at in each sample of `attacked`. Raises as `of_samples`."""
        if self.samples is None:
            raise QuestionError(f"{self.name} is computed, not drawn: it has no samples")
        return self.samples(attacked)


def _values(attacked: Attacked) -> Sampler:
    from simkit.measures.samplers import Metering, Weighted

    if attacked.legend.quotas is not None:
        return Metering(dict(attacked.legend.value), attacked.legend.quotas)
    return Weighted(tuple(attacked.legend.value), tuple(attacked.legend.value.values()))


def _for_good(attacked: Attacked) -> Sampler:
    from simkit.measures.samplers import ForGood

    legend = attacked.legend
    return _values(attacked) if legend.remedies is None else ForGood(dict(legend.value), legend.quotas, legend.remedies)


def _outage(attacked: Attacked) -> Sampler:
    from simkit.measures.samplers import Outage, Weighted

    remedies = attacked.legend.remedies
    return Weighted((), ()) if remedies is None else Outage(remedies)


def _worst_outage(result: BlastRadius) -> float:
    """Everything that can be deleted and has a time to be brought back is gone to the horizon."""
    remedies = result.legend.remedies
    return 0.0 if remedies is None else len(remedies.outages) * result.graph.horizon / 3_600_000


def _goals(attacked: Attacked) -> Sampler:
    from simkit.measures.samplers import ShareOf

    goals = attacked.legend.goals
    return ShareOf(tuple(column for column in goals.values() if column is not None), max(len(goals), 1))


def _worst_value(result: BlastRadius) -> float:
    return result.worst_case.value


def _worst_goals(result: BlastRadius) -> float:
    return len(result.worst_case.goals) / max(len(result.legend.goals), 1)


def _contained(_: Attacked) -> Sampler:
    from simkit.measures.samplers import Contained

    return Contained()


def _any_of(targets: Iterable[str]) -> Callable[[Attacked], Sampler]:
    """Whether a sample reached any of `targets`, goals or `resource:impact`."""
    wanted = tuple(targets)

    def sampler(attacked: Attacked) -> Sampler:
        from simkit.measures.samplers import AnyOf

        found = (_column(attacked, target) for target in wanted)
        return AnyOf(tuple(column for column in found if column is not None))

    return sampler


def _first_loss(attacked: Attacked) -> Sampler:
    from simkit.measures.samplers import FirstOf

    worth = tuple(fact for fact, value in attacked.legend.value.items() if value)
    return FirstOf(worth, attacked.graph.horizon)


def _first_of(targets: Iterable[str]) -> Callable[[Attacked], Sampler]:
    """When a sample reached the first of `targets`, goals or `resource:impact`."""
    wanted = tuple(targets)

    def sampler(attacked: Attacked) -> Sampler:
        from simkit.measures.samplers import FirstOf

        found = (_column(attacked, target) for target in wanted)
        return FirstOf(tuple(column for column in found if column is not None), attacked.graph.horizon)

    return sampler


def _column(attacked: Attacked, target: str) -> int | None:
    from simkit.attackgraph import Fact

    if target in attacked.legend.goals:
        return attacked.legend.goals[target]
    resource, _, impact = target.rpartition(":")
    return attacked.graph.index.get(Fact("lost", resource, impact))


MEASURES: dict[str, Measure] = {
    row.name: row
    for row in (
        Measure("value-lost", "value lost", VALUE, MEAN, _values, _worst_value, leads_to=(None,)),
        Measure("value-lost-p95", "p95 of value lost", VALUE, P95, _values, leads_to=(None,)),
        Measure("worst-case", "worst case", VALUE, worst_case=_worst_value, leads_to=(None,)),
        # what can be undone is lost first: that is watched
        Measure(
            "value-lost-for-good",
            "value lost for good",
            VALUE,
            MEAN,
            _for_good,
            _worst_value,
            leads_to=(None,),
            watched=False,
        ),
        # the mean over every trial, cut off at the horizon: the restricted mean survival time, which pairs
        Measure("time-to-loss", "time to the first loss", TIME, MEAN, _first_loss, worse="less", leads_to=(None,)),
        Measure("outage", "hours of outage", HOURS, MEAN, _outage, _worst_outage, watched=False),
        # each goal is watched by itself
        Measure(
            "goals-reached",
            "share of goals reached",
            SHARE,
            MEAN,
            _goals,
            _worst_goals,
            leads_to=(None,),
            watched=False,
        ),
        # what a containment saves shows in what is lost
        Measure("contained", "chance of containment", SHARE, CHANCE, _contained, worse="less", watched=False),
    )
}
"""The measures that every scenario has; the chances of its goals and losses join them by name, as `measure_of` says."""


TIME_TO = "time-to:"
"""Before the name of a goal, of a resource or of `resource:impact`: when it is reached."""


def unit_of(name: str) -> Unit:
    """What the measure called `name` is counted in: that of its row, else a time, or the chance of a goal or loss."""
    if name in MEASURES:
        return MEASURES[name].unit
    return TIME if name.startswith(TIME_TO) else SHARE


def names_of(model: Model, goals: Iterable[str]) -> list[str]:
    """Every measure that a scenario with this model and these goals has."""
    losses = (f"{resource}:{impact}" for resource in model.resources for impact in IMPACTS)
    targets = [*goals, *model.resources, *losses]
    return [*MEASURES, *targets, *(f"{TIME_TO}{target}" for target in targets)]


def measure_of(name: str, goals: Collection[str], resources: Collection[str]) -> Measure:
    """The measure called `name`: a row of `MEASURES`, the chance of a goal, of a resource (lost in any way) or of a
    `resource:impact`, or the time to one of these, as in `time-to:customers-leaked`. Raises QuestionError for any other
    name.
    """
    if name in MEASURES:
        return MEASURES[name]
    if (targets := _targets(name, goals, resources)) is not None:
        return chance_of(name, targets)
    about = name.removeprefix(TIME_TO)
    if about != name and (targets := _targets(about, goals, resources)) is not None:
        return time_to(about, targets)
    if ":" in about:
        known = [*goals, *(f"{each}:{impact}" for each in resources for impact in IMPACTS)]
        raise QuestionError(f"{name!r} is neither a goal nor a resource:impact: {nearest(about, known)}")
    mend = nearest(about, [*MEASURES, *goals, *resources])
    raise QuestionError(f"{name!r} is neither a goal, a resource nor a measure: {mend}")


def named(name: str) -> Measure:
    """As `measure_of`, where the scenario is not at hand: a name that is no row is a goal's."""
    if name in MEASURES:
        return MEASURES[name]
    about = name.removeprefix(TIME_TO)
    return chance_of(name, (name,)) if about == name else time_to(about, (about,))


def _targets(name: str, goals: Collection[str], resources: Collection[str]) -> tuple[str, ...] | None:
    """What `name` names: a goal, every impact on a resource, or one of them; None where it names nothing."""
    if name in goals:
        return (name,)
    if name in resources:
        return tuple(f"{name}:{impact}" for impact in IMPACTS)
    resource, _, impact = name.rpartition(":")
    return (name,) if impact in IMPACTS and resource in resources else None


def chance_of(name: str, targets: tuple[str, ...]) -> Measure:
    """The chance that any of `targets`, goals or `resource:impact`, is reached."""
    return Measure(name, f"chance of {name}", SHARE, CHANCE, _any_of(targets), leads_to=targets)


def time_to(name: str, targets: tuple[str, ...]) -> Measure:
    """The mean time to the first of `targets`, goals or `resource:impact`, over every trial, cut off at the horizon."""
    words = f"time to {name}"
    return Measure(f"{TIME_TO}{name}", words, TIME, MEAN, _first_of(targets), worse="less", leads_to=targets)


def harm_of(model: Model) -> Measure:
    """What an attack on `model` is measured by where nobody says: the value lost, or, where nothing has a value, the
    share of the goals that are reached."""
    return MEASURES["value-lost" if model.has_values else "goals-reached"]


def chosen_measure(name: str | None, model: Model, goals: Collection[str]) -> Measure:
    """The measure called `name`, which is to become smaller, sample by sample; None is `harm_of` the model.

    Raises QuestionError for an unknown one, for one that has no samples to pair, and for one that should be large.
    """
    if name is None:
        return harm_of(model)
    found = measure_of(name, goals, model.resources)
    if found.is_paired and found.worse == "more":
        return found
    pairs = [row.name for row in MEASURES.values() if row.is_paired and row.worse == "more"]
    raise QuestionError(f"{name} cannot be made smaller sample by sample: ask for {', '.join(pairs)} or a goal")
