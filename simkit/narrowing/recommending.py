"""From a scenario to recommendations: screened by the worst case, confirmed by replay, ranked by gain per cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from simkit.blast_radius import AttackPath, BlastRadius, Provenance
from simkit.narrowing.candidates import candidates, in_force
from simkit.narrowing.candidates import unneeded as unneeded_of
from simkit.narrowing.costs import PRICES, Cost, Prices, Side
from simkit.narrowing.measuring import Measured, Question, measure, measured_with_paths
from simkit.narrowing.narrowing import Narrowing
from simkit.narrowing.recommendation import Breaking, Point, Recommendation, Recommendations
from simkit.narrowing.removals import DropEntitlements
from simkit.narrowing.screening import Screened, screen
from simkit.narrowing.tightenings import TurnDial
from simkit.narrowing.work import Givers
from simkit.policies import DIALS
from simkit.progress import steps, stretch
from simkit.scenario import Scenario
from simkit.simulation import PolicyLike
from simkit.standards import Reference, of

ROUGH_TRIALS = 100
"""Trials of the first replay, which only decides what is replayed in full."""
MOST_ROUGH = 200
"""How many narrowings are replayed roughly, at most; fewer on large graphs, each of which takes a while to compile."""
STEPS_AT_MOST = 400_000
"""How many attack steps all these replays together may have, though never fewer than `CONFIRMED` narrowings."""
CONFIRMED = 16
"""How many are replayed in full."""
TIES = (
    "drop-entitlement",
    "drop-role",
    "bind-targets",
    "cut-trust",
    "move-credential",
    "attenuate-trust",
    "scope",
    "identity",
    "delegation",
    "shorten-ttl",
    "expiry",
    "constrain-sender",
    "binding",
    "add-condition",
    "context",
)
"""Ties go to what is nearer to least privilege: less to have, then less for so long, then more to show. A dial stands
by its name; of its settings the weakest that does as well goes first."""
PATHS = 200


def recommend(
    scenario: Scenario,
    policy: PolicyLike = None,
    *,
    entry_point: str | Iterable[str] | None = None,
    goal: str | None = None,
    trials: int = 1000,
    seed: int = 0,
    budget: int = 5,
    threads: int | None = None,
    prices: Prices = PRICES,
) -> Recommendations:
    """What to narrow in `scenario` under `policy` (None: the one in force), the best gain for its cost first.

    The gain is how much less is lost through `entry_point` (one, several, or None for all): of the value, or of the
    chance of `goal`. Nothing that breaks a task is recommended. `budget` is how many changes the greedy curve makes at
    most. The same seed gives the same answer. Raises QuestionError and PolicyError.
    """
    question = Question.about(scenario, entry_point, goal, trials=trials, seed=seed, threads=threads)
    return _Recommender(in_force(scenario, policy), question, prices).run(budget)


@dataclass(slots=True)
class _Recommender:
    scenario: Scenario
    question: Question
    prices: Prices
    side: Side = field(init=False)
    before: Measured = field(init=False)
    results: list[BlastRadius] = field(init=False)
    free: set[DropEntitlements] = field(init=False)

    def __post_init__(self) -> None:
        self.side = Side.of(self.scenario)
        with stretch(0.0, 0.0):  # short beside what follows
            self.before, self.results = measured_with_paths(self.scenario, self.question)
        model = self.scenario.model
        self.free = set(unneeded_of(model, self.side.work, Givers(model)))

    def run(self, budget: int) -> Recommendations:
        everything = self._offered()
        with stretch(0.0, 0.1):
            screened = screen(self.scenario, everything, self.question)
        kept, breaking = self._sorted_out(screened)
        with stretch(0.1, 0.5):
            promising = self._most_promising(kept)
        with stretch(0.5, 0.8):
            ranked = sorted(map(self._confirmed, steps(promising)), key=_order)
        with stretch(0.8, 1.0):
            curve, narrowed = self._curve(ranked, budget)
        return Recommendations(
            question=self.question,
            ranked=tuple(ranked),
            curve=curve,
            breaking=tuple(breaking),
            candidates=len(everything),
            screened=len(screened),
            scenario=self.scenario,
            narrowed=narrowed,
            provenance=provenance(self.scenario, self.question),
            prices=self.prices,
        )

    def _offered(self) -> list[Narrowing]:
        """All candidates; what nobody needs from one holder goes at once, not piece by piece."""
        together = {(each.holder, grant) for each in self.free for grant in each.grants if len(each.grants) > 1}
        return [
            each
            for each in candidates(self.scenario)
            if not (
                isinstance(each, DropEntitlements)
                and len(each.grants) == 1
                and (each.holder, each.grants[0]) in together
            )
        ]

    def _sorted_out(self, screened: Sequence[Screened]) -> tuple[list[tuple[Screened, Cost]], list[Breaking]]:
        """Those that keep every task, with their costs, and those that would help and do not."""
        kept: list[tuple[Screened, Cost]] = []
        breaking: list[Breaking] = []
        most = max(CONFIRMED, min(MOST_ROUGH, STEPS_AT_MOST // max(len(self.results[0].graph.steps), 1)))
        for each in screened[: 2 * most]:
            cost = self.side.cost(Side.of(each.narrowing.apply(self.scenario)))
            if not cost.broken:
                kept.append((each, cost))
            elif each.less > 0:
                breaking.append(Breaking(each.narrowing, cost.broken))
        return kept[:most], breaking[:CONFIRMED]

    def _most_promising(self, kept: Sequence[tuple[Screened, Cost]]) -> list[tuple[Narrowing, Cost]]:
        """Those that gain the most for their cost in a short replay; what costs nothing is always among them."""
        rough = self.question.roughly(ROUGH_TRIALS)
        before = measure(self.scenario, rough)
        scored = []
        for each, cost in steps(kept):
            gain = before.less(measure(each.narrowing.apply(self.scenario), rough)).estimate
            worth = gain / max(self._price(each.narrowing, cost), 0.1)
            scored.append(((-worth, -each.less, *_name(each.narrowing)), each.narrowing, cost))
        scored.sort(key=lambda row: row[0])
        best = [(narrowing, cost) for _, narrowing, cost in scored if narrowing not in self.free]
        free = [(narrowing, cost) for _, narrowing, cost in scored if narrowing in self.free]
        return [*free[:CONFIRMED], *best[:CONFIRMED]]

    def _price(self, narrowing: Narrowing, cost: Cost) -> float:
        own = cost.price(self.prices)
        return max(0.0, own - cost.changes * self.prices.change) if narrowing in self.free else own

    def _confirmed(self, each: tuple[Narrowing, Cost]) -> Recommendation:
        narrowing, cost = each
        after = measure(narrowing.apply(self.scenario), self.question)
        path, at, rule = self._path(narrowing)
        return Recommendation(
            narrowing=narrowing,
            unneeded=narrowing in self.free,
            cost=cost,
            price=self._price(narrowing, cost),
            less=self.before.less(after),
            before=self.before.effect(),
            after=after.effect(),
            path=path,
            at=at,
            tasks=tuple(name for name in self.scenario.model.tasks if name not in self.side.utility.broken),
            relevant=_relevant(rule),
        )

    def _path(self, narrowing: Narrowing) -> tuple[str, str, str]:
        """The most frequent path that `narrowing` bears on, the first step of it that it does, and the step's rule."""
        for path in self._paths():
            for step in path.steps:
                if narrowing.bears_on(step.cause, self.scenario.model):
                    return str(path), step.label, step.rule
        return "", "", ""

    def _paths(self) -> Iterable[AttackPath]:
        for result in self.results:
            yield from result.paths(self.question.goal or None, limit=PATHS)

    def _curve(self, ranked: Sequence[Recommendation], budget: int) -> tuple[tuple[Point, ...], Scenario]:
        """Changes one after the other, each the best gain for its cost after those before it."""
        pool = [each.narrowing for each in ranked]
        points = [Point(None, Cost(changes=0), 0.0, self.before.effect(), self.before.less(self.before))]
        here, now = self.scenario, self.before
        while pool and len(points) <= budget:
            found = [step for each in pool if (step := self._after(here, now, points[-1], each)) is not None]
            if not found:
                break
            best = min(found, key=lambda step: step[0])
            _, point, here, now = best
            points.append(point)
            pool = [each for each in pool if each != point.added]
        return _marked(points), here

    def _after(
        self, here: Scenario, now: Measured, last: Point, narrowing: Narrowing
    ) -> tuple[tuple[float, int, int, str], Point, Scenario, Measured] | None:
        """The curve's next point if `narrowing` came next; None if it gains nothing or breaks a task."""
        there = narrowing.apply(here)
        cost = self.side.cost(Side.of(there), last.cost.changes + 1)
        if cost.broken:
            return None
        after = measure(there, self.question)
        less = now.less(after)
        if 0.0 in less or less.estimate < 0:
            return None
        saved = self.prices.change * (1 if narrowing in self.free else 0)
        price = last.price + max(0.0, cost.price(self.prices) - last.cost.price(self.prices)) - saved
        price = max(price, last.price)
        worth = less.estimate / max(price - last.price, 1e-9)
        point = Point(narrowing, cost, price, after.effect(), less)
        return (-worth, *_name(narrowing)), point, there, after


