"""The cluster that KubeHound is tested on: its edges, and the two places where the API server decides otherwise.

A permission set of KubeHound is a role by one binding. Names, rules and expected edges are from DataDog/KubeHound
(Apache-2.0), see `tests/data/kubehound.json`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from importer_contract import written

from simkit.importers import import_files
from simkit.rbac import ApiRequest, ClusterRights, RbacBinding, RbacRule, Subject

DATA: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "kubehound.json").read_text("utf-8"))
GROUP = "rbac.authorization.k8s.io"
ROLES = {
    (namespace, name): tuple(RbacRule(tuple(verbs), tuple(groups), tuple(what)) for groups, what, verbs in rules)
    for namespace, name, rules in DATA["roles"]
}
SETS = {
    f"{role}::{name}": RbacBinding(
        name,
        (namespace if kind == "Role" else "", role),
        tuple(Subject(kind, who, "default" * (kind == "ServiceAccount")) for kind, who in subjects),
        namespace,
    )
    for namespace, name, kind, role, subjects in DATA["bindings"]
}


def allows(permission_set: str, verb: str, resource: str, group: str, namespace: str, name: str = "") -> bool:
    held = ClusterRights(ROLES, (SETS[permission_set],))
    request = ApiRequest(verb, resource, group, namespace, name)
    return any(grant.allows(request) for grant in held.given(SETS[permission_set]))


def expected(test: str) -> set[tuple[str, str]]:
    return {(source, target) for source, target in DATA["expected"][test]}


def test_who_may_exec_into_which_pod() -> None:
    found = {
        (each, pod)
        for each in SETS
        for namespace, pod, _ in DATA["pods"]
        if allows(each, "create", "pods/exec", "", namespace, pod)
    }
    assert found == expected("POD_EXEC")
    assert len(found) == 29


def test_who_may_list_the_tokens_of_which_account() -> None:
    found = {
        (each, account)
        for each in SETS
        for namespace, account in DATA["accounts"]
        if allows(each, "list", "secrets", "", namespace)
    }
    assert found == expected("TOKEN_LIST")
    assert len(found) == 17


def binds(source: str, target: str, namespace: str) -> bool:
    """True if the rules of `source` alone allow, by the verb bind, to bind the role of `target` in `namespace`."""
    role = SETS[target].role
    made = "rolebindings" if namespace else "clusterrolebindings"
    kind = "roles" if role[0] else "clusterroles"
    return allows(source, "create", made, GROUP, namespace) and allows(source, "bind", kind, GROUP, namespace, role[1])


def pairs(namespace: str, *, bind: str = "") -> set[tuple[str, str]]:
    """The pairs of two permission sets, of those that KubeHound's test looks at, that lie in `namespace`."""
    there = [each for each in SETS if SETS[each].namespace == namespace and each.startswith("rolebind")]
    places = [namespace] if namespace else ["", "default"]
    return {(a, b) for a in there for b in there if any(binds(a, b, place) for place in places)}


@pytest.mark.parametrize("test", ["ROLE_BIND_CASE_1", "ROLE_BIND_CASE_2"])
def test_who_may_bind_cluster_roles_everywhere(test: str) -> None:
    assert pairs("") == expected(test)
    assert len(pairs("")) == 8


def test_who_may_bind_in_a_namespace_as_kubehound_counts() -> None:
    """Its rule: who may make role bindings and bind `roles` there binds every other permission set of the namespace."""
    there = [each for each in SETS if SETS[each].namespace == "default" and each.startswith("rolebind")]
    able = [
        each
        for each in there
        if allows(each, "create", "rolebindings", GROUP, "default")
        and allows(each, "bind", "roles", GROUP, "default", "x")
    ]
    assert {(a, b) for a in able for b in there if a != b} == expected("ROLE_BIND_CASE_3")
    assert len(expected("ROLE_BIND_CASE_3")) == 44
    assert expected("ROLE_BIND_CASE_4") == set()


def test_who_may_bind_in_a_namespace_as_the_api_server_decides() -> None:
    """`bind` on roles does not bind a ClusterRole, and `bind` on clusterroles in a namespace does (kubernetes.io,
    "Restrictions on role binding creation or update"). So 11 of KubeHound's 44 pairs are none, and 11 more are."""
    ours, theirs = {pair for pair in pairs("default") if pair[0] != pair[1]}, expected("ROLE_BIND_CASE_3")
    assert all(not SETS[target].role[0] for _, target in theirs - ours)
    assert all(not SETS[target].role[0] for _, target in ours - theirs)
    assert (len(theirs - ours), len(ours & theirs), len(ours - theirs)) == (11, 33, 11)


def test_to_impersonate_users_in_a_namespace_is_nothing() -> None:
    """Users lie in no namespace, so what KubeHound's cluster gives `impersonate-sa` by a Role opens nobody."""
    assert not allows("impersonate::pod-impersonate", "impersonate", "users", "", "", "anna")


def test_the_scenario_has_these_edges_as_entitlements(tmp_path: Path) -> None:
    (made,) = import_files([written(tmp_path, {"cluster.json": json.dumps({"kind": "List", **manifests()})})])
    scenario = made.scenario()
    assert made.complete
    pods = {name.removeprefix("pod:default/") for name in scenario.model.identities if name.startswith("pod:default/")}
    assert pods == {pod for _, pod in expected("POD_EXEC")}
    entitled = scenario.model.roles["role default/exec-pods"].entitlements
    assert [each.targets for each in entitled if "exec" in each.operation] == [("pod:default/*",)]


def manifests() -> dict[str, Any]:
    def meta(namespace: str, name: str) -> dict[str, str]:
        return {"name": name, **({"namespace": namespace} if namespace else {})}

    items: list[dict[str, Any]] = [
        {
            "kind": "Role" if namespace else "ClusterRole",
            "metadata": meta(namespace, name),
            "rules": [{"apiGroups": groups, "resources": what, "verbs": verbs} for groups, what, verbs in rules],
        }
        for namespace, name, rules in DATA["roles"]
    ]
    items += [
        {
            "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
            "metadata": meta(namespace, name),
            "roleRef": {"kind": kind, "name": role},
            "subjects": [{"kind": each, "name": who, "namespace": "default"} for each, who in subjects],
        }
        for namespace, name, kind, role, subjects in DATA["bindings"]
    ]
    items += [
        {"kind": "Pod", "metadata": meta(namespace, name), "spec": {"serviceAccountName": account or "default"}}
        for namespace, name, account in DATA["pods"]
    ]
    return {"apiVersion": "v1", "items": [{"apiVersion": "v1", **item} for item in items]}
