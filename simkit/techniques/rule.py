"""What a rule of attack says of itself once, so that logs, detection and public lists follow from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from simkit.attackgraph import Step
from simkit.attackgraph.repeats import Repeats
from simkit.entitlements import Grant

if TYPE_CHECKING:
    from simkit.techniques.world import World

EventClass = Literal["entry", "damage", "identity", "action", ""]
EVENT_CLASSES: tuple[EventClass, ...] = ("entry", "damage", "identity", "action")
"""Which level of logging shows an event: `entry` and `damage` show by themselves (somebody outside tells, or the thing
is gone), `identity` needs identity events, `action` needs action decisions."""

Uses = Mapping[str, Collection[Grant] | None]
"""Sessions, each with those of its grants that are asked about; None for all."""


class Relevance(NamedTuple):
    """What a rule is relevant to in the public lists: MITRE ATT&CK and ATLAS, OWASP's Top 10s for agents and for
    non-human identities. An empty tuple says that nothing in the pinned list fits."""

    attack: tuple[str, ...] = ()
    atlas: tuple[str, ...] = ()
    agentic: tuple[str, ...] = ()
    nhi: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of inference.

    `relevant` is None where no list can have an entry for it: it has no effect, or only adds up. `event` is the class
    of events that it is noticed as under `detection` (empty: it is never noticed). `logged` says what it is in a log:
    a `logon` or an account `switch` (where it opens a session, and no API is called for it), a `call` of an API,
    something that the `agent` does by itself; empty for what no log of an identity system shows. `persuades` is True
    where a planted text must win an agent over. `because` are the words for why it happened, with the names of its
    ground as fields; empty for those of the ground.
    """

    name: str
    relevant: Relevance | None
    event: EventClass = ""
    logged: Literal["logon", "switch", "call", "agent", ""] = ""
    persuades: bool = False
    because: str = ""


@dataclass(frozen=True, slots=True)
class Technique:
    """A family of rules: the steps that they take in a world, and what each rule says of itself.

    `of_sessions` is there where each step is one session's, the first premise says whose, and the use of one of its
    grants, the first ground says which; and where it depends on nothing but that and what `likeness` compares: the
    steps of these uses alone. `in_series` is there where most of the steps are repeats: the others, and these, of
    all sessions or of some; whose a step is, its first premise says.
    """

    steps: Callable[[World], Iterator[Step]]
    rules: tuple[Rule, ...]
    of_sessions: Callable[[World, Uses], Iterator[Step]] | None = None
    in_series: Callable[[World, Uses | None], tuple[list[Step], Repeats]] | None = None
