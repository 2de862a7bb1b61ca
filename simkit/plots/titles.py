"""What a picture found, in a sentence made from its figures: its title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from simkit.blast_radius import AttackPath, BlastRadius, Comparison, Interval, Provenance, Ranking
from simkit.diagram.diagram import Picture
from simkit.narrowing import Recommendations
from simkit.plots import style
from simkit.plots.front import Design, beaten_by, front
from simkit.table import duration, percent

FEW = 3
"""So many names stand in a title; of more, the number."""
LONGEST = 24
"""Characters of a name in a title."""


def of_attack(shown: Provenance, sentence: str) -> str:
    """`sentence` behind the scenario and the entry point that it is about."""
    return f"{style.name(shown.scenario)}, {style.name(shown.entry_point)}: {sentence}"


def losses(compared: Comparison) -> str:
    """Which policy loses least, beside the one that the others are held against."""
    base, best = compared[compared.against], _least(compared)
    worst = max(compared.results, key=_mean)
    if not _mean(worst):
        return _nothing_lost(compared.results)
    if _mean(best) < _mean(base):
        return f"{_policy(best)} loses {_number(_mean(best))} on average, {_policy(base)} {_number(_mean(base))}"
    if worst is base or _mean(worst) == _mean(base):
        return f"no policy loses less than {_policy(base)}: {_number(_mean(base))} on average"
    most = f"{_policy(worst)} loses {_number(_mean(worst))}"
    return f"no policy loses less than {_policy(base)}, {_number(_mean(base))} on average; {most}"


def half_lost(result: BlastRadius, moments: Sequence[float], means: Sequence[float]) -> str:
    """Within which of `moments` (seconds) half of the mean loss is lost, which is `means` until each of them."""
    if not means[-1]:
        return _nothing_lost([result])
    when = next(moment for moment, mean in zip(moments, means, strict=True) if mean >= means[-1] / 2)
    return f"half of the {_number(means[-1])} lost under {_policy(result)} is lost within {duration(when)}"


def nineteen_of_twenty(result: BlastRadius | Comparison) -> str:
    """What 19 of 20 trials lose at most, under the policy that the others are held against and under the best one."""
    base = result[result.against] if isinstance(result, Comparison) else result
    best = _least(result) if isinstance(result, Comparison) else result
    text = f"19 of 20 trials lose {_at_most(base)} under {_policy(base)}"
    return text if best is base else f"{text}, {_at_most(best)} under {_policy(best)}"


def _at_most(result: BlastRadius) -> str:
    p95 = result.quantile(0.95).estimate
    return f"at most {_number(p95)}" if p95 else "nothing"


def reached(compared: Comparison, names: Sequence[str], rows: str) -> str:
    """How many of `names` (`rows`: goals, or losses of resources) happen in some trial, under which policy."""
    counts = {id(each): sum(each.chance(name).estimate > 0 for name in names) for each in compared.results}
    base = compared[compared.against]
    least = min(compared.results, key=lambda each: counts[id(each)])
    what = "goals are reached" if rows == "goals" else "losses happen"
    text = f"{counts[id(base)]} of {len(names)} {what} in some of {base.trials:,} trials under {_policy(base)}"
    return text if counts[id(least)] == counts[id(base)] else f"{text}, {counts[id(least)]} under {_policy(least)}"


def worst_to_lose(found: Ranking, shown: int, *, valued: bool) -> str:
    """What the loss of the worst reaches, and how many of the others have no bar."""
    worst, more = found.rows[0], len(found.rows) - shown
    reach = f"{percent(worst.impact)} of the environment"
    if valued:
        reach = f"{_number(worst.value)} of value"
    text = f"{style.name(worst.name, LONGEST)} is worst to lose, {reach} is in its reach"
    return f"{style.name(found.provenance.scenario)}: {text}{f'; {more:,} more not shown' if more > 0 else ''}"


def best_narrowing(found: Recommendations, more: int) -> str:
    """What the first narrowing that helps takes away, of how much, and how many have no bar."""
    best = next(each for each in found.ranked if each.helps)
    harm = found.question.measure if best.before.lost == found.question.lost else best.before.harm
    before, after = (found.question.amount((at.chance or at.mean).estimate) for at in (best.before, best.after))
    text = f"{style.name(best.narrowing.name, LONGEST * 2)} takes the {harm} from {before} to {after}"
    return f"{style.name(found.provenance.scenario)}: {text}{f'; {more:,} more not shown' if more > 0 else ''}"


def tradeoff(designs: Sequence[Design], *, costs: bool) -> str:
    """Which designs buy nothing; `costs`: their overhead is money."""
    best = front(designs)
    beaten = [design for design in designs if design not in best]
    more, asks, ask = ("costs more", "costs", "cost") if costs else ("asks for more", "asks for", "ask for")
    if not beaten:
        return f"what {more} loses less, and none of the {len(designs)} is beaten"
    if len(beaten) == 1:
        other = style.name(beaten_by(beaten[0], best).name, LONGEST)
        return f"{style.name(beaten[0].name, LONGEST)} is beaten by {other}, which loses no more and {asks} no more"
    return f"{_names([each.name for each in beaten])} are beaten by others, which lose no more and {ask} no more"


def tradeoff_apart(panels: Sequence[Sequence[Design]]) -> str:
    """Which designs buy nothing in any of `panels`, each with another overhead."""
    fronts = [{design.name for design in front(designs)} for designs in panels]
    beaten = [design.name for design in panels[0] if not any(design.name in names for names in fronts)]
    if not beaten:
        return f"each of the {len(panels[0])} is unbeaten in what it asks of somebody"
    verb = "is" if len(beaten) == 1 else "are"
    return f"{_names(beaten)} {verb} beaten in whatever is asked: others lose no more and ask for no more"


def changes(designs: Sequence[Design], what: str, *, chance: bool) -> str:
    """What all changes together, the last of `designs`, leave of the first: a chance, or a value."""
    count = len(designs) - 1
    if not count:
        return "no change that keeps every task helps"
    before, after = (percent(each) if chance else _number(each) for each in (designs[0].loss.estimate,
                                                                          designs[-1].loss.estimate))  # fmt: skip
    number = "1 change takes" if count == 1 else f"{count} changes take"
    return f"{number} the {what} from {before} to {after}"


def ends(lines: Mapping[str, Sequence[tuple[float, Interval]]], axis: str) -> str:
    """What is lost at the ends of the first of `lines`, of (seconds, loss), and whether it differs at all."""
    name, points = next(iter(lines.items()))
    ordered = sorted(points, key=lambda point: point[0])
    (first, low), *_, (last, high) = ordered
    where = "" if len(lines) == 1 else f"{style.name(name)}: "
    what = axis or "duration"
    if all(loss.estimate == low.estimate for _, loss in points):
        lost = _number(low.estimate) if low.estimate else "nothing"
        return f"{where}{lost} is lost at any {what} from {duration(first)} to {duration(last)}"
    settled = next(at for at in range(len(ordered)) if _settled(ordered[at:], high))
    rest = f"from {duration(ordered[settled][0])} on" if settled < len(ordered) - 1 else f"at {duration(last)}"
    return f"{where}{_number(low.estimate)} is lost at a {what} of {duration(first)}, {_number(high.estimate)} {rest}"


def _settled(points: Sequence[tuple[float, Interval]], end: Interval) -> bool:
    """True if all of `points` lose as much as the end, as it is written."""
    return all(_number(loss.estimate) == _number(end.estimate) for _, loss in points)


def greatest_drop(steps: Sequence[tuple[str, float]]) -> str:
    """Which of the changes, after the start, saves most: labels, and what is lost from then on."""
    drops = [(before[1] - after[1], after[0]) for before, after in pairwise(steps)]
    most, label = max(drops, key=lambda drop: drop[0])
    if most <= 0:
        return f"no change makes the {_number(steps[0][1])} lost less" if steps[0][1] else "nothing is lost"
    return f"{style.name(label)} saves most, {_number(most)} of the {_number(steps[0][1])} lost"


def led_to(drawn: Picture) -> str:
    """To how many of the resources in `drawn` its lines lead from an identity or a credential."""
    kinds = Counter(thing.partition(":")[0] for thing in drawn.boxes)
    ahead: dict[str, list[str]] = {}
    for edge in drawn.edges:
        ahead.setdefault(edge.source, []).append(edge.target)
    waiting = [node.id for node in drawn.nodes if node.kind in ("identity", "credential")]
    seen = set(waiting)
    while waiting:
        new = [other for other in ahead.get(waiting.pop(), ()) if other not in seen]
        seen.update(new)
        waiting.extend(new)
    reached = sum(node.count for node in drawn.nodes if node.kind == "resource" and node.id in seen)
    starts = f"{counted(kinds['identity'], 'identity', 'identities')} and {counted(kinds['credential'], 'credential')}"
    through = f" through {counted(kinds['tool'], 'tool')}" if kinds["tool"] else ""
    return f"{starts} lead to {reached:,} of {counted(kinds['resource'], 'resource')}{through}"


def counted(count: int, one: str, several: str = "") -> str:
    """`count` of what is called `one`, and `several` (with an s, if that is not said) where it is not 1."""
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def way(taken: AttackPath) -> str:
    """How often the path is taken, and after how long it ends."""
    after = duration(taken.steps[-1].done)
    return (
        f"{percent(taken.share.estimate)} of trials reach {style.name(taken.goal)} this way, the median after {after}"
    )


def _least(compared: Comparison) -> BlastRadius:
    """The policy that loses least, that in force where it is one of them."""
    return min(compared.results, key=lambda each: (_mean(each), each.provenance.policy != compared.against))


def _mean(result: BlastRadius) -> float:
    return result.value_lost().estimate


def _policy(result: BlastRadius) -> str:
    return style.name(result.provenance.policy, LONGEST)


def _nothing_lost(results: Sequence[BlastRadius]) -> str:
    """That no trial loses anything; where the worst case does, in how many trials."""
    under = _policy(results[0]) if len(results) == 1 else f"any of {len(results)} policies"
    trials = f" in any of {results[0].trials:,} trials" if any(each.worst_case.value for each in results) else ""
    return f"nothing of value is lost{trials} under {under}"


def _number(value: float) -> str:
    return style.number(value)


def _names(names: Sequence[str]) -> str:
    if len(names) > FEW:
        return f"{len(names)} of these"
    return ", ".join(style.name(name, LONGEST) for name in names)
