"""grant: the entitlement exists from then on; the steps that it enables have this fact as a premise."""

from __future__ import annotations

from tiny_worlds import attacked, can, replayed, step, world

LEAK = "entry_points: {start: {leak: key}}\n"
GRANT = """
identities:
  app: {tier: back, entitlements: [{operation: iam.add, targets: [app]}]}
  zeta: {tier: back}
  agent: {}
resources: {table: {}, jar: {}, site: {exposure: public-read}}
tools:
  iam: {operations: {add: {effect: grant, role: admin, targets: [app, zeta, agent]}}}
  db: {operations: {read: {effect: read, targets: [table]}}}
  web: {operations: {post: {effect: send, targets: [site]}}}
roles:
  admin: {entitlements: [{operation: db.read}, {operation: web.post}]}
credentials: {key: {identity: app}}
"""


def test_a_grant_gives_the_role_from_then_on() -> None:
    attack = attacked(world(GRANT, LEAK))
    widened = step(attack, "replays(app): db.read(table) after performed(iam.add, app)")
    assert {str(fact) for fact in widened.premises} == {"replays(app)", "performed(iam.add, app)"}
    assert replayed(attack).at["lost(table, confidentiality)"] == 2.0  # a second to widen, a second to read
    assert not any(s.key == "replays(app): db.read(table)" for s in attack.graph.steps)


def test_without_the_grant_the_role_gives_nothing() -> None:
    powerless = GRANT.replace("[{operation: iam.add, targets: [app]}]", "[]")
    assert can(world(powerless, LEAK)) == {"holds(key)", "replays(app)"}


def test_a_role_given_to_another_widens_only_the_other() -> None:
    other = GRANT.replace("targets: [app]}]", "targets: [zeta]}]")
    assert "lost(table, confidentiality)" not in can(world(other, LEAK))


def test_a_role_given_to_any_member_widens_the_session_that_a_tier_shares() -> None:
    other = GRANT.replace("targets: [app]}]", "targets: [zeta]}]")
    reached = can(world(other, LEAK), identity="shared", scope="all")
    assert "lost(table, confidentiality)" in reached


def test_a_task_session_is_not_widened() -> None:
    tasked = world(GRANT, "tasks: {t: {identity: app, needs: [{operation: iam.add, targets: [app]}]}}\n", LEAK)
    reached = can(tasked, identity="task", scope="task", expiry="completion")
    assert reached == {"holds(key@t)", "replays(app@t)", "performed(iam.add, app)"}


def test_a_token_that_one_tool_accepts_is_not_widened_beyond_it() -> None:
    narrow = GRANT.replace("{key: {identity: app}}", "{key: {identity: app, audience: [iam]}}")
    assert "lost(table, confidentiality)" not in can(world(narrow, LEAK))
    wider = GRANT.replace("{key: {identity: app}}", "{key: {identity: app, audience: [iam, db]}}")
    reached = can(world(wider, LEAK))
    assert "lost(table, confidentiality)" in reached
    assert not any(fact.startswith("outbound") for fact in reached)


def test_a_grant_can_lift_a_condition() -> None:
    limited = GRANT.replace("targets: [app]}]", "targets: [app]}, {operation: db.read, conditions: [source]}]")
    assert "lost(table, confidentiality)" in can(world(limited, LEAK))
    assert "lost(table, confidentiality)" not in can(
        world(limited.replace("operation: db.read}, ", "operation: web.post}, "), LEAK)
    )


def test_a_widened_agent_can_carry_out_what_it_could_not_see_before() -> None:
    agent = """
identities:
  agent: {kind: agent, susceptibility: 1, entitlements: [{operation: iam.add, targets: [agent]}]}
  app: {}
  zeta: {}
tasks: {read: {identity: agent, reads: [jar]}}
entry_points: {start: {poison: jar}}
"""
    reached = can(world(agent, GRANT[GRANT.index("resources:") :]))
    assert {"seen(agent, table)", "outbound(agent)", "lost(table, confidentiality)"} <= reached


def test_a_deputy_can_be_widened_too() -> None:
    deputy = """
identities:
  app: {entitlements: [{operation: iam.add, targets: [zeta]}, {operation: db.read}]}
  zeta: {}
  agent: {}
resources: {table: {}}
tools:
  iam: {operations: {add: {effect: grant, role: admin, targets: [zeta]}}}
  db: {runs_as: zeta, operations: {read: {effect: read, targets: [table]}}}
roles: {admin: {entitlements: [{operation: db.read}]}}
credentials: {key: {identity: app}}
"""
    assert replayed(attacked(world(deputy, LEAK))).at["lost(table, confidentiality)"] == 2.0
    assert "lost(table, confidentiality)" not in can(
        world(deputy.replace("iam.add, targets: [zeta]}, {operation: ", ""), LEAK)
    )
