"""Who may do what by roles and bindings: the traps of Kubernetes RBAC, each by hand."""

from __future__ import annotations

import pytest

from simkit.rbac import BUILT_IN_ROLES, ApiRequest, ClusterRights, RbacBinding, RbacRule, Subject

APP = Subject("ServiceAccount", "app", "web")
RBAC = "rbac.authorization.k8s.io"


def rights(*rules: RbacRule, namespace: str = "", subject: Subject = APP, role: str = "") -> ClusterRights:
    """One role, given to `subject` by one binding."""
    return ClusterRights({(role, "r"): rules}, (RbacBinding("b", (role, "r"), (subject,), namespace),))


def test_pods_are_not_their_subresources() -> None:
    held = rights(RbacRule(("*",), ("",), ("pods",)))
    assert held.allows(APP, ApiRequest("create", "pods", namespace="web"))
    assert not held.allows(APP, ApiRequest("create", "pods/exec", namespace="web", name="shop"))


def test_the_status_of_secrets_is_not_the_secrets() -> None:
    held = rights(RbacRule(("get", "list"), ("",), ("secrets/status",)))
    assert not held.allows(APP, ApiRequest("get", "secrets", namespace="web", name="key"))


def test_get_is_not_list() -> None:
    held = rights(RbacRule(("get",), ("",), ("secrets",)))
    assert held.allows(APP, ApiRequest("get", "secrets", namespace="web", name="key"))
    assert not held.allows(APP, ApiRequest("list", "secrets", namespace="web"))


def test_names_rule_out_create_and_list() -> None:
    held = rights(RbacRule(("get", "create", "list"), ("",), ("secrets",), ("key",)))
    assert held.allows(APP, ApiRequest("get", "secrets", namespace="web", name="key"))
    assert not held.allows(APP, ApiRequest("get", "secrets", namespace="web", name="other"))
    assert not held.allows(APP, ApiRequest("create", "secrets", namespace="web"))
    assert not held.allows(APP, ApiRequest("list", "secrets", namespace="web"))


def test_a_role_binding_to_a_cluster_role_gives_no_paths_and_nothing_outside_its_namespace() -> None:
    rules = (RbacRule(("get",), paths=("/metrics",)), RbacRule(("get",), ("",), ("secrets", "nodes")))
    inside, everywhere = rights(*rules, namespace="web"), rights(*rules)
    assert everywhere.allows(APP, ApiRequest("get", path="/metrics"))
    assert not inside.allows(APP, ApiRequest("get", path="/metrics"))
    assert inside.allows(APP, ApiRequest("get", "secrets", namespace="web", name="key"))
    assert not inside.allows(APP, ApiRequest("get", "secrets", namespace="db", name="key"))
    assert not inside.allows(APP, ApiRequest("get", "nodes", name="n1"))


def test_the_api_group_counts() -> None:
    held = rights(RbacRule(("list",), ("metrics.k8s.io",), ("pods",)))
    assert held.allows(APP, ApiRequest("list", "pods", "metrics.k8s.io", "web"))
    assert not held.allows(APP, ApiRequest("list", "pods", "", "web"))


@pytest.mark.parametrize("group", ["system:serviceaccounts", "system:serviceaccounts:web", "system:authenticated"])
def test_a_service_account_is_in_three_groups(group: str) -> None:
    held = rights(RbacRule(("get",), ("",), ("pods",)), subject=Subject("Group", group))
    assert held.allows(APP, ApiRequest("get", "pods", namespace="web", name="shop"))
    assert not held.allows(Subject("User", "anna"), ApiRequest("get", "pods", namespace="web", name="shop"))


def test_the_groups_of_another_namespace_are_not_its_own() -> None:
    held = rights(RbacRule(("get",), ("",), ("pods",)), subject=Subject("Group", "system:serviceaccounts:db"))
    assert not held.allows(APP, ApiRequest("get", "pods", namespace="web"))


def test_a_user_of_the_name_of_a_service_account_is_that_account() -> None:
    held = rights(RbacRule(("get",), ("",), ("pods",)), subject=Subject("User", "system:serviceaccount:web:app"))
    assert held.allows(APP, ApiRequest("get", "pods", namespace="web"))


def test_who_can_names_those_whom_bindings_name() -> None:
    reads = RbacRule(("get",), ("",), ("secrets",))
    held = ClusterRights(
        {("", "reader"): (reads,), ("web", "none"): ()},
        (
            RbacBinding("a", ("", "reader"), (APP, Subject("User", "anna")), "web"),
            RbacBinding("b", ("web", "none"), (Subject("User", "bert"),), "web"),
        ),
    )
    assert held.who_can(ApiRequest("get", "secrets", namespace="web", name="k")) == [APP, Subject("User", "anna")]
    assert held.who_can(ApiRequest("get", "secrets", namespace="db", name="k")) == []


def test_a_binding_to_a_role_that_is_not_there_gives_nothing_and_is_told() -> None:
    lost = RbacBinding("b", ("", "gone"), (APP,))
    held = ClusterRights({}, (lost,))
    assert list(held.grants(APP)) == []
    assert held.dangling == [lost]


class TestWhoMayBind:
    MAKES = RbacRule(("create",), (RBAC,), ("rolebindings",))
    STRONG = (RbacRule(("*",), ("",), ("secrets",)),)

    def held(self, *rules: RbacRule, namespace: str = "web") -> ClusterRights:
        binding = RbacBinding("b", ("", "r"), (APP,), namespace)
        return ClusterRights({("", "r"): rules, ("", "strong"): self.STRONG, ("web", "own"): self.STRONG}, (binding,))

    def test_to_make_bindings_is_not_to_bind(self) -> None:
        assert not self.held(self.MAKES).may_bind(APP, ("", "strong"), "web")

    def test_bind_on_cluster_roles_in_a_namespace_binds_them_there_and_not_everywhere(self) -> None:
        held = self.held(self.MAKES, RbacRule(("bind",), (RBAC,), ("clusterroles",)))
        assert held.may_bind(APP, ("", "strong"), "web")
        assert not held.may_bind(APP, ("", "strong"))
        assert not held.may_bind(APP, ("web", "own"), "web"), "that is a Role, and `bind` says clusterroles"

    def test_bind_by_name_is_of_that_role_only(self) -> None:
        held = self.held(self.MAKES, RbacRule(("bind",), (RBAC,), ("clusterroles",), ("view",)))
        assert not held.may_bind(APP, ("", "strong"), "web")

    def test_who_holds_all_that_a_role_gives_may_bind_it(self) -> None:
        assert self.held(self.MAKES, *self.STRONG).may_bind(APP, ("", "strong"), "web")


def test_the_built_in_roles_do_as_their_page_says() -> None:
    secret = ApiRequest("get", "secrets", namespace="web", name="key")
    makes_roles = ApiRequest("create", "roles", RBAC, "web")
    may = {
        name: tuple(any(rule.allows(asked) for rule in rules) for asked in (secret, makes_roles))
        for name, rules in BUILT_IN_ROLES.items()
    }
    assert may == {"cluster-admin": (True, True), "admin": (True, True), "edit": (True, False), "view": (False, False)}
