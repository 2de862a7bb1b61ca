"""A world small enough to work out by hand: a support agent and a billing service share a tier; a pipeline has its own.

==========  ========  ===============================================================================
identity    tier      may
==========  ========  ===============================================================================
desk        support   crm.read_case and crm.read_note on cases; crm.write_case on cases; mail.send
biller      support   pay.refund on ledger, only from its own runtime; crm.read_case on cases
ci          (its own) deploy.run in biller; crm.delete_case on case-eu and case-us
==========  ========  ===============================================================================

The cases contain case-eu and case-us. `answer` (40 a day, 5 minutes) and `triage` (10 a day, 10 minutes) are work of
the desk, `bill` (1 a day, 1 minute) of the biller; the pipeline has no declared task.
"""

from __future__ import annotations

from simkit.distributions import Fixed
from simkit.model import (
    Credential,
    Entitlement,
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

DAY = 86400.0


def named(*things):  # type: ignore[no-untyped-def]
    """The things by their names, as a model keeps them."""
    return {thing.name: thing for thing in things}


IDENTITIES = named(
    Identity("desk", "agent", tier="support", susceptibility=0.5, roles=("support",), runtime_holds=("vendor-key",)),
    Identity("biller", "service", tier="support", roles=("billing",)),
    Identity(
        "ci",
        "pipeline",
        stage="deployment",
        entitlements=(Entitlement("deploy.run"), Entitlement("crm.delete_case", ("case-*",))),
    ),
)
RESOURCES = named(
    Resource("cases", value={"confidentiality": 10.0, "integrity": 5.0}, contains=("case-eu", "case-us")),
    Resource("case-eu", recoverable_from=("backup",)),
    Resource("case-us"),
    Resource("backup", kind="backup"),
    Resource("tickets", kind="mailbox", exposure="public-write"),
    Resource("ledger", environment="production"),
    Resource("vault", kind="secret-store", holds=("crm-key",)),
)
TOOLS = named(
    Tool(
        "crm",
        named(
            Operation("read_case", "read", ("cases",)),
            Operation("read_note", "read", ("cases",)),
            Operation("write_case", "write", ("cases",)),
            Operation("delete_case", "delete", ("cases", "case-eu", "case-us")),
        ),
        runs_as="biller",
    ),
    Tool("mail", named(Operation("send", "send"))),
    Tool("pay", named(Operation("refund", "write", ("ledger",)))),
    Tool("deploy", named(Operation("run", "execute", ("biller",)))),
)
ROLES = named(
    Role(
        "support",
        (Entitlement("crm.read_*"), Entitlement("crm.write_case", ("cases",)), Entitlement("mail.send")),
    ),
    Role("billing", (Entitlement("pay.refund", conditions=("source",)), Entitlement("crm.read_case"))),
)
CREDENTIALS = named(
    Credential("desk-token", "desk", ttl=3600.0),
    Credential("crm-key", "biller", ttl=90 * DAY, effective_ttl=400 * DAY),
    Credential("vendor-key", "biller", managed=False),
    Credential("deploy-key", "ci"),
)
TASKS = named(
    Task(
        "answer",
        "desk",
        (Need("crm.read_case", ("case-eu",)), Need("mail.send")),
        ("tickets",),
        rate=40 / DAY,
        duration=Fixed(300.0),
    ),
    Task("triage", "desk", (Need("crm.write_case"),), ("tickets",), rate=10 / DAY, duration=Fixed(600.0)),
    Task("bill", "biller", (Need("pay.refund", ("ledger",)),), rate=1 / DAY, duration=Fixed(60.0)),
)
DESK = Model(IDENTITIES, RESOURCES, TOOLS, CREDENTIALS, ROLES, (TrustEdge("ci", "biller"),), TASKS)
