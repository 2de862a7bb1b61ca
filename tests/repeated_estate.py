"""A large estate by repetition: cells of an agent, a pipeline and a deployer, all of which lead to one vault."""

from __future__ import annotations

from simkit.distributions import Fixed
from simkit.model import (
    Credential,
    Entitlement,
    EntryPoint,
    Goal,
    Identity,
    Model,
    Need,
    Operation,
    Resource,
    Role,
    Task,
    Tool,
    TrustEdge,
)
from simkit.scenario import Scenario

DAY = 86400.0
GROUP = 8
"""Cells that share the role of their deployers."""


def named(things):  # type: ignore[no-untyped-def]
    return {thing.name: thing for thing in things}


def estate(cells: int, *, attacked: int) -> Scenario:
    """`cells` cells, of which `attacked` have a poisoned queue; every third deployer needs the vault for its work.

    From a queue the agent is steered; it reads a wiki in which the keys of two pipelines lie, and carries them out. The
    pipeline reads the store with the deployer's key, or becomes the deployer by trust, or the next cell's pipeline.
    Deployers read the vault through a role that eight of them share, and every fourth through a role of its own too.
    """
    resources, identities, credentials, roles, tasks, trust = [], [], [], [], [], []
    resources.append(Resource("vault", value={"confidentiality": 100.0}))
    for n in range(cells):
        group, after = n // GROUP, (n + 1) % cells
        resources += [
            Resource(f"queue-{n}", exposure="public", value={"integrity": 1.0}),
            Resource(f"wiki-{n}", holds=(f"ci-key-{n}", f"ci-key-{after}"), value={"confidentiality": 1.0}),
            Resource(f"store-{n}", "secret-store", holds=(f"deploy-key-{n}",)),
            *(Resource(f"file-{n}-{m}", value={"confidentiality": 1.0}) for m in range(4)),
        ]
        own = (f"own-{n}",) if n % 4 == 0 else ()
        identities += [
            Identity(f"agent-{n}", "agent", susceptibility=0.5, roles=(f"agent-{n}",)),
            Identity(f"ci-{n}", "pipeline", roles=(f"ci-{n}",)),
            Identity(f"deployer-{n}", "workload", roles=(f"deployers-{group}", *own)),
        ]
        credentials += [
            Credential(f"agent-key-{n}", f"agent-{n}"),
            Credential(f"ci-key-{n}", f"ci-{n}"),
            Credential(f"deploy-key-{n}", f"deployer-{n}"),
        ]
        files = tuple(f"file-{n}-{m}" for m in range(4))
        roles.append(
            Role(
                f"agent-{n}",
                (
                    Entitlement("desk.read", (f"queue-{n}", f"wiki-{n}", *files)),
                    Entitlement("desk.reply", (f"queue-{n}",)),
                ),
            )
        )
        roles.append(Role(f"ci-{n}", (Entitlement("desk.read", (f"store-{n}", *files)),)))
        roles += [Role(name, (Entitlement("cloud.read", ("vault",)),)) for name in own]
        trust += [TrustEdge(f"ci-{n}", f"deployer-{n}"), TrustEdge(f"ci-{n}", f"ci-{after}")]
        tasks.append(
            Task(
                f"answer-{n}",
                f"agent-{n}",
                (Need("desk.read", (f"queue-{n}", f"wiki-{n}")), Need("desk.reply", (f"queue-{n}",))),
                (f"queue-{n}",),
                rate=40 / DAY,
                duration=Fixed(300.0),
            )
        )
        needs = (Need("desk.read", (files[0],)),)
        tasks.append(Task(f"build-{n}", f"ci-{n}", needs, delegates_to=(f"deployer-{n}",) if n % 2 else ()))
        if n % 3 == 0:
            tasks.append(Task(f"deploy-{n}", f"deployer-{n}", (Need("cloud.read", ("vault",)),)))
    roles += [Role(f"deployers-{g}", (Entitlement("cloud.read", ("vault",)),)) for g in range((cells - 1) // GROUP + 1)]
    everything = tuple(resource.name for resource in resources)
    tools = [
        Tool("desk", named([Operation("read", "read", everything), Operation("reply", "write", everything)])),
        Tool("cloud", named([Operation("read", "read", ("vault",))])),
    ]
    model = Model(*map(named, (identities, resources, tools, credentials, roles)), tuple(trust), named(tasks))
    entries = named(EntryPoint(f"queue-{n}", "poison", f"queue-{n}") for n in range(attacked))
    goals = named([Goal("vault-read", (("vault", "confidentiality"),))])
    return Scenario("estate", model, entries, goals, policy="rbac")
