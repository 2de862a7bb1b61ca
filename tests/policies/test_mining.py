"""Mined roles: exact merges by hand on small models, and the laws that hold on any."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simkit.errors import QuestionError
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
from simkit.policies import policy, sessions
from simkit.policies.mining import mine_roles

OPERATIONS = ("a", "b", "c", "d", "e", "f")


def agent_with(needs: dict[str, str], *, entitled: str = "".join(OPERATIONS), **identity: object) -> Model:
    """An agent with one task for each row of `needs`: `{"t1": "ab"}` needs the operations `api.a` and `api.b`."""
    return Model(
        identities={"bot": Identity("bot", kind="agent", roles=("wide",), **identity)},  # type: ignore[arg-type]
        resources={"store": Resource("store")},
        tools={"api": Tool("api", {name: Operation(name, "write", ("store",)) for name in OPERATIONS})},
        roles={"wide": Role("wide", tuple(Entitlement(f"api.{name}") for name in entitled))},
        tasks={
            name: Task(name, "bot", needs=tuple(Need(f"api.{x}") for x in wanted)) for name, wanted in needs.items()
        },
    )


def shape(model: Model, k: int) -> dict[str, str]:
    """Which operations each group of tasks gets, written as text."""
    mined = mine_roles(model, "bot", k)
    return {
        " ".join(role.tasks): "".join(sorted(name.removeprefix("api.") for name in role.operations))
        for role in mined.roles
    }


NEEDS = {"t1": "ab", "t2": "ab", "t3": "abc", "t4": "de"}


class TestMerging:
    def test_tasks_with_the_same_needs_share_a_role_from_the_start(self) -> None:
        assert shape(agent_with(NEEDS), 9) == {"t1 t2": "ab", "t3": "abc", "t4": "de"}
        assert mine_roles(agent_with(NEEDS), "bot", 9).over_grant == 0

    def test_the_merge_that_over_grants_least_is_made_first(self) -> None:
        # {t1, t2} + t3 grants c to two tasks: 2. t3 + t4 would add 2 + 3, {t1, t2} + t4 would add 2 * 2 + 2.
        mined = mine_roles(agent_with(NEEDS), "bot", 2)
        assert shape(agent_with(NEEDS), 2) == {"t1 t2 t3": "abc", "t4": "de"}
        assert mined.over_grant == 2

    def test_one_role_is_the_union_of_all_needs(self) -> None:
        mined = mine_roles(agent_with(NEEDS), "bot", 1)
        assert shape(agent_with(NEEDS), 1) == {"t1 t2 t3 t4": "abcde"}
        assert mined.over_grant == 3 + 3 + 2 + 3

    def test_a_role_that_serves_many_tasks_weighs_more(self) -> None:
        # a + ab grants b to each task of a: 3 of them, or 1. ab + bc grants c to one task and a to the other: 2.
        many = {"t1": "a", "t2": "a", "t3": "a", "t4": "ab", "t5": "bc"}
        assert shape(agent_with(many), 2) == {"t1 t2 t3": "a", "t4 t5": "abc"}
        few = {"t1": "a", "t4": "ab", "t5": "bc"}
        assert shape(agent_with(few), 2) == {"t1 t4": "ab", "t5": "bc"}

    def test_equal_merges_are_decided_by_the_names_of_their_tasks(self) -> None:
        needs = {"t1": "a", "t2": "b", "t3": "c"}
        backwards = dict(reversed(needs.items()))
        assert shape(agent_with(needs), 2) == shape(agent_with(backwards), 2) == {"t1 t2": "ab", "t3": "c"}

    def test_the_largest_role_comes_first(self) -> None:
        mined = mine_roles(agent_with(NEEDS), "bot", 2)
        assert [(role.name, role.tasks) for role in mined.roles] == [
            ("role-1", ("t1", "t2", "t3")),
            ("role-2", ("t4",)),
        ]
        assert mined.parts == ("bot/role-1", "bot/role-2")

    def test_a_need_outside_the_entitlements_is_not_mined(self) -> None:
        model = agent_with({"t1": "af", "t2": "b"}, entitled="ab")
        assert shape(model, 2) == {"t1": "a", "t2": "b"}


class TestQuestions:
    def test_an_unknown_identity_is_refused_with_the_nearest_name(self) -> None:
        with pytest.raises(QuestionError, match="no identity is called 'bott': did you mean bot"):
            mine_roles(agent_with({"t": "a"}), "bott", 1)

    def test_less_than_one_role_is_refused(self) -> None:
        with pytest.raises(QuestionError, match="0 roles cannot serve the tasks of 'bot': ask for 1 or more"):
            mine_roles(agent_with({"t": "a"}), "bot", 0)

    def test_an_identity_without_tasks_is_refused(self) -> None:
        with pytest.raises(QuestionError, match="identity 'bot' has no tasks to mine roles from"):
            mine_roles(agent_with({}), "bot", 2)


class TestApplying:
    def test_each_part_has_one_role_and_its_tasks(self) -> None:
        model = mine_roles(agent_with({"t1": "ab", "t2": "c"}), "bot", 2).apply()
        assert {task.name: task.identity for task in model.tasks.values()} == {"t1": "bot/role-1", "t2": "bot/role-2"}
        assert {name: identity.roles for name, identity in model.identities.items()} == {
            "bot/role-1": ("bot/role-1",),
            "bot/role-2": ("bot/role-2",),
        }

    def test_parts_keep_kind_susceptibility_and_the_tier_of_the_whole(self) -> None:
        model = mine_roles(agent_with({"t1": "a", "t2": "b"}, susceptibility=0.3), "bot", 2).apply()
        for part in model.identities.values():
            assert (part.kind, part.susceptibility, part.tier) == ("agent", 0.3, "bot")

    def test_a_shared_secret_still_opens_everything_that_the_parts_may_do(self) -> None:
        model = mine_roles(agent_with({"t1": "a", "t2": "b"}), "bot", 2).apply()
        made = sessions(model, policy("static-secrets"))
        assert set(made.sessions["tier:bot"].grants) == {("api.a", "store"), ("api.b", "store")}

    def test_targets_and_conditions_of_the_entitlements_are_kept(self) -> None:
        model = agent_with({"t1": "a", "t2": "b"})
        model = replace(
            model,
            resources={"store": Resource("store"), "vault": Resource("vault")},
            roles={
                "wide": Role(
                    "wide",
                    (
                        Entitlement("api.a", ("store",)),
                        Entitlement("api.*", ("vault",), ("approval",)),
                        Entitlement("api.b"),
                    ),
                )
            },
        )
        before = sessions(model, policy("rbac")).sessions["bot"].grants
        after = sessions(mine_roles(model, "bot", 2).apply(), policy("rbac")).sessions
        assert dict(after["bot/role-1"].grants) == {g: c for g, c in before.items() if g[0] == "api.a"}
        assert dict(after["bot/role-2"].grants) == {g: c for g, c in before.items() if g[0] == "api.b"}

    def test_an_operation_without_targets_is_kept(self) -> None:
        model = agent_with({"t1": "a"})
        model = replace(model, tools={"api": Tool("api", {name: Operation(name, "send") for name in OPERATIONS})})
        after = sessions(mine_roles(model, "bot", 1).apply(), policy("rbac"))
        assert set(after.sessions["bot/role-1"].grants) == {("api.a", "")}

    def test_each_part_gets_a_credential_of_its_own_where_the_one_lay(self) -> None:
        model = agent_with({"t1": "a", "t2": "b"}, runtime_holds=("key", "other"))
        model = replace(
            model,
            identities={**model.identities, "ci": Identity("ci", kind="pipeline", runtime_holds=("key",))},
            resources={"store": Resource("store", holds=("other", "key"))},
            credentials={"key": Credential("key", "bot", ttl=60.0), "other": Credential("other", "ci")},
        )
        split = mine_roles(model, "bot", 2).apply()
        assert {name: credential.identity for name, credential in split.credentials.items()} == {
            "key/role-1": "bot/role-1",
            "key/role-2": "bot/role-2",
            "other": "ci",
        }
        assert split.credentials["key/role-2"].ttl == 60.0
        assert split.resources["store"].holds == ("other", "key/role-1", "key/role-2")
        assert split.identities["ci"].runtime_holds == ("key/role-1", "key/role-2")
        assert split.identities["bot/role-1"].runtime_holds == ("key/role-1", "key/role-2", "other")

    def test_whoever_could_become_the_whole_can_become_each_part(self) -> None:
        model = agent_with({"t1": "a", "t2": "b"})
        lead = Identity("lead", kind="agent", roles=("starter",))
        start = Tool("start", {"run": Operation("run", "invoke", ("bot",)), "any": Operation("any", "invoke")})
        starter = Role("starter", (Entitlement("start.run"), Entitlement("start.any", ("b*",))))
        brief = Task("brief", "lead", needs=(Need("start.run", ("bot",)),), delegates_to=("bot",))
        model = replace(
            model,
            identities={**model.identities, "lead": lead},
            tools={**model.tools, "start": start},
            roles={**model.roles, "starter": starter},
            tasks={**model.tasks, "brief": brief},
            trust=(TrustEdge("lead", "bot", "invoke"), TrustEdge("bot", "lead", "delegate")),
        )
        split = mine_roles(model, "bot", 2).apply()
        parts = ("bot/role-1", "bot/role-2")
        assert problems(split) == []
        assert [edge.name for edge in split.trust] == [
            "lead -invoke-> bot/role-1",
            "lead -invoke-> bot/role-2",
            "bot/role-1 -delegate-> lead",
            "bot/role-2 -delegate-> lead",
        ]
        assert split.tasks["brief"].delegates_to == parts
        assert split.tasks["brief"].needs[0].targets == parts
        assert set(sessions(split, policy("rbac")).sessions["lead"].grants) == {
            (operation, part) for operation in ("start.run", "start.any") for part in parts
        }

    def test_an_identity_that_a_tool_runs_as_cannot_be_split(self) -> None:
        model = agent_with({"t1": "a", "t2": "b"})
        model = replace(model, tools={"api": replace(model.tools["api"], runs_as="bot")})
        with pytest.raises(QuestionError, match="'bot' cannot be split, for tool 'api' runs as it: give the tool"):
            mine_roles(model, "bot", 2).apply()


needs_of_tasks = st.dictionaries(
    st.text("tuvw", min_size=1, max_size=4),
    st.sets(st.sampled_from(OPERATIONS)).map(lambda names: "".join(sorted(names))),
    min_size=1,
    max_size=9,
)


@given(needs=needs_of_tasks, k=st.integers(1, 10))
def test_mined_roles_serve_every_task_once_and_break_none(needs: dict[str, str], k: int) -> None:
    model = agent_with(needs)
    mined = mine_roles(model, "bot", k)
    assert len(mined.roles) == min(k, len({frozenset(wanted) for wanted in needs.values()}))
    assert sorted(task for role in mined.roles for task in role.tasks) == sorted(needs)
    split = mined.apply()
    assert problems(split) == []
    assert sessions(split, policy("rbac")).broken == ()


@given(needs=needs_of_tasks, k=st.integers(1, 10))
def test_the_over_grant_is_what_the_sessions_hold_and_no_task_needs(needs: dict[str, str], k: int) -> None:
    mined = mine_roles(agent_with(needs), "bot", k)
    made = sessions(mined.apply(), policy("rbac"))
    granted = sum(
        len({operation for operation, _ in session.grants} - {f"api.{x}" for x in needs[task]})
        for session in made.sessions.values()
        for task in session.tasks
    )
    assert mined.over_grant == granted


@given(needs=needs_of_tasks, k=st.integers(1, 9))
def test_more_roles_never_over_grant_more(needs: dict[str, str], k: int) -> None:
    model = agent_with(needs)
    assert mine_roles(model, "bot", k + 1).over_grant <= mine_roles(model, "bot", k).over_grant


@given(needs=needs_of_tasks, k=st.integers(1, 9))
def test_splitting_never_widens_what_a_task_may_do(needs: dict[str, str], k: int) -> None:
    model = agent_with(needs)
    before, after = (sessions(world, policy("rbac")) for world in (model, mine_roles(model, "bot", k).apply()))
    for old, new in ((model.tasks[name], after.model.tasks[name]) for name in needs):
        held, widened = before.serving(old), after.serving(new)
        assert held is not None
        assert widened is not None
        assert set(widened.grants) <= set(held.grants)
