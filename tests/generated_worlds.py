"""Random small scenarios: everything that a model can hold, in a few identities, tools and resources. All are valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from generated_approvals import in_force, with_responders
from generated_code import with_code
from generated_counts import records, terms_of, throughputs
from generated_sessions import response_actions, terms, token_words
from hypothesis import assume
from hypothesis import strategies as st

from simkit.attackgraph import Fact
from simkit.distributions import Exponential, Fixed
from simkit.engines import reference
from simkit.entitlements import Resolver
from simkit.model import (
    IDENTITY_EFFECTS,
    IMPACTS,
    RESTRICTIONS,
    Credential,
    Detection,
    Entitlement,
    EntryPoint,
    Goal,
    Identity,
    Model,
    Need,
    Operation,
    Resource,
    Response,
    Role,
    Task,
    Tool,
    TrustEdge,
)
from simkit.scenario import Scenario
from simkit.simulation import compile_attack

DAY = 86400.0
POLICIES = ("static-secrets", "rbac", "rbac-context", "jit", "task-scoped-reads", "task-scoped", "zero-standing")
EFFECTS = (
    *("none", "read", "read", "read", "write", "write", "delete"),
    *("execute", "send", "assume", "invoke", "mint", "silence"),
)
QUIET = Response(rubber_stamp=0.5, miss_rate=0.5)
LOUD = Response(detection={"any": Detection(0.5, Fixed(60.0))}, delay=Fixed(30.0), rubber_stamp=0.5, completeness=0.5)


def some(draw: st.DrawFn, names: Sequence[str], *, least: int = 0, most: int = 2) -> tuple[str, ...]:
    """A few of `names`, each once, in their order."""
    if not names:
        return ()
    chosen = draw(st.sets(st.sampled_from(names), min_size=min(least, len(names)), max_size=min(most, len(names))))
    return tuple(name for name in names if name in chosen)


def named(things):  # type: ignore[no-untyped-def]
    """The things by their names, as a model keeps them."""
    return {thing.name: thing for thing in things}


@st.composite
def worlds(draw: st.DrawFn, *, alerts: bool = False, grants: bool = False, certain: bool = False) -> Scenario:
    """A valid scenario under one of the named policies.

    Nobody notices anything unless `alerts`; `grants` adds operations that widen an identity, or lift what keeps it from
    something; with `certain` every operation succeeds and takes the same time.
    """
    identities = [f"i{n}" for n in range(draw(st.integers(2, 4)))]
    resources = [f"r{n}" for n in range(draw(st.integers(2, 5)))]
    credentials = [f"c{n}" for n in range(draw(st.integers(1, 4)))]
    roles = [f"role{n}" for n in range(draw(st.integers(1, 3)))]
    effects = (*EFFECTS, "grant", "grant", "lift") if grants else EFFECTS
    tools = named(
        draw(_tool(f"t{n}", identities, resources, roles, effects, certain, alerts))
        for n in range(draw(st.integers(1, 3)))
    )
    given = _entitlements(tools, identities, resources)
    made_roles = named(Role(name, tuple(draw(st.lists(given, min_size=1, max_size=3)))) for name in roles)
    people = named(draw(_identity(name, roles, credentials, given)) for name in identities)
    model = Model(
        identities=people,
        resources=named(draw(_resource(n, resources, credentials, alerts)) for n in range(len(resources))),
        tools=tools,
        credentials=named(draw(_credential(name, identities, list(tools))) for name in credentials),
        roles=made_roles,
        trust=tuple(draw(st.lists(_edge(identities), max_size=3, unique_by=lambda edge: edge.name))),
    )
    tasks = named(draw(_task(f"task{n}", model)) for n in range(draw(st.integers(0, 3))))
    model = Model(people, model.resources, tools, model.credentials, made_roles, model.trust, tasks)
    entries = named(draw(_entry(f"e{n}", model)) for n in range(draw(st.integers(1, 2))))
    goals = named(draw(_goal(f"g{n}", model)) for n in range(draw(st.integers(1, 2))))
    response = draw(_alarmed(model)) if alerts else QUIET
    world = Scenario("generated", model, entries, goals, response, horizon=DAY, **draw(in_force(POLICIES)))
    return draw(with_code(world))


@st.composite
def copying_worlds(draw: st.DrawFn, *, alerts: bool = False) -> Scenario:
    """A valid scenario in which words reach agents that read what they cannot send, and write where others read.

    What is needed for a copy is there more often than not, each part of it with a chance of its own to be missing, or
    to be in several hands.
    """
    agents = [f"i{n}" for n in range(draw(st.integers(2, 4)))]
    secrets = [f"secret{n}" for n in range(draw(st.integers(1, 2)))]
    places = [f"place{n}" for n in range(draw(st.integers(1, 2)))]
    resources = _kept(draw, secrets, places)
    tool = draw(_office(secrets, places))
    people = named(
        Identity(
            name,
            "agent",
            susceptibility=draw(st.sampled_from((1.0, 1.0, 1.0, 0.5, 0.0))),
            entitlements=tuple(
                Entitlement(f"office.{operation.name}", conditions=draw(CONDITIONS))
                for operation in tool.operations.values()
                if draw(st.integers(0, 2)) or operation.effect == "read"
            ),
        )
        for name in agents
    )
    keys = named(draw(_credential(name, agents, [])) for name in ("c0", "c1"))
    made = Model(people, named(resources), {tool.name: tool}, keys)
    tasks = named(draw(_reading(f"task of {name}", name, made)) for name in agents)
    model = replace(made, tasks=tasks)
    entries = {"words": EntryPoint("words", "poison", "inbox"), "other": draw(_entry("other", model))}
    goals = {"out": Goal("out", lost=((secrets[0], "confidentiality"),))}
    response = draw(_alarmed(model)) if alerts else QUIET
    return Scenario("copying", model, entries, goals, response, horizon=DAY, **draw(in_force(POLICIES)))


CONDITIONS = st.sampled_from(((), (), (), (), (), ("approval",)))


def _kept(draw: st.DrawFn, secrets: list[str], places: list[str]) -> list[Resource]:
    """An inbox that all read, secrets, and places where things are put down."""
    worth = [
        Resource(name, value={"confidentiality": 10.0}, holds=some(draw, ["c0", "c1"], most=1)) for name in secrets
    ]
    kinds = st.sampled_from(("data-store", "data-store", "memory", "mailbox"))
    inside = {place: some(draw, places[number + 1 :], most=1) for number, place in enumerate(places)}
    put = [Resource(name, draw(kinds), {"integrity": 1.0}, contains=inside[name]) for name in places]
    return [Resource("inbox", "mailbox"), *worth, *put]


@st.composite
def _office(draw: st.DrawFn, secrets: list[str], places: list[str]) -> Tool:
    """To look into each thing, to put down in each place, and to mail."""
    length = st.sampled_from((Fixed(1.0), Fixed(30.0), Exponential(120.0)))
    chance = st.sampled_from((1.0, 1.0, 1.0, 0.5))
    looks = [Operation(f"look-{name}", "read", (name,), draw(length), draw(chance)) for name in (*secrets, *places)]
    puts = [Operation(f"put-{name}", "write", (name,), draw(length), draw(chance)) for name in places]
    mails = Operation("mail", "send", (), draw(length), draw(chance))
    made = named([Operation("open", "read", ("inbox",)), *looks, *puts, mails])
    return Tool("office", made, general_purpose=draw(st.sampled_from((False, False, True))), session=draw(terms()))


@st.composite
def _reading(draw: st.DrawFn, name: str, agent: str, model: Model) -> Task:
    """A task that reads the inbox, and may need most of what its agent may do."""
    grants = sorted(Resolver(model).identity(agent))
    needs = [Need(operation, (target,) if target else ()) for operation, target in grants if draw(st.integers(0, 3))]
    reads = ("inbox", *some(draw, [each for each in model.resources if each.startswith("place")], most=1))
    length = draw(st.sampled_from((Fixed(300.0), Fixed(900.0), Exponential(900.0))))
    return Task(name, agent, tuple(needs), reads, rate=1 / 600, duration=length)


@st.composite
def _alarmed(draw: st.DrawFn, model: Model) -> Response:
    """Responders who hear of half of what is logged."""
    names = {"credentials": sorted(model.credentials), "identities": sorted(model.identities)}
    actions = draw(response_actions({**names, "resources": sorted(model.resources)}))
    quick = replace(LOUD, actions=actions, propagation=draw(st.sampled_from((0.0, 0.0, 5.0))))
    return draw(with_responders(quick, model))


@st.composite
def attacked_worlds(draw: st.DrawFn, *, alerts: bool = False, grants: bool = False) -> Scenario:
    """As `worlds`, where the worst case reaches the first goal."""
    scenario = draw(worlds(alerts=alerts, grants=grants))
    graph = compile_attack(scenario).graph
    reached: set[Fact] = set()
    for entry in graph.entries.values():
        for variant in range(len(entry.names)):
            reached |= {graph.facts[fact] for fact in reference.worst_case(graph, entry.roots(variant))}
    losses = sorted((fact.subject, fact.object) for fact in reached if fact.kind == "lost")
    uses = sorted((fact.subject, fact.object) for fact in reached if fact.kind == "performed")
    assume(losses or uses)
    if losses:
        lost = draw(st.lists(st.sampled_from(losses), min_size=1, max_size=2, unique=True))
        goal = Goal("reached", lost=tuple(lost))
    else:
        goal = Goal("reached", performed=(draw(st.sampled_from(uses)),))
    return replace(scenario, goals={"reached": goal, **scenario.goals})


@st.composite
def _tool(
    draw: st.DrawFn,
    name: str,
    identities: list[str],
    resources: list[str],
    roles: list[str],
    effects: tuple[str, ...],
    certain: bool,
    loud: bool,
) -> Tool:
    operations = []
    for number in range(draw(st.integers(1, 3))):
        effect = draw(st.sampled_from(effects))
        universe = identities if effect in IDENTITY_EFFECTS else resources
        operations.append(
            Operation(
                f"o{number}",
                effect,
                some(draw, universe, least=0 if effect in ("none", "send") else 1, most=3),
                duration=Fixed(1.0) if certain else draw(st.sampled_from((Fixed(1.0), Exponential(600.0)))),
                chance=1.0 if certain else draw(st.sampled_from((1.0, 1.0, 0.5))),
                role=draw(st.sampled_from(roles)) if effect == "grant" else "",
                lifts=some(draw, RESTRICTIONS, most=3) if effect == "lift" else (),
                stream=draw(st.sampled_from((False, False, True))),
                throughput=draw(throughputs(effect)),
                shows_itself=draw(st.sampled_from((None, None, None, Detection(0.5, Fixed(60.0))))) if loud else None,
            )
        )
    deputy = draw(st.sampled_from(("", "", *identities)))
    return Tool(name, named(operations), deputy, general_purpose=draw(st.booleans()), session=draw(terms()))


def _entitlements(
    tools: Mapping[str, Tool], identities: list[str], resources: list[str]
) -> st.SearchStrategy[Entitlement]:
    """A glob over a tool, or one operation on its own targets or on one of them; now and then under a condition."""
    conditions = st.sampled_from(((), (), (), ("source",), ("approval",), ("environment",)))
    choices: list[st.SearchStrategy[Entitlement]] = []
    for tool in tools.values():
        choices.append(st.builds(Entitlement, st.just(f"{tool.name}.*"), st.just(()), conditions))
        for operation in tool.operations.values():
            full = st.just(f"{tool.name}.{operation.name}")
            single = [(target,) for target in operation.targets]
            choices.append(st.builds(Entitlement, full, st.sampled_from([(), *single]), conditions))
    return st.one_of(choices)


@st.composite
def _identity(
    draw: st.DrawFn, name: str, roles: list[str], credentials: list[str], given: st.SearchStrategy[Entitlement]
) -> Identity:
    return Identity(
        name,
        draw(st.sampled_from(("agent", "service", "pipeline"))),
        environment=draw(st.sampled_from(("production", "production", "sandbox"))),
        tier=draw(st.sampled_from(("", "shared"))),
        susceptibility=draw(st.sampled_from((0.0, 0.5, 1.0))),
        roles=some(draw, roles),
        entitlements=tuple(draw(st.lists(given, max_size=2))),
        runtime_holds=some(draw, credentials, most=1),
    )


@st.composite
def _resource(draw: st.DrawFn, number: int, names: list[str], credentials: list[str], loud: bool) -> Resource:
    """Containers and backups come later in the list, so that nothing holds itself."""
    later = names[number + 1 :]
    return Resource(
        names[number],
        draw(st.sampled_from(("data-store", "secret-store", "data-store", "memory", "context"))),
        value={impact: draw(st.sampled_from((0.0, 1.0, 10.0))) for impact in IMPACTS},
        holds=some(draw, credentials, most=1),
        recoverable_from=some(draw, later, most=1),
        exposure=draw(st.sampled_from(("private", "private", "public-read", "public-write"))),
        contains=some(draw, later, most=1),
        environment=draw(st.sampled_from(("", "", "production", "sandbox"))),
        shows_itself=draw(st.sampled_from((None, None, Detection(0.5, Fixed(60.0))))) if loud else None,
        records=draw(records),
    )


@st.composite
def _credential(draw: st.DrawFn, name: str, identities: list[str], tools: list[str]) -> Credential:
    use = draw(st.sampled_from(("login", "login", "signing")))
    return Credential(
        name,
        draw(st.sampled_from(identities)),
        ttl=draw(st.sampled_from((None, 600.0, 7200.0, 90 * DAY))),
        binding=draw(st.sampled_from(("bearer", "bearer", "sender-constrained"))),
        audience=draw(st.sampled_from([(), (), *((tool,) for tool in tools)])) if use == "login" else (),
        managed=draw(st.sampled_from((True, True, False))),
        use=use,
        **(draw(token_words()) if use == "login" else {}),
    )


@st.composite
def _edge(draw: st.DrawFn, identities: list[str]) -> TrustEdge:
    source, target = draw(st.permutations(identities))[:2]
    kind = draw(st.sampled_from(("assume", "delegate", "invoke", "federate")))
    ttl = draw(st.sampled_from((600.0, 7200.0)))
    return TrustEdge(source, target, kind, attenuates=draw(st.booleans()), ttl=ttl, session=draw(terms()))


@st.composite
def _task(draw: st.DrawFn, name: str, model: Model) -> Task:
    """A task needs what its identity may do, so that most are not broken from the start."""
    identity = draw(st.sampled_from(sorted(model.identities)))
    grants = sorted(Resolver(model).identity(identity))
    needs = draw(st.lists(st.sampled_from(grants), max_size=2, unique=True)) if grants else []
    return Task(
        name,
        identity,
        tuple(Need(operation, (target,) if target else ()) for operation, target in needs),
        some(draw, sorted(model.resources)),
        some(draw, sorted({edge.target for edge in model.trust if edge.source == identity})),
        rate=draw(st.sampled_from((40 / DAY, 1 / 600))),
        duration=draw(st.sampled_from((Fixed(300.0), Fixed(300.0), Exponential(900.0)))),
    )


@st.composite
def _entry(draw: st.DrawFn, name: str, model: Model) -> EntryPoint:
    kind = draw(st.sampled_from(("leak", "poison", "compromise", "mistake")))
    universe = {"leak": model.credentials, "poison": model.resources}.get(kind, model.identities)
    delay = draw(st.sampled_from((Fixed(0.0), Fixed(0.0), Fixed(60.0))))
    return EntryPoint(name, kind, draw(st.sampled_from(sorted(universe))), delay=delay)


@st.composite
def _goal(draw: st.DrawFn, name: str, model: Model) -> Goal:
    resources, operations = sorted(model.resources), sorted(full for full, _, _ in model.operations())
    if draw(st.integers(0, 3)) == 0:
        return Goal(name, performed=((draw(st.sampled_from(operations)), ""),))
    pair = st.tuples(st.sampled_from(resources), st.sampled_from(("confidentiality", "integrity", "availability")))
    lost = tuple(draw(st.lists(pair, min_size=1, max_size=2, unique=True)))
    return Goal(name, any_of=terms_of(lost)) if draw(st.integers(0, 3)) == 0 else Goal(name, lost=lost)
