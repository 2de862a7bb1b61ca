"""Tasks from runs: what is called together, by whom, how often, on what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from simkit.distributions import DAY
from simkit.importers.recordings.seen_runs import SeenRun
from simkit.model import Entitlement, Identity, Model, Need, Operation, Task, Tool
from simkit.policies.mining import mine_roles

MOST_TASKS = 8
"""So many tasks of one identity at most: what is called together least apart is put together (our choice)."""
MOST_SETS = 60
"""So many different sets of operations are told apart; the rarest beyond go to the task that has most of theirs."""
NAMED = 2
"""So many operations stand in the name of a task."""


@dataclass(frozen=True, slots=True)
class ProposedTask:
    """A task that runs of one identity suggest. `rate` is in runs a second, `duration` in seconds."""

    name: str
    operations: frozenset[str]
    runs: tuple[SeenRun, ...]
    rate: float
    duration: float

    @property
    def targets(self) -> Mapping[str, tuple[str, ...]]:
        """For each operation what it was called on, as far as every call of it says that."""
        found: dict[str, dict[str, None]] = {}
        for run in self.runs:
            for call in run.calls:
                found.setdefault(call.full_name, {})[call.target] = None
        return {name: () if "" in targets else tuple(sorted(targets)) for name, targets in found.items()}


def proposed_tasks(actor: str, runs: Sequence[SeenRun]) -> list[ProposedTask]:
    """The tasks of `actor`, most frequent first. Runs that carried out nothing suggest none."""
    used = [(run, frozenset(run.used)) for run in runs]
    working = [run for run, operations in used if operations]
    counted = Counter(operations for _, operations in used if operations)
    ordered = sorted(counted, key=lambda each: (-counted[each], sorted(each)))
    groups = _grouped(ordered[:MOST_SETS])
    for rare in ordered[MOST_SETS:]:
        best = min(groups, key=lambda group: (len(rare - frozenset().union(*group)), sorted(map(sorted, group))))
        best.append(rare)
    lasting = max(DAY, _span(working))
    made = []
    for group in groups:
        members = set(group)
        mine = tuple(run for run, operations in used if operations in members)
        operations = frozenset().union(*group)
        made.append((operations, mine, len(mine) / lasting, median(run.lasted for run in mine)))
    made.sort(key=lambda each: (-len(each[1]), sorted(each[0])))
    names = _names(actor, [operations for operations, *_ in made])
    return [ProposedTask(name, *each) for name, each in zip(names, made, strict=True)]


def _grouped(sets: Iterable[frozenset[str]]) -> list[list[frozenset[str]]]:
    """`sets` in at most `MOST_TASKS` groups, as role mining puts them together."""
    found = list(sets)
    if len(found) <= MOST_TASKS:
        return [[each] for each in found]
    tasks = {str(at): Task(str(at), "it", tuple(map(Need, sorted(each)))) for at, each in enumerate(found)}
    operations = sorted(frozenset().union(*found))
    tools: dict[str, dict[str, Operation]] = {}
    for full in operations:
        tool, _, name = full.partition(".")
        tools.setdefault(tool, {})[name] = Operation(name, "none")
    model = Model(
        identities={"it": Identity("it", entitlements=tuple(map(Entitlement, operations)))},
        tools={name: Tool(name, operations=each) for name, each in tools.items()},
        tasks=tasks,
    )
    return [[found[int(task)] for task in role.tasks] for role in mine_roles(model, "it", MOST_TASKS).roles]


def _span(runs: Iterable[SeenRun]) -> float:
    times = [call.time for run in runs for call in run.calls if call.time is not None]
    return max(times) - min(times) if times else 0.0


def _names(actor: str, sets: Sequence[frozenset[str]]) -> list[str]:
    """A name for each task: its actor and its first operations; numbered where two would be called the same."""
    names: list[str] = []
    for operations in sets:
        short = [full.partition(".")[2] for full in sorted(operations)]
        more = f" and {len(short) - NAMED} more" if len(short) > NAMED else ""
        name = f"{actor}: {', '.join(short[:NAMED])}{more}"
        number = sum(each == name or each.startswith(f"{name} (") for each in names)
        names.append(f"{name} ({number + 1})" if number else name)
    return names
