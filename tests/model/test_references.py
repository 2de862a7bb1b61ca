"""What dangles is found, said where it stands, and said how to mend."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest
from support_desk import DESK, named

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
    problems,
)
from simkit.model.references import GlobIndex, globbed


def found(**changes: Any) -> list[tuple[tuple[str | int, ...], str]]:
    """The problems of the support desk after some sections gain things (a tuple replaces its section)."""
    sections = {
        key: value if isinstance(value, tuple) else {**getattr(DESK, key), **value} for key, value in changes.items()
    }
    return [(problem.where, problem.message) for problem in problems(replace(DESK, **sections))]


def test_the_support_desk_has_no_problem() -> None:
    assert problems(DESK) == []
    assert problems(Model()) == []


IDENTITY = ("identities", "x")
RESOURCE = ("resources", "x")
CASES = [
    pytest.param(
        {"identities": named(Identity("x", roles=("support", "suport")))},
        (*IDENTITY, "roles", 1),
        "no role is called 'suport': did you mean support?",
        id="role",
    ),
    pytest.param(
        {"identities": named(Identity("x", runtime_holds=("crm-kee",)))},
        (*IDENTITY, "runtime_holds", 0),
        "no credential or resource is called 'crm-kee': did you mean crm-key?",
        id="runtime_holds",
    ),
    pytest.param(
        {"identities": named(Identity("x", entitlements=(Entitlement("crm.read_cas"),)))},
        (*IDENTITY, "entitlements", 0, "operation"),
        "no operation is called 'crm.read_cas': did you mean crm.read_case?",
        id="operation",
    ),
    pytest.param(
        {"roles": named(Role("x", (Entitlement("mail.*"), Entitlement("mial.*"))))},
        ("roles", "x", "entitlements", 1, "operation"),
        "no operation matches 'mial.*': "
        "known: crm.delete_case, crm.read_case, crm.read_note, crm.write_case, deploy.run, ...",
        id="operation glob",
    ),
    pytest.param(
        {"roles": named(Role("x", (Entitlement("crm.read_case", ("cases", "case")),)))},
        ("roles", "x", "entitlements", 0, "targets", 1),
        "no target is called 'case': did you mean cases?",
        id="target",
    ),
    pytest.param(
        {"roles": named(Role("x", (Entitlement("crm.read_case", ("zzz-*",)),)))},
        ("roles", "x", "entitlements", 0, "targets", 0),
        "no target matches 'zzz-*': known: backup, case-eu, case-us, cases, ledger, ...",
        id="target glob",
    ),
    pytest.param(
        {"roles": named(Role("x", (Entitlement("deploy.run", ("ledger",)),)))},
        ("roles", "x", "entitlements", 0, "targets", 0),
        "no target is called 'ledger': known: biller, ci, desk",
        id="a resource is no target of an operation on identities",
    ),
    pytest.param(
        {"resources": named(Resource("x", holds=("kee",)))},
        (*RESOURCE, "holds", 0),
        "no credential is called 'kee': known: crm-key, deploy-key, desk-token, vendor-key",
        id="holds",
    ),
    pytest.param(
        {"resources": named(Resource("x", recoverable_from=("bakup",)))},
        (*RESOURCE, "recoverable_from", 0),
        "no resource is called 'bakup': did you mean backup?",
        id="backup",
    ),
    pytest.param(
        {"resources": named(Resource("x", contains=("case-ue",)))},
        (*RESOURCE, "contains", 0),
        "no resource is called 'case-ue': did you mean case-us?",
        id="child",
    ),
    pytest.param(
        {"tools": named(Tool("x", runs_as="bilier"))},
        ("tools", "x", "runs_as"),
        "no identity is called 'bilier': did you mean biller?",
        id="runs_as",
    ),
    pytest.param(
        {"tools": named(Tool("x", named(Operation("o", "read", ("cases", "casse")))))},
        ("tools", "x", "operations", "o", "targets", 1),
        "no target is called 'casse': did you mean cases?",
        id="operation target",
    ),
    pytest.param(
        {"tools": named(Tool("x", named(Operation("o", "assume", ("cases",)))))},
        ("tools", "x", "operations", "o", "targets", 0),
        "no target is called 'cases': known: biller, ci, desk",
        id="identities are the targets of assume",
    ),
    pytest.param(
        {"tools": named(Tool("x", named(Operation("o", "grant", ("ci",)))))},
        ("tools", "x", "operations", "o"),
        "an operation of effect 'grant' needs `role`: what does it give its target?",
        id="grant without role",
    ),
    pytest.param(
        {"tools": named(Tool("x", named(Operation("o", "grant", ("ci",), role="suport"))))},
        ("tools", "x", "operations", "o", "role"),
        "no role is called 'suport': did you mean support?",
        id="granted role",
    ),
    pytest.param(
        {"tools": named(Tool("x", named(Operation("o", "read", ("cases",), role="support"))))},
        ("tools", "x", "operations", "o", "role"),
        "only an operation of effect 'grant' has `role`, this is 'read'",
        id="role without grant",
    ),
    pytest.param(
        {"credentials": named(Credential("x", "dsek"))},
        ("credentials", "x", "identity"),
        "no identity is called 'dsek': did you mean desk?",
        id="credential",
    ),
    pytest.param(
        {"credentials": named(Credential("x", "desk", audience=("crm", "crn")))},
        ("credentials", "x", "audience", 1),
        "no tool is called 'crn': did you mean crm?",
        id="audience",
    ),
    pytest.param(
        {"tasks": named(Task("x", "dsek"))},
        ("tasks", "x", "identity"),
        "no identity is called 'dsek': did you mean desk?",
        id="task identity",
    ),
    pytest.param(
        {"tasks": named(Task("x", "desk", reads=("tickts",)))},
        ("tasks", "x", "reads", 0),
        "no resource is called 'tickts': did you mean tickets?",
        id="task reads",
    ),
    pytest.param(
        {"tasks": named(Task("x", "desk", delegates_to=("billr",)))},
        ("tasks", "x", "delegates_to", 0),
        "no identity is called 'billr': did you mean biller?",
        id="task delegates",
    ),
    pytest.param(
        {"tasks": named(Task("x", "desk", (Need("crm.*"),)))},
        ("tasks", "x", "needs", 0, "operation"),
        "a need names one operation, 'crm.*' is a glob: list the operations",
        id="need glob",
    ),
    pytest.param(
        {"tasks": named(Task("x", "desk", (Need("mail.send"), Need("crm.read_case", ("cass",)))))},
        ("tasks", "x", "needs", 1, "targets", 0),
        "no target is called 'cass': did you mean cases?",
        id="need target",
    ),
    pytest.param(
        {"trust": (TrustEdge("ci", "biler"),)},
        ("trust", 0, "to"),
        "no identity is called 'biler': did you mean biller?",
        id="trust to",
    ),
    pytest.param(
        {"trust": (TrustEdge("cii", "biller"),)},
        ("trust", 0, "from"),
        "no identity is called 'cii': did you mean ci?",
        id="trust from",
    ),
    pytest.param(
        {"trust": (TrustEdge("ci", "ci"),)},
        ("trust", 0),
        "'ci' trusts itself: remove the edge",
        id="trusts itself",
    ),
    pytest.param(
        {"trust": (TrustEdge("ci", "desk"), TrustEdge("ci", "desk"))},
        ("trust", 1),
        "the trust edge ci -assume-> desk stands twice: remove one",
        id="trust twice",
    ),
    pytest.param(
        {"resources": named(Resource("x", contains=("x",)))},
        (*RESOURCE, "contains", 0),
        "x -> x is a cycle of `contains`: remove one of its links",
        id="contains itself",
    ),
    pytest.param(
        {
            "resources": named(
                Resource("backup", recoverable_from=("ledger",)), Resource("ledger", recoverable_from=("backup",))
            )
        },
        ("resources", "ledger", "recoverable_from", 0),
        "backup -> ledger -> backup is a cycle of `recoverable_from`: remove one of its links",
        id="backups of each other",
    ),
]


@pytest.mark.parametrize(("changes", "where", "message"), CASES)
def test_each_mistake_is_one_problem_at_its_place(
    changes: dict[str, Any], where: tuple[str | int, ...], message: str
) -> None:
    assert found(**changes) == [(where, message)]


def test_the_same_pair_may_trust_in_two_ways() -> None:
    assert found(trust=(TrustEdge("ci", "desk"), TrustEdge("ci", "desk", "invoke"))) == []


def test_a_resource_may_lie_in_two_containers() -> None:
    shared = named(Resource("a", contains=("c",)), Resource("b", contains=("c",)), Resource("c"))
    assert found(resources={**shared, **named(Resource("top", contains=("a", "b")))}) == []


def test_two_cycles_are_two_problems() -> None:
    rings = named(
        Resource("a", contains=("b",)),
        Resource("b", contains=("a",)),
        Resource("c", contains=("d",)),
        Resource("d", contains=("c",)),
    )
    assert [where for where, _ in found(resources=rings)] == [
        ("resources", "b", "contains", 0),
        ("resources", "d", "contains", 0),
    ]


def test_a_cycle_that_two_containers_lead_to_is_one_problem() -> None:
    ring = named(Resource("a", contains=("b",)), Resource("b", contains=("a",)))
    outside = named(Resource("x", contains=("a", "b")), Resource("y", contains=("a",)))
    assert [where for where, _ in found(resources={**outside, **ring})] == [("resources", "b", "contains", 0)]


def test_a_deep_chain_of_containers_is_walked_without_recursion() -> None:
    chain = named(*(Resource(f"r{i}", contains=(f"r{i + 1}",)) for i in range(3000)), Resource("r3000"))
    assert problems(Model(resources=chain)) == []


def test_all_mistakes_are_found_at_once() -> None:
    broken = Model(
        identities=named(Identity("a", roles=("r",))),
        tasks=named(Task("t", "b", reads=("s",))),
        trust=(TrustEdge("a", "b"),),
    )
    assert [problem.where for problem in problems(broken)] == [
        ("identities", "a", "roles", 0),
        ("trust", 0, "to"),
        ("tasks", "t", "identity"),
        ("tasks", "t", "reads", 0),
    ]


NAMES = ["db-2", "", "db", "DB-1", "db-1", "\u0434\u0431", "db-\U0010ffff", "d[b]", "a\nb", "crm", "db-10", "zz"]


@pytest.mark.parametrize(
    "glob", ["*", "db*", "db-*", "db-?", "d[bx]*", "*b", "db-[!2]", "a*b", "nope*", "zz*", "d[[]b]"]
)
def test_the_first_letters_of_a_glob_leave_the_names_that_it_matches_in_their_order(glob: str) -> None:
    expected = [name for name in NAMES if fnmatchcase(name, glob)]
    names = GlobIndex(NAMES)
    assert list(names.matching(glob)) == list(names.matching(glob)) == list(globbed(glob, NAMES)) == expected