def _name(narrowing: Narrowing) -> tuple[int, int, str]:
    """What decides ties: the kind, the setting, then the name."""
    if isinstance(narrowing, TurnDial):
        return TIES.index(narrowing.dial), DIALS[narrowing.dial].index(narrowing.setting), narrowing.name
    return TIES.index(narrowing.kind), 0, narrowing.name


def _order(each: Recommendation) -> tuple[bool, float, float, int, int, str]:
    return not each.helps, -each.worth, -each.less.estimate, *_name(each.narrowing)


def _relevant(rule: str) -> tuple[Reference, ...]:
    return of(rule) if rule else ()


def _marked(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points, each with whether no other is both cheaper (or as cheap) and better."""

    def worse(point: Point) -> bool:
        return any(
            (other.price <= point.price and _loss(other) < _loss(point))
            or (other.price < point.price and _loss(other) <= _loss(point))
            for other in points
        )

    return tuple(replace(point, on_front=not worse(point)) for point in points)


def _loss(point: Point) -> float:
    return point.effect.chance.estimate if point.effect.chance else point.effect.mean.estimate


def provenance(scenario: Scenario, question: Question) -> Provenance:
    """Where an answer about `scenario` comes from."""
    from simkit import __version__

    return Provenance(
        scenario=scenario.name,
        digest=scenario.digest,
        policy=scenario.policy,
        entry_point=", ".join(question.entry_points),
        seed=question.seed,
        trials=question.trials,
        engine="reach and replay",
        version=__version__,
    )
