"""What a grant policy costs the legitimate work."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Protocol

from simkit.distributions import DAY
from simkit.model import Model, ObservedRun, Response, Task
from simkit.model.money import ControlPrices
from simkit.policies import ApprovalRules, Sessions, Token, asked_a_day

YEAR = 365.0
"""Days in a year, as in the durations of a file."""
MOST_IDLE = 3
"""So many identities without a task are named."""


class Burden(Protocol):
    """What controls ask of people and machines, a day."""

    @property
    def tokens_a_day(self) -> float:
        """Tokens issued."""

    @property
    def approvals_a_day(self) -> float:
        """Approvals asked for."""

    @property
    def waiting_minutes_a_day(self) -> float:
        """Minutes that people wait for them."""

    @property
    def records_a_day(self) -> float:
        """Audit records written."""


def control_a_year(burden: Burden, prices: ControlPrices) -> float:
    """What `burden` costs in money a year: 365 days of approvals, minutes waited, tokens and records, by the piece."""
    daily = burden.approvals_a_day * prices.approval + burden.waiting_minutes_a_day * prices.waiting_minute
    daily += (burden.tokens_a_day * prices.thousand_tokens + burden.records_a_day * prices.thousand_records) / 1000
    return YEAR * daily


@dataclass(frozen=True, slots=True)
class Utility:
    """The other side of a blast radius: broken tasks and stopped runs, and what the controls cost a day."""

    tasks: int
    broken: tuple[str, ...]
    broken_needs: tuple[str, ...]
    observed: int
    stopped: int
    tokens_a_day: float
    checks_a_day: float
    approvals_a_day: float
    waiting_minutes_a_day: float
    records_a_day: float
    left_nothing: tuple[str, ...] = ()
    """Identities that are entitled and have no task, so that a scope by task leaves them nothing: no cost, but what
    seems to be saved there is no merit of the policy."""

    @property
    def idle(self) -> str:
        """For whom a scope by task leaves nothing, in words; empty for nobody."""
        if not self.left_nothing:
            return ""
        shown, more = self.left_nothing[:MOST_IDLE], len(self.left_nothing) - MOST_IDLE
        names = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
        has, them = ("has", "it") if len(self.left_nothing) == 1 else ("have", "them")
        return f"{names} {has} no task, so that a scope by task leaves {them} nothing"

    def to_dict(self) -> dict[str, object]:
        """The utility side as plain data."""
        return {name: value for name, value in asdict(self).items() if name != "left_nothing"}


def utility(sessions: Sessions, response: Response, observed: tuple[ObservedRun, ...] = ()) -> Utility:
    """The utility side of `sessions`.

    A task is broken if one of its needs is not entitled, or if it has no session. A run of a task counts as observed if
    it did its job, and is stopped if it called an operation that its task's session does not hold; a call that was
    denied in the recording stops nothing, and a run of no declared task has no session to be held against. Tokens are
    issued at each run under `identity: task`, else once a ttl; each operation that a run needs is one check, one record
    (where action decisions are logged) and, if it waits for a person, one approval, or as few as the policy asks for.
    """
    model = sessions.model
    broken = {need.task for need in sessions.broken}
    broken |= {task.name for task in model.tasks.values() if sessions.serving(task) is None}
    alike = {name: identity.count for name, identity in model.identities.items()}
    rules, asked = ApprovalRules.of(sessions, response), partial(_summed, model.tasks.values(), alike)
    approvals = asked(lambda task: asked_a_day(sessions, task, rules))
    waited = approvals * response.approval_delay.mean / 60
    if rules is not None:
        waited = asked(lambda task: asked_a_day(sessions, task, rules, minutes=True))
    tokens = math.fsum(_issued(token, model) for group in sessions.tokens.values() for token in group)
    done = [run for run in observed if run.success and run.task]
    return Utility(
        tasks=len(model.tasks),
        broken=tuple(sorted(broken)),
        broken_needs=tuple(str(need) for need in sessions.broken),
        observed=len(done),
        stopped=sum(not covered(sessions, run) for run in done),
        tokens_a_day=tokens,
        checks_a_day=math.fsum(uses for task, uses in _uses(sessions) if _checked(sessions, task)),
        approvals_a_day=approvals,
        waiting_minutes_a_day=waited,
        records_a_day=_records(sessions, tokens),
        left_nothing=tuple(name for name in model.identities if _left_nothing(sessions, name)),
    )


def _left_nothing(sessions: Sessions, identity: str) -> bool:
    """True for one that is entitled, and has no session because its policy cuts sessions by task."""
    return (
        sessions.governing(identity).per_task
        and not sessions.by_identity[identity]
        and bool(sessions.entitled[identity])
    )


def _summed(tasks: Iterable[Task], alike: Mapping[str, int], asks: Callable[[Task], float]) -> float:
    """What `asks` says of each of `tasks`, for all who are alike."""
    return math.fsum(asks(task) * alike[task.identity] for task in tasks)


def covered(sessions: Sessions, run: ObservedRun) -> bool:
    """True if the session of the run's task holds every operation that the run called and was not denied."""
    session = sessions.serving(sessions.model.tasks[run.task])
    return session is not None and {operation for operation, _ in session.grants}.issuperset(run.wanted)


def _uses(sessions: Sessions) -> Iterator[tuple[Task, float]]:
    """Each task, with how many operations it uses a day."""
    for task in sessions.model.tasks.values():
        yield task, sessions.model.runs(task) * DAY * len(task.needs)


def _checked(sessions: Sessions, task: Task) -> bool:
    return sessions.governing(task.identity).at_least("context", "checks")


def _issued(token: Token, model: Model) -> float:
    """How often `token` is issued, a day."""
    credential = model.credentials[token.credential]
    if not credential.managed or credential.use == "signing":  # a key is rolled over by hand, once in years
        return 0.0
    if token.rate:
        return token.rate * DAY
    return DAY / token.longest * model.identities[token.identity].count if token.longest else 0.0


def _records(sessions: Sessions, tokens: float) -> float:
    """Audit records a day: tokens issued where identity events are logged, uses where action decisions are."""
    if sessions.policy.logging == "none":
        return 0.0
    logged = (uses for task, uses in _uses(sessions) if sessions.governing(task.identity).logging == "action")
    return tokens + math.fsum(logged)
