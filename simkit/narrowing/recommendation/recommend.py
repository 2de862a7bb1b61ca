"""From a scenario to recommendations: screened by the worst case, confirmed by replay, ranked by gain per cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simkit.blast_radius import Provenance, intervals
from simkit.decisions.payback import paybacks
from simkit.entitlements import Grant
from simkit.errors import QuestionError
from simkit.execution.executors import ExecutorLike
from simkit.narrowing.edits.candidates import checked_kinds, each_narrowing, in_force
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.removals import DropEntitlements
from simkit.narrowing.edits.restrictions import TurnDial
from simkit.narrowing.edits.unneeded import Unneeded, unneeded
from simkit.narrowing.recommendation.changes_so_far import Stage
from simkit.narrowing.recommendation.costs import PRICES, Balance, Cost, Money, Prices, Side
from simkit.narrowing.recommendation.effect import PairedLosses, Question
from simkit.narrowing.recommendation.measured_edits import MeasuredEdits
from simkit.narrowing.recommendation.recommendation import Breaking, BudgetPoint, Recommendation, Recommendations
from simkit.narrowing.recommendation.relevance import Bearings, BeforeAndAfter
from simkit.narrowing.recommendation.screen import Screened, screen
from simkit.policies import DIALS
from simkit.policies.dials import Takes
from simkit.privilege import over_privilege
from simkit.progress import steps, stretch
from simkit.scenario import Scenario
from simkit.scenario.numbers_at import not_known
from simkit.simulation import PolicyLike
from simkit.techniques.givers import Givers, Holder

ROUGH_TRIALS = 1000
"""Trials of the first replay, which decides what is replayed in full: up to here it costs less than to compile."""
MOST_ROUGH = 200
"""How many narrowings are replayed roughly, at most; fewer on large graphs, each of which takes a while to compile."""
STEPS_AT_MOST = 400_000
"""How many attack steps all these replays together may have, though never fewer than `CONFIRMED` narrowings."""
FEWEST = 8
"""How many of the ranking the greedy curve chooses from at least; more where the graph is small."""
CONFIRMED = 16
"""How many of those that cost something are replayed in full, and how many of those that do not."""
TIES: Mapping[Takes, tuple[str, ...]] = {
    "rights": (
        "drop-entitlement",
        "drop-role",
        "bind-targets",
        "cut-trust",
        "move-credential",
        "move-file",
        "attenuate-trust",
    ),
    "lifetime": ("shorten-ttl",),
    "sender": ("constrain-sender",),
    "use": (
        *("end-exception", "show-what-is-done", "ask-one-more"),
        *("add-condition", "lower-quota", "close-runtime", "stop-answers"),
    ),
}
"""Ties go to what is nearer to least privilege: less to have, then less for so long, then more to show. After the kinds
of narrowing that take one thing stand the dials that do, by their `place`; of a dial's settings the weakest that does
as well goes first."""
DRAWN = 5
"""How many of the first recommendations are asked in how many draws they pay."""
BESIDE = ("add-deny", "set-boundary", "limit-token", "ask-claims")
"""What says beside a right that it is not to be used goes after everything that takes the right away."""
AFTERWARDS = ("log-more", "do-more", "answer-sooner", "keep-longer")
"""What deals with what happened all the same goes last."""
_ORDER = (
    *(
        each
        for takes, kinds in TIES.items()
        for each in (*kinds, *(d.name for d in sorted(DIALS.values(), key=lambda d: d.place) if d.takes == takes))
    ),
    *BESIDE,
    *AFTERWARDS,
)


def recommend(
    scenario: Scenario,
    policy: PolicyLike = None,
    *,
    entry_points: str | Iterable[str] | None = None,
    goal: str | None = None,
    trials: int = 1000,
    seed: int = 0,
    budget: int = 5,
    threads: int | None = None,
    executor: ExecutorLike = None,
    prices: Prices = PRICES,
    without: Iterable[str] = (),
    among: Iterable[Narrowing] | None = None,
    measure: str | None = None,
) -> Recommendations:
    """What to narrow in `scenario` under `policy` (None: the one in force), the best gain for its cost first.

    The gain is how much less is lost through `entry_points` (one, several, or None for all): of `measure` (None: the
    value, or the share of goals where nothing has one), or of the chance of `goal`. Nothing that breaks a task is
    recommended. `budget` is how many changes the greedy curve makes at most; `without` names kinds of narrowing that
    are out of the question, and `among` are all that there is to choose from (None: every one of the model). Where the
    file has a currency, prices and frequencies, the gain and its cost are money a year, and the first ones say in how
    many draws of what is not known they pay. Replays are worked out by `threads` or an `executor`, as in `simulate`;
    what is compiled and screened is here. The same seed gives the same answer. Raises QuestionError and PolicyError.
    """
    workers: dict[str, Any] = {"threads": threads, "executor": executor}
    question = Question.about(scenario, entry_points, goal, trials=trials, seed=seed, measure=measure, **workers)
    if budget < 0:
        raise QuestionError(f"a budget of {budget} changes cannot be spent: give 0 or more")
    wanted = None if among is None else tuple(among)
    return _Recommender(in_force(scenario, policy), question, prices, checked_kinds(without), wanted).run(budget)


@dataclass(slots=True)
class _Recommender:
    scenario: Scenario
    question: Question
    prices: Prices
    without: frozenset[str]
    among: tuple[Narrowing, ...] | None = None
    side: Side = field(init=False)
    edits: MeasuredEdits = field(init=False)
    everything: list[Narrowing] = field(init=False)
    unneeded: dict[Narrowing, Unneeded] = field(init=False)
    bearings: Bearings = field(init=False)
    money: Money | None = field(init=False)
    costs: dict[Narrowing, Cost] = field(default_factory=dict)
    """What each that was screened costs by itself."""

    def __post_init__(self) -> None:
        self.side = Side.of(self.scenario)
        with stretch(0.0, 0.0):  # short beside what follows
            self.edits = MeasuredEdits(self.scenario, self.question)
        model = self.scenario.model
        privilege, givers = over_privilege(self.scenario), Givers(model)
        self.unneeded = {each.narrowing: each for each in unneeded(model, privilege, givers)}
        found = each_narrowing(self.scenario, privilege, givers) if self.among is None else self.among
        self.everything = list(dict.fromkeys(found))
        self.bearings = Bearings(self.edits.results, self.question, model)
        in_value = self.question.valued and not self.question.goal
        self.money = Money.of(self.scenario, self.question.entry_points) if in_value else None

    def run(self, budget: int) -> Recommendations:
        offered = list(self._offered())
        with stretch(0.0, 0.1):
            screening = screen(self.scenario, offered, self.question, self.edits.base.graph, self.edits.made)
        kept, breaking = self._sorted_out(screening.found)
        with stretch(0.1, 0.5):
            promising = self._most_promising(kept)
        with stretch(0.5, 0.8):
            ranked = self._with_ties(sorted(map(self._confirmed, steps(promising)), key=_order))
            ranked = self._with_draws(ranked)
        with stretch(0.8, 1.0):
            curve, end = self._curve(ranked, budget)
        return Recommendations(
            question=self.question,
            ranked=tuple(ranked),
            curve=curve,
            breaking=tuple(breaking),
            candidates=len(offered),
            screened=len(screening.found),
            in_part=screening.in_part,
            scenario=self.scenario,
            narrowed=end.scenario,
            measured=BeforeAndAfter(self.edits.before, end.losses, self.bearings),
            provenance=provenance(self.scenario, self.question),
            prices=self.prices,
            annual_loss=self.money.saved(self.edits.before.losses).estimate if self.money else None,
        )

    def _offered(self) -> Iterator[Narrowing]:
        """All candidates; what nobody needs from one holder goes at once, not piece by piece."""
        drops = [each for each in self.unneeded if isinstance(each, DropEntitlements) and len(each.grants) > 1]
        together = {(each.holder, grant) for each in drops for grant in each.grants if self.among is None}
        for each in self.everything:
            if each.kind not in self.without and not (isinstance(each, DropEntitlements) and _piece(each) in together):
                yield each

    def _sorted_out(self, screened: Sequence[Screened]) -> tuple[list[tuple[Screened, Cost]], list[Breaking]]:
        """Those that keep every task, with their costs, and those that would help and do not."""
        kept: list[tuple[Screened, Cost]] = []
        breaking: list[Breaking] = []
        most = max(CONFIRMED, min(MOST_ROUGH, self._affordable()))
        for each in screened[: 2 * most]:
            cost = self.costs[each.narrowing] = self.side.cost_of(each.narrowing, self.scenario)
            if not cost.broken:
                kept.append((each, cost))
            elif each.less > 0:
                breaking.append(Breaking(each.narrowing, cost.broken))
        return kept[:most], breaking[:CONFIRMED]

    def _most_promising(self, kept: Sequence[tuple[Screened, Cost]]) -> list[tuple[Narrowing, Cost]]:
        """Those that gain the most for their cost in a short replay; what costs nothing is always among them."""
        rough = self.question.roughly(ROUGH_TRIALS)
        self.edits.ahead(each.narrowing.removes() for each, _ in kept)
        scored = []
        for each, cost in steps(kept):
            asked = rough.judging(each.narrowing.judged)
            before, after = self.edits.pair(each.narrowing, asked)
            worth = before.less(after).estimate / max(self._price(each.narrowing, cost), 0.1)
            if self.money is not None:
                worth = self._balance(before, after, cost, self.money).net
            scored.append(((-worth, -each.less, *_name(each.narrowing)), each.narrowing, cost))
        scored.sort(key=lambda row: row[0])
        best = [(narrowing, cost) for _, narrowing, cost in scored if not self._free(narrowing)]
        free = [(narrowing, cost) for _, narrowing, cost in scored if self._free(narrowing)]
        chosen = [*free[:CONFIRMED], *best[:CONFIRMED]]
        self.edits.keep(narrowing for narrowing, _ in chosen)
        return chosen

    def _affordable(self) -> int:
        """How many replays of this graph there is time for."""
        return STEPS_AT_MOST // max(len(self.edits.base.graph.steps), 1)

    def _free(self, narrowing: Narrowing) -> bool:
        found = self._spare(narrowing)
        return found is not None and found.is_free

    def _spare(self, narrowing: Narrowing) -> Unneeded | None:
        """What is known of the need for all that `narrowing` takes away, where nobody needs any of it."""
        if narrowing in self.unneeded or not isinstance(narrowing, DropEntitlements):
            return self.unneeded.get(narrowing)
        gone = set(narrowing.grants)
        for whole, known in self.unneeded.items():
            if isinstance(whole, DropEntitlements) and whole.holder == narrowing.holder and gone <= set(whole.grants):
                return known
        return None

    def _price(self, narrowing: Narrowing, cost: Cost) -> float:
        own = cost.price(self.prices)
        return max(0.0, own - cost.changes * self.prices.change) if self._free(narrowing) else own

    def _balance(self, before: PairedLosses, after: PairedLosses, cost: Cost, money: Money) -> Balance:
        return Balance(money.currency, money.saved(before.losses - after.losses), money.control(cost))

    def _with_draws(self, ranked: list[Recommendation]) -> list[Recommendation]:
        """The first few that help, each with the share of draws in which it pays."""
        asked = [each for each in ranked if each.helps and each.balance][:DRAWN]
        if not asked or not not_known(self.scenario):
            return ranked
        changed = [each.narrowing.apply(self.scenario) for each in asked]
        found = paybacks(self.scenario, changed, self.question.entry_points, seed=self.question.seed)
        by_change = dict(zip((each.narrowing for each in asked), found, strict=True))
        return [
            replace(each, balance=replace(each.balance, payback=by_change[each.narrowing]))
            if each.balance and each.narrowing in by_change
            else each
            for each in ranked
        ]

    def _confirmed(self, each: tuple[Narrowing, Cost]) -> Recommendation:
        narrowing, cost = each
        asked = self.question.judging(narrowing.judged)
        before, after = self.edits.pair(narrowing, asked)
        found = self._spare(narrowing)
        return Recommendation(
            narrowing=narrowing,
            unneeded=self._free(narrowing),
            evidence=found.evidence if found else "",
            cost=cost,
            price=self._price(narrowing, cost),
            less=before.less(after),
            before=before.effect(),
            after=after.effect(),
            bearing=self.bearings.of(narrowing),
            tasks=tuple(name for name in self.scenario.model.tasks if name not in self.side.utility.broken),
            balance=self._balance(before, after, cost, self.money) if self.money else None,
        )

    def _with_ties(self, ranked: Sequence[Recommendation]) -> list[Recommendation]:
        """Each with the place of the first that it ties with: at the same price, and no difference sample by sample."""
        found: list[Recommendation] = []
        for place, each in enumerate(ranked, 1):
            first = found[-1].ties_with or place - 1 if found else 0
            tied = bool(first) and self._alike(found[first - 1], each)
            found.append(replace(each, ties_with=first) if tied else each)
        return found

    def _alike(self, one: Recommendation, other: Recommendation) -> bool:
        if not (one.helps and other.helps) or round(one.price, 3) != round(other.price, 3):
            return False
        if one.before.lost != other.before.lost:
            return False
        asked = self.question.judging(one.narrowing.judged)
        lost = [self.edits.after(each.narrowing, asked).losses for each in (one, other)]
        return 0.0 in intervals.mean((lost[0] - lost[1]).tolist())

    def _curve(self, ranked: Sequence[Recommendation], budget: int) -> tuple[tuple[BudgetPoint, ...], Stage]:
        """Changes one after the other, each the best gain for its cost after those before it."""
        pool = [each.narrowing for each in ranked[: max(FEWEST, self._affordable() // max(budget, 1))]]
        none, start = self.edits.before.less(self.edits.before), 0.0 if self.money else None
        points = [BudgetPoint(None, Cost(changes=0), 0.0, self.edits.before.effect(), none, control=start)]
        here = Stage(self.scenario, frozenset(), self.edits.before)
        while pool and len(points) <= budget:
            self.edits.ahead(here.after(each).removed for each in pool)
            found = [step for each in pool if (step := self._after(here, points[-1], each)) is not None]
            if not found:
                break
            _, point, here = min(found, key=lambda step: step[0])
            points.append(point)
            pool = [each for each in pool if each != point.added]
        return _marked(points), here

    def _after(
        self, here: Stage, last: BudgetPoint, narrowing: Narrowing
    ) -> tuple[tuple[float, int, int, str], BudgetPoint, Stage] | None:
        """The curve's next point if `narrowing` came next; None if it gains nothing or breaks a task."""
        there = here.after(narrowing)
        cost = self._cost_after(there, last.cost.changes + 1)
        if cost.broken:
            return None
        now, after = self.edits.along(here, there)
        less = now.less(after)
        if 0.0 in less or less.estimate < 0:
            return None
        saved = self.prices.change * self._free(narrowing)
        price = last.price + max(0.0, cost.price(self.prices) - last.cost.price(self.prices)) - saved
        price = max(price, last.price)
        worth = less.estimate / max(price - last.price, 1e-9)
        control = self.money.control(cost) if self.money else None
        if self.money is not None and control is not None:
            worth = self.money.saved(now.losses - after.losses).estimate - (control - (last.control or 0.0))
            if worth <= 0:  # it costs more than it saves
                return None
        point = BudgetPoint(narrowing, cost, price, after.effect(), less, control=control)
        return (-worth, *_name(narrowing)), point, replace(there, losses=after)

    def _cost_after(self, there: Stage, changes: int) -> Cost:
        """What the work loses by all changes until `there`."""
        if self.scenario.model.tasks or there.removed is None:
            if len(there.changes) == 1:
                return self.costs[there.changes[0]]
            return self.side.cost_at(there.scenario, there.removed, changes)
        return replace(self.side.without(there.removed), changes=changes, observed=self.side.utility.observed)


