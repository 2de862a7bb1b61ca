"""Laws of RBAC, on drawn rules and requests: rules only add up, and what covers allows no less."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simkit.rbac import ApiRequest, ClusterRights, RbacBinding, RbacRule, Subject, covers

VERBS = ("get", "list", "create", "bind")
RESOURCES = ("pods", "secrets", "pods/exec", "secrets/status")
GROUPS = ("", "apps")
NAMES = ("a", "b")
SPACES = ("web", "db")
APP = Subject("ServiceAccount", "app", "web")


def some(*words: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), max_size=3, unique=True).map(tuple)


rules = st.builds(
    RbacRule,
    some("*", *VERBS),
    some("*", *GROUPS),
    some("*", "*/exec", *RESOURCES),
    some(*NAMES),
    some("/healthz", "/a/*"),
)
requests = st.one_of(
    st.builds(
        ApiRequest,
        st.sampled_from(VERBS),
        st.sampled_from(RESOURCES),
        st.sampled_from(GROUPS),
        st.sampled_from(("", *SPACES)),
        st.sampled_from(("", *NAMES)),
    ),
    st.builds(
        lambda verb, path: ApiRequest(verb, path=path), st.sampled_from(VERBS), st.sampled_from(("/healthz", "/a/b"))
    ),
)
held_rules = st.lists(rules, max_size=4)


def bound(given_rules: list[RbacRule], namespace: str) -> ClusterRights:
    return ClusterRights({("", "r"): tuple(given_rules)}, (RbacBinding("b", ("", "r"), (APP,), namespace),))


@given(held_rules, rules, requests, st.sampled_from(("", *SPACES)))
def test_one_rule_more_never_forbids(held: list[RbacRule], more: RbacRule, request: ApiRequest, where: str) -> None:
    if bound(held, where).allows(APP, request):
        assert bound([*held, more], where).allows(APP, request)


@given(held_rules, requests)
def test_a_cluster_binding_allows_all_that_a_role_binding_does(held: list[RbacRule], request: ApiRequest) -> None:
    if any(bound(held, space).allows(APP, request) for space in SPACES):
        assert bound(held, "").allows(APP, request)


@given(held_rules, requests)
def test_a_role_binding_allows_nothing_outside_its_namespace(held: list[RbacRule], request: ApiRequest) -> None:
    if bound(held, "web").allows(APP, request):
        assert request.namespace == "web"
        assert not request.path


@given(held_rules, rules, requests)
def test_what_covers_a_rule_allows_all_that_it_allows(
    held: list[RbacRule], wanted: RbacRule, request: ApiRequest
) -> None:
    if covers(held, wanted) and wanted.allows(request):
        assert any(rule.allows(request) for rule in held)


@given(held_rules)
def test_every_rule_covers_itself(held: list[RbacRule]) -> None:
    assert all(covers(held, rule) for rule in held)


@given(held_rules, held_rules, rules)
def test_who_holds_more_covers_more(held: list[RbacRule], more: list[RbacRule], wanted: RbacRule) -> None:
    if covers(held, wanted):
        assert covers([*held, *more], wanted)


@given(rules, requests)
def test_names_only_narrow(rule: RbacRule, request: ApiRequest) -> None:
    free = RbacRule(rule.verbs, rule.groups, rule.resources, (), rule.paths)
    assert free.allows(request) >= rule.allows(request)


@given(held_rules, requests)
def test_who_can_is_allows_for_each(held: list[RbacRule], request: ApiRequest) -> None:
    rights = bound(held, "")
    assert (APP in rights.who_can(request)) == rights.allows(APP, request)
