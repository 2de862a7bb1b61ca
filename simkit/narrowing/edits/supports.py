"""The attack graph with what it rests on as facts, so that taking away is leaving out steps.

In an attack graph a use of an entitlement is one step, whoever gives the entitlement. Here each such step has premises
of its own: somebody *gives* the grant, the role is *assigned*, the edge is *trusted*, the credential *lies* in the
store, whoever has it is its *bearer*. These supports are concluded by steps that a narrowing removes. So any set of
removals, with two roles that give the same thing or a tool that runs as somebody, is answered exactly and at once by
the worst case of this graph `without` the steps of the set.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain, product

from simkit.attackgraph import AttackGraph, Conclusion, Containment, Fact, Ground, Step
from simkit.distributions import TICKS_PER_SECOND, Distribution, Fixed, quantile_table
from simkit.engines.reach import worst_case
from simkit.policies import sessions
from simkit.scenario import Scenario
from simkit.scenario.loader import uncollected
from simkit.simulation.attack import Attack
from simkit.techniques import World, attack_graph
from simkit.techniques.alternatives import Alternative, Alternatives
from simkit.techniques.copies import Staging
from simkit.techniques.grounds import SUPPORTS, WIDENED, bare, expanded

WORLD = Fact("world", "as it is")
"""The premise of every support."""
_NONE = Containment()
MOST_COPIES = 50_000
"""Steps of copying that a supported graph has at most. Beyond, it has only those that matter as long as nothing is
taken away, so that it may miss a way that a removal makes worth taking."""
_ITSELF = Ground("support")
_ROOT = Step("world", "support", (), (Conclusion(WORLD),), (_ITSELF,))


@dataclass(frozen=True, slots=True, eq=False)
class Supported:
    """The graph, the step of each support, and the first steps of each entry point's variants.

    It is `whole` unless copies were left out because there would be too many: then what it calls unreachable must be
    looked at again. `doubted` are the steps that need not be taken in every sample, or whose conclusions may end; None
    where an alert or what is metered may decide about any of them.
    """

    graph: AttackGraph
    step_of: Mapping[Fact, int]
    starts: Mapping[str, tuple[tuple[int, ...], ...]]
    whole: bool = True
    doubted: tuple[int, ...] | None = None

    def without(self, supports: Iterable[Fact]) -> list[int]:
        """The steps to leave out so that `supports` are gone; supports that nothing uses have none."""
        return [self.step_of[fact] for fact in supports if fact in self.step_of]

    def variants(self, entry_points: Iterable[str]) -> tuple[list[tuple[int, ...]], list[int]]:
        """The first steps of each variant, entry point after entry point, and where those of each begin, and end."""
        found = [self.starts[name] or ((),) for name in entry_points]
        return [*chain.from_iterable(found)], [*accumulate(map(len, found), initial=0)]


@uncollected()
def supported(scenario: Scenario, attack: Attack | None = None, *, in_reach: bool = False) -> Supported:
    """The supported graph of `scenario` under the policy in force. `attack` is what was compiled of it to be edited:
    where nothing can be copied, its steps are those that are looked for.

    Where only what is `in_reach` of an attack is asked about, it lacks the steps that nobody can come to take, which no
    removal changes: of a large estate they are most.
    """
    world = _copying(scenario, attack)
    copies = Staging.of(world, MOST_COPIES).size
    whole = copies <= MOST_COPIES
    world = world if whole else replace(world, sparing=True)
    alike = attack is not None and (not copies or not whole)
    plain = attack.graph if attack and alike else attack_graph(world, horizon=scenario.horizon)
    contested = _is_contested(plain, scenario)
    supporter = _Supporter(Alternatives.of(world), frozenset() if contested else _sure(plain.steps, scenario.horizon))
    given = _in_reach(plain) if in_reach else plain.steps
    graph = AttackGraph.build(supporter.steps(given), [], _NONE, horizon=scenario.horizon)
    number = {step.key: index for index, step in enumerate(graph.steps)}
    root = number[_ROOT.key]
    starts = {
        name: tuple(
            (*(number[plain.steps[first].key] for first in entry.roots(variant)), root)
            for variant in range(len(entry.names))
        )
        for name, entry in plain.entries.items()
    }
    step_of = {
        step.conclusions[0].fact: index
        for index, step in enumerate(graph.steps)
        if step.rule == "support" and step.conclusions[0].fact.kind in SUPPORTS
    }
    doubted = None if contested else tuple(sorted(number[key] for key in supporter.doubted))
    return Supported(graph, step_of, starts, whole, doubted)


def _copying(scenario: Scenario, attack: Attack | None) -> World:
    """The world of `scenario` with all that can be copied, whether it matters now or not."""
    if attack is not None and attack.compiled is not None:
        return replace(attack.compiled.world, sparing=False)
    policy, response = scenario.grant_policy(), scenario.response
    cut = sessions(scenario.model, policy, rotation_period=response.rotation_period)
    return World.of(cut, response, scenario.entry_points, scenario.goals, attacker=scenario.attacker, sparing=False)


def _in_reach(plain: AttackGraph) -> Iterator[Step]:
    """The steps of `plain` that some entry point may lead to. A widening is taken as done: what a step rests on may
    stand in its place."""
    roots = {root for entry in plain.entries.values() for root in entry.root_idx.tolist()}
    widened = [number for number, fact in enumerate(plain.facts) if fact.kind in WIDENED]
    makers = (plain.maker_idx[plain.maker_ptr[fact] : plain.maker_ptr[fact + 1]].tolist() for fact in widened)
    held = worst_case(plain, [*roots, *chain.from_iterable(makers)])
    return (plain.steps[number] for number in sorted([*roots, *plain.met_by(held)]))


def _is_contested(plain: AttackGraph, scenario: Scenario) -> bool:
    """True where an alert, a stubborn attacker or what is metered may decide about any step."""
    metered = bool(plain.fact_timed.any()) or bool(plain.again.any())
    return metered or bool(plain.alert.any()) or scenario.attacker.persists


def _sure(steps: Iterable[Step], horizon: float) -> frozenset[str]:
    """The keys of steps that are taken in every sample in which their premises come to hold, all of them together well
    before the horizon: the quickest of those that always succeed and conclude what holds as long as its premises, or
    longer (for ever, where it has none)."""
    known: dict[Distribution, float] = {}
    times = sorted((_longest(step, known), step.key) for step in steps if _stays(step))
    ends = accumulate(seconds for seconds, _ in times)
    return frozenset(key for (_, key), end in zip(times, ends, strict=True) if end <= horizon)


def _stays(step: Step) -> bool:
    return (
        step.chance == 1.0
        and not step.again
        and not any(each.run or each.aged or each.rotates is not None for each in step.conclusions)
        and all(each.after is None or (step.premises and isinstance(each.after, float)) for each in step.conclusions)
    )


def _longest(step: Step, known: dict[Distribution, float]) -> float:
    """Seconds that `step` takes at most; `known` keeps what was asked before."""
    for each in (step.duration, step.wait, step.approval):
        if each not in known:
            known[each] = float(max(quantile_table(each))) / TICKS_PER_SECOND
    return sum(known[each] for each in (step.duration, step.wait, step.approval))


@dataclass(slots=True)
class _Supporter:
    """Rewrites steps: whatever their technique is, they say their grounds, and each kind of ground its alternatives."""

    known: Alternatives
    sure: frozenset[str] = frozenset()
    asked: dict[Ground, tuple[Alternative, ...]] = field(default_factory=dict)
    doubted: list[str] = field(default_factory=list)
    """The keys of what was made of steps that are not sure."""

    def steps(self, given: Iterable[Step]) -> list[Step]:
        """The rewritten steps, and those that conclude what they rest on."""
        rewritten: list[Step] = []
        seen: set[Hashable] = set()
        for step in given:
            sure, premises = step.key in self.sure, bare(step)
            # What was gained in one of several ways is one step for each way, and all of them may rest on any way.
            same = (step.rule, step.label, premises, step.grounds, step.conclusions, sure)
            if step.premises and same in seen:
                continue
            seen.add(same)
            made = list(self._rewritten(step, premises))
            rewritten += made
            self.doubted += [] if sure else [each.key for each in made]
        return [_ROOT, *rewritten, *self._supports()]

    def _rewritten(self, step: Step, needed: tuple[Fact, ...]) -> Iterator[Step]:
        if not step.premises:  # an entry point is what is asked about, and is not taken away
            yield _still(step, step.premises, step.conclusions, "")
            return
        for number, premises in enumerate(self._ways(needed, step.grounds)):
            suffix = f" ~{number}" if number else ""
            plain = tuple(each for each in step.conclusions if each.ground is None)
            if plain:
                yield _still(step, premises, plain, suffix)
            for conclusion in step.conclusions:
                for place in self._of(conclusion.ground) if conclusion.ground else ():
                    label = f"{suffix} => {conclusion.fact} from {' and '.join(map(str, place))}"
                    yield _still(step, (*premises, *place), (conclusion,), label)

    def _ways(self, premises: tuple[Fact, ...], grounds: tuple[Ground, ...]) -> Iterator[tuple[Fact, ...]]:
        """The premises of a step with what it rests on, in each way that it may rest on something: a ground of which
        one alternative is among the premises already asks for nothing more."""
        choices = (self._of(ground) for ground in grounds)
        there = frozenset(premises)
        for chosen in product(*(ways for ways in choices if not any(there.issuperset(way) for way in ways))):
            yield tuple(dict.fromkeys((*premises, *chain.from_iterable(chosen))))

    def _of(self, ground: Ground) -> tuple[Alternative, ...]:
        if ground not in self.asked:
            self.asked[ground] = expanded(self.known, ground)
        return self.asked[ground]

    def _supports(self) -> Iterator[Step]:
        """The steps that conclude what was asked for: from the world as it is, or from other supports."""
        ways_of = self.known.ways_of
        leaves = {leaf for ways in ways_of.values() for way in ways for leaf in way} | set(ways_of)
        for fact in sorted(leaves):
            if fact.kind in SUPPORTS:
                yield _support(fact, (WORLD,), 0)
            for number, way in enumerate(ways_of.get(fact, ())):
                yield _support(fact, tuple(sorted(way)), number)


def _support(fact: Fact, premises: tuple[Fact, ...], number: int) -> Step:
    return Step(f"support {fact} #{number}", "support", premises, (Conclusion(fact),), (_ITSELF,))


_STILL = Fixed(0.0)


def _still(step: Step, premises: tuple[Fact, ...], conclusions: tuple[Conclusion, ...], suffix: str) -> Step:
    """`step` without clocks and alerts, which the worst case does not ask about."""
    key, rest = step.key + suffix, (step.label, "", step.chance, _STILL, _STILL, _STILL, 0.0, _STILL)
    return Step._make((key, step.rule, premises, conclusions, step.grounds, *rest, *step[len(rest) + 5 :]))