def _piece(drop: DropEntitlements) -> tuple[Holder, Grant] | None:
    """The one grant that `drop` takes from its holder; None if it takes several."""
    return (drop.holder, drop.grants[0]) if len(drop.grants) == 1 else None


def _name(narrowing: Narrowing) -> tuple[int, int, str]:
    """What decides ties: the kind, the setting, then the name."""
    if isinstance(narrowing, TurnDial):
        setting = DIALS[narrowing.dial].settings.index(narrowing.setting)
        return _ORDER.index(narrowing.dial), setting, narrowing.name
    return _ORDER.index(narrowing.kind), 0, narrowing.name


def _order(each: Recommendation) -> tuple[bool, bool, float, float, int, int, str]:
    return not each.helps, bool(each.narrowing.judged), -each.worth, -each.less.estimate, *_name(each.narrowing)


def _marked(points: Sequence[BudgetPoint]) -> tuple[BudgetPoint, ...]:
    """The points, each with whether no other is both cheaper (or as cheap) and better."""

    def worse(point: BudgetPoint) -> bool:
        return any(
            (other.outlay <= point.outlay and _loss(other) < _loss(point))
            or (other.outlay < point.outlay and _loss(other) <= _loss(point))
            for other in points
        )

    return tuple(replace(point, on_front=not worse(point)) for point in points)


def _loss(point: BudgetPoint) -> float:
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
