"""What an attack rests on: one row for each kind of ground. Reports, pictures, logs and edits look it up here.

A step says its grounds (`Step.grounds`, all of them together), a conclusion may have one of its own. Those that the
scenario file can take away are `removable`; what they rest on in turn is worked out in `alternatives`, when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from simkit.attackgraph import Fact, Ground, Step
from simkit.entitlements import Grant
from simkit.model import EntryPoint, Goal, Model, TrustEdge
from simkit.techniques import alternatives
from simkit.techniques.alternatives import Alternative, Alternatives

STARTS = {"leak": "credential", "poison": "resource", "compromise": "identity", "mistake": "identity"}
"""What kind of thing each kind of entry point starts at."""

Things = Callable[[Ground, Mapping[str, EntryPoint], Mapping[str, Goal]], Iterator[str]]
"""Finds the things that a ground names, as `kind:name`; a name alone does not say of what kind it is."""
WIDENED = frozenset({"performed", "lifted"})


def _of(*kinds: str) -> Things:
    """The names of a ground, each as a thing of any of `kinds`: those that no picture has fall out later."""

    def found(ground: Ground, _entries: Mapping[str, EntryPoint], _goals: Mapping[str, Goal]) -> Iterator[str]:
        yield from (f"{kind}:{name}" for name in ground.names for kind in kinds)

    return found


NOTHING = _of()


def start_of(entry: EntryPoint) -> str:
    """The thing at which `entry` starts, as `kind:name`; empty for what a task reads."""
    if entry.tool or entry.operation:
        return f"tool:{entry.tool or entry.operation.partition('.')[0]}"
    return f"{STARTS[entry.kind]}:{entry.target}" if entry.target else ""


def _of_entry(ground: Ground, entries: Mapping[str, EntryPoint], _goals: Mapping[str, Goal]) -> Iterator[str]:
    yield start_of(entries[ground.names[0]])


def _of_entitlement(ground: Ground, _entries: Mapping[str, EntryPoint], _goals: Mapping[str, Goal]) -> Iterator[str]:
    identity, operation, *targets = ground.names
    yield from (f"identity:{identity}", f"tool:{operation.partition('.')[0]}")
    yield from (f"{kind}:{name}" for name in targets for kind in ("identity", "resource"))


def _of_goal(ground: Ground, _entries: Mapping[str, EntryPoint], goals: Mapping[str, Goal]) -> Iterator[str]:
    goal = goals.get(ground.names[0])
    yield from (f"resource:{resource}" for resource in goal.resources) if goal else _of("resource")(ground, {}, {})


def _first_name(ground: Ground, _: Model) -> str:
    return ground.names[0]


def _nobody(_ground: Ground, _model: Model) -> str:
    return ""


def _authenticated(ground: Ground, model: Model) -> str:
    owner = model.credentials.get(ground.names[0])
    return owner.identity if owner else ""


def _itself(ground: Ground, rule: str) -> tuple[str, str]:
    return rule, ground.names[-1] if ground.names else ""


def _entitlement(ground: Ground) -> str:
    owner, operation, target = ground.names
    return f"entitlement {operation} on {target} of {owner}" if target else f"entitlement {operation} of {owner}"


@dataclass(frozen=True, slots=True)
class GroundKind:
    """What is to know about one kind of ground.

    `means` are words for it, `because` words for why a step happened, with its names as fields (empty: none better than
    its names). `section` is where it stands in the scenario file; `removable` says that it can be taken away there.
    `colour` marks it in pictures of a path; `relations` are the lines of a diagram that it uses, `things` its boxes.
    `owner` is the identity of whom it is, `named` the ground in words, `called` the operation and target as a log has
    them, `grant` what an entitlement allows. `expand` gives its alternatives (None: it has none, it is there or not),
    and `stands_for` the kinds of premises that are one of these, written down by the attack graph.
    """

    means: str
    because: str = ""
    section: str = ""
    removable: bool = False
    colour: str = ""
    relations: tuple[str, ...] = ()
    things: Things = NOTHING
    owner: Callable[[Ground, Model], str] = _nobody
    named: Callable[[Ground], str] = str
    called: Callable[[Ground, str], tuple[str, str]] = _itself
    grant: Callable[[Ground], Grant] | None = None
    expand: Callable[[Alternatives, Ground], Iterator[Alternative]] | None = None
    stands_for: frozenset[str] = frozenset()


GROUNDS: dict[str, GroundKind] = {
    "credential": GroundKind(
        "a credential",
        because="with credential {0}",
        section="credentials",
        removable=True,
        colour="orange",
        relations=("authenticates", "signs for"),
        things=_of("credential"),
        owner=_authenticated,
        expand=alternatives.of_credential,
    ),
    "entitlement": GroundKind(
        "an entitlement",
        section="entitlements",
        removable=True,
        colour="blue",
        relations=("entitled to", "acts on", "runs as", "runs code in, becomes", "contains", "holds"),
        things=_of_entitlement,
        owner=_first_name,
        named=_entitlement,
        called=lambda ground, _: (ground.names[1], ground.names[2]),
        grant=lambda ground: (ground.names[1], ground.names[2]),
        expand=alternatives.of_use,
        stands_for=WIDENED,
    ),
    "trust": GroundKind(
        "a trust edge",
        because="through trust edge {0} -{1}-> {2}",
        section="trust",
        removable=True,
        colour="purple",
        relations=("may become",),
        things=_of("identity"),
        owner=_first_name,
        named=lambda ground: "trust edge {} -{}-> {}".format(*ground.names),
        called=lambda ground, _: (f"{ground.names[1]} {ground.names[2]}", ground.names[2]),
        expand=alternatives.of_trust,
    ),
    "task": GroundKind(
        "a task's input",
        because="{1} is read in task {0}",
        section="tasks",
        colour="green",
        things=_of("resource"),
        called=lambda ground, _: (ground.names[0], ground.names[1]),
    ),
    "flow": GroundKind(
        "what a runtime holds",
        section="identities",
        colour="sky",
        relations=("holds", "contains"),
        things=_of("identity", "resource"),
        owner=_first_name,
    ),
    "code": GroundKind(
        "code that an identity runs",
        because="{1} runs what is in {0}",
        section="resources",
        colour="sky",
        relations=("runs code in, becomes", "contains"),
        things=_of("identity", "resource"),
        owner=lambda ground, _: ground.names[1],
    ),
    "entry": GroundKind(
        "the entry point",
        because="the attack starts with {0}",
        section="entry_points",
        colour="ink",
        things=_of_entry,
    ),
    "goal": GroundKind(
        "the goal",
        because="all that it takes has happened",
        section="goals",
        colour="vermillion",
        things=_of_goal,
    ),
    "general-purpose": GroundKind("a general-purpose tool", expand=alternatives.of_general_purpose, stands_for=WIDENED),
    "local-tool": GroundKind(
        "a tool in a runtime", things=_of("identity"), expand=alternatives.of_local_tool, stands_for=WIDENED
    ),
    "egress": GroundKind(
        "a way out of a runtime without a network",
        because="code in the runtime of {0} can reach an outsider",
        section="identities",
        things=_of("identity"),
        owner=_first_name,
    ),
    "memory": GroundKind("an agent's memory", expand=alternatives.of_memory, stands_for=WIDENED),
    "given": GroundKind(
        "an entitlement to call a tool that was taken over",
        section="entitlements",
        relations=("entitled to",),
        things=_of_entitlement,
        owner=_first_name,
        named=_entitlement,
        called=lambda ground, _: (ground.names[1], ground.names[2]),
        grant=lambda ground: (ground.names[1], ground.names[2]),
        expand=alternatives.of_own_use,
        stands_for=WIDENED,
    ),
    "call": GroundKind(
        "a call of a tool",
        because="{0} calls it, and {2} come back",
        section="tasks",
        things=_of("identity", "resource"),
        owner=lambda ground, _: ground.names[1],
        called=lambda ground, _: (ground.names[3] or ground.names[2], ground.names[4]),
        expand=alternatives.of_call,
        stands_for=WIDENED,
    ),
    "lies": GroundKind("where a credential lies", removable=True, expand=alternatives.of_place),
}
"""Every kind of ground that steps and conclusions have; the kinds of a path come first, as a legend shows them."""

UNKNOWN = GroundKind("")

SUPPORTS: Mapping[str, str] = {
    "given": "a role or an identity gives a grant",
    "assigned": "an identity has a role",
    "trusted": "a trust edge is there",
    "lies": "a credential lies in a place",
    "bearer": "whoever has a credential can use it",
}
"""Kinds of facts in which alternatives end: each can be taken away, and rests on nothing but the scenario file."""


def kind_of(ground: Ground) -> GroundKind:
    """The row of `ground`; one that says nothing for a kind that nobody declared."""
    return GROUNDS.get(ground.kind, UNKNOWN)


def granted(ground: Ground) -> Grant | None:
    """The grant that `ground` is a use of; None where it is no entitlement."""
    grant = kind_of(ground).grant
    return grant(ground) if grant else None


def grant_of(step: Step) -> Grant | None:
    """The grant that `step` uses; None where it uses no entitlement."""
    return granted(step.ground)


def expanded(known: Alternatives, ground: Ground) -> tuple[Alternative, ...]:
    """The alternatives of `ground`: one that asks for nothing, for what cannot be taken away."""
    expand = kind_of(ground).expand
    return tuple(expand(known, ground)) if expand else ((),)


def bare(step: Step) -> tuple[Fact, ...]:
    """The premises of `step` without those that its grounds stand for."""
    stands_for = [kind_of(ground).stands_for for ground in step.grounds]
    return tuple([premise for premise in step.premises if not any(premise.kind in kinds for kinds in stands_for)])


def credential(name: str) -> Ground:
    """The ground that a credential (of the file, or minted) is used."""
    return Ground("credential", (name,))


def trust(edge: TrustEdge) -> Ground:
    """The ground that `edge` is there."""
    return Ground("trust", (edge.source, edge.kind, edge.target))


def lies(name: str, *places: str) -> Ground:
    """The ground that the credential called `name` lies in one of `places`."""
    return Ground("lies", (name, *places))
