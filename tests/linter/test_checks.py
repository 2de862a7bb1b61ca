"""Each check finds its slip at its line and column, and is silent where the slip is mended."""

from __future__ import annotations

import pytest

import simkit
from simkit.linter import CHECKS, LintWarning

SOUND = """\
simkit: 1
name: help-desk
identities:
  desk: {kind: agent, susceptibility: 0.5, roles: [desk]}
  biller: {kind: service, entitlements: [{operation: pay.refund}]}
resources:
  cases: {value: {confidentiality: 10}, contains: [case-eu]}
  case-eu: {}
  tickets: {exposure: public}
  ledger: {value: {integrity: 5}}
tools:
  crm:
    operations:
      read: {effect: read, targets: [cases]}
      answer: {effect: send, targets: [tickets]}
  pay:
    operations:
      refund: {effect: write, targets: [ledger]}
credentials:
  desk-key: {identity: desk, ttl: 90d, session: {on_revoke: ends}}
  biller-key: {identity: biller, session: {on_revoke: ends}}
roles:
  desk: {entitlements: [{operation: crm.*}]}
trust:
  - {from: desk, to: biller, kind: assume}
tasks:
  reply: {identity: desk, needs: [crm.read, crm.answer], reads: [tickets], delegates_to: [biller]}
  bill: {identity: biller, needs: [pay.refund]}
entry_points:
  leaked-key: {leak: desk-key, delay: 1h}
  poisoned: {poison: tickets}
  slipped: {mistake: desk}
goals:
  cases-leaked: {lost: [{resource: cases, impact: confidentiality}]}
response:
  detection: {leak: {chance: 0.5}}
policies:
  agents: {extends: task-scoped, applies_to: {kind: agent}}
incident: {date: 2025-08-08}
assumptions:
  - {about: response.detection.leak, why: ours}
  - {about: response.completeness, why: ours}
  - {about: the way in which desks work, why: ours}
"""
THINGS = """\
  cases: {value: {confidentiality: 10}, contains: [case-eu]}
  case-eu: {}
  tickets: {exposure: public}
  ledger: {value: {integrity: 5}}
"""
SLIPS = {
    "no-files": (
        ("targets: [tickets]}\n", "targets: [tickets]}\n      run: {effect: execute}\n"),
        "desk: {kind: agent",
        "desk may run code in its own runtime (crm.run), and no file lies there",
    ),
    "open-runtime": (
        ("desk: {kind: agent", "desk: {egress: none, kind: agent"),
        "egress: none",
        "code in the runtime of desk has no network, and desk may crm.answer, which outsiders read",
    ),
    "once-a-day": (
        (
            "resources:\n  cases: {value: {confidentiality: 10}, contains: [case-eu]}\n  case-eu: {}",
            "  robot: {}\nresources:\n  cases: {value: {confidentiality: 10}, contains: [case-eu]}\n"
            "  case-eu: {run_by: [robot]}",
        ),
        "robot]}",
        "robot runs what is in case-eu once a day, because it declares no task",
    ),
    "unrun-code": (
        (
            "  ledger: {value",
            "  ledger: {kind: repository, value",
        ),
        "ledger: {",
        "somebody may write ledger, and nothing says who runs what is in it",
    ),
    "no-task": (
        ("  bill: {identity: biller, needs: [pay.refund]}\n", ""),
        "biller: {kind: service",
        "biller is entitled and has no task",
    ),
    "need-beyond-rights": (
        ("[pay.refund]}", "[pay.refund, crm.read]}"),
        "crm.read]}",
        "task bill needs crm.read, which biller is not entitled to",
    ),
    "grants-nothing": (
        ("[{operation: pay.refund}]", "[{operation: pay.refund}, {operation: pay.refund, targets: [cases]}]"),
        "{operation: pay.refund, targets",
        "the entitlement pay.refund on cases of biller grants nothing",
    ),
    "unsure-deny": (
        ("roles: [desk]}", "roles: [desk], denies: [{operation: crm.read, conditions: [source]}]}"),
        "{operation: crm.read, conditions",
        "the deny of crm.read for desk has the condition source",
    ),
    "fits-nothing": (
        ("roles: [desk]}", "roles: [desk], denies: [{operation: crm.read, targets: [ledger]}]}"),
        "{operation: crm.read, targets",
        "crm.read on ledger is nothing that desk could be denied",
    ),
    "opens-nothing": (
        ("biller-key: {identity: biller,", "biller-key: {identity: biller, limited_to: [crm.read],"),
        "limited_to:",
        "biller-key opens nothing, because its `limited_to` has nothing that biller may do",
    ),
    "unmet-claims": (
        ("to: biller, kind: assume}", "to: biller, kind: assume, conditions: [{claims: {ref: main}}]}"),
        "{from: desk",
        "the trust edge from desk to biller asks for ref: main, and no task or credential of desk claims that",
    ),
    "unasked-rule": (
        ("response:\n", "response:\n  approvals: {two-people: {covers: [pay.refund], of: {k: 2, n: 2}}}\n"),
        "two-people: {",
        "nobody is asked as the rule two-people says",
    ),
    "unread-poison": (
        ("reads: [tickets], ", ""),
        "poisoned: {",
        "poisoned poisons tickets, and no task reads it",
    ),
    "unused-role": (
        ("trust:", "  clerk: {entitlements: [{operation: crm.read}]}\ntrust:"),
        "clerk: {",
        "nobody has the role clerk",
    ),
    "untouched-value": (
        ("  tickets: {exp", "  notes: {value: {integrity: 1}}\n  tickets: {exp"),
        "notes: {",
        "notes has a value",
    ),
    "short-life": (
        ("ttl: 90d", "ttl: 4m"),
        "ttl: 4m",
        "desk-key lives 4 min, and the work of desk takes 5 min",
    ),
    "unsaid-session": (
        ("{identity: biller, session: {on_revoke: ends}}", "{identity: biller}"),
        "tools:",
        "sessions at pay end with what opened them",
    ),
    "no-susceptibility": (
        ("susceptibility: 0.5, ", ""),
        "desk: {kind: agent, roles",
        "desk reads what poisoned poisons",
    ),
    "unreachable-goal": (
        ("response:", "  ledger-read: {lost: [{resource: ledger, impact: confidentiality}]}\nresponse:"),
        "ledger-read: {",
        "no entry point reaches the goal ledger-read under any policy",
    ),
    "bare-goal": (
        ("[{resource: cases, impact: confidentiality}]", '["cases: integrity", "ledger: integrity"]'),
        "lost: [",
        "the goal cases-leaked is reached when cases and ledger are lost, all of them",
    ),
    "no-goal": (
        ("goals:\n  cases-leaked: {lost: [{resource: cases, impact: confidentiality}]}\n", ""),
        "name: help-desk",
        "no goal says what must not happen",
    ),
    "unlogged-detection": (
        ("{leak: {chance: 0.5}}", "{leak: {chance: 0.5}, read: {chance: 0.9}}"),
        "read: {chance: 0.9}",
        "no policy of this file logs read",
    ),
    "mistake-of-no-agent": (
        ("{mistake: desk}", "{mistake: biller}"),
        "slipped: {",
        "slipped is a mistake of biller, a service",
    ),
    "late-entry": (
        ("delay: 1h", "delay: 31d"),
        "delay: 31d",
        "leaked-key begins after 31 d, when the horizon of 30 d is over",
    ),
    "no-edge": (
        ("{from: desk, to: biller, kind: assume}", "{from: biller, to: desk, kind: assume}"),
        "biller]}",
        "task reply delegates to biller, and no trust edge leads there from desk",
    ),
    "odd-environment": (
        ("  tickets: {exp", "  notes: {environment: prodution}\n  tickets: {exp"),
        "environment: prodution",
        "notes alone is in the environment prodution, which is called nearly as production",
    ),
    "mixed-environment": (
        ("  case-eu: {}", "  case-eu: {environment: sandbox}\n  all: {environment: production, contains: [case-eu]}"),
        "environment: sandbox",
        "case-eu is of sandbox, and all, which contains it, of production",
    ),
    "selects-nobody": (
        ("{kind: agent}", "{kind: agnet}"),
        "agnet}",
        "kind 'agnet' of policy agents fits no identity",
    ),
    "built-in-name": (
        ("  agents: {extends: task-scoped", "  jit: {extends: task-scoped"),
        "jit: {extends",
        "the policy jit of this file",
    ),
    "about-nothing": (
        ("response.detection.leak,", "response.detection.leek,"),
        "about: response.detection.leek",
        "the assumption is about response.detection.leek",
    ),
    "impossible-date": (
        ("2025-08-08", "2025-02-30"),
        "date: 2025-02-30",
        "'2025-02-30' is no date",
    ),
}
"""By code: the slip as a change of `SOUND`, what stands where the warning points, and how it begins."""


def warnings(text: str) -> list[LintWarning]:
    return list(simkit.lint(simkit.loads(text, "world.yaml")))


def test_a_sound_world_has_no_warning() -> None:
    assert warnings(SOUND) == []


def test_every_check_has_its_slip_here() -> None:
    assert SLIPS.keys() == CHECKS.keys()


@pytest.mark.parametrize("code", CHECKS)
def test_a_slip_is_named_at_its_line_and_column(code: str) -> None:
    (before, after), there, says = SLIPS[code]
    assert SOUND.count(before) == 1
    text = SOUND.replace(before, after)
    (found,) = (each for each in warnings(text) if each.code == code)
    assert text.splitlines()[found.line - 1][found.column - 1 :].startswith(there), str(found)
    assert found.message.startswith(says)
    assert ": " in found.message, "the mend"


def slips(code: str, *changes: tuple[str, str]) -> list[str]:
    text = SOUND
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return [each.message for each in warnings(text) if each.code == code]


BOSS = ("  biller: {kind", "  boss: {}\n  biller: {kind")


def test_an_identity_that_only_becomes_others_needs_a_task_too() -> None:
    (found,) = slips("no-task", BOSS, ("trust:\n", "trust:\n  - {from: boss, to: desk}\n"))
    assert found.startswith("boss is entitled")


def test_an_identity_that_may_do_nothing_needs_no_task() -> None:
    assert not slips("no-task", BOSS)


def test_one_target_of_several_that_grants_nothing_is_named() -> None:
    (found,) = slips(
        "grants-nothing", ("[{operation: pay.refund}]", "[{operation: pay.refund, targets: [ledger, cases]}]")
    )
    assert found.startswith("pay.refund on cases grants biller nothing")


def test_a_role_that_an_operation_gives_is_used() -> None:
    role = ("trust:", "  clerk: {entitlements: [{operation: crm.read}]}\ntrust:")
    given = ("      refund:", "      promote: {effect: grant, targets: [biller], role: clerk}\n      refund:")
    assert not slips("unused-role", role, given)


def test_what_lies_in_a_container_that_somebody_reads_is_touched() -> None:
    assert not slips("untouched-value", ("  case-eu: {}", "  case-eu: {value: {integrity: 1}}"))


def test_what_a_role_to_be_given_reads_is_touched() -> None:
    role = ("trust:", "  clerk: {entitlements: [{operation: crm.look}]}\ntrust:")
    look = ("      answer:", "      look: {effect: read, targets: [notes]}\n      answer:")
    notes = ("  tickets: {exp", "  notes: {value: {integrity: 1}}\n  tickets: {exp")
    given = ("      refund:", "      promote: {effect: grant, targets: [biller], role: clerk}\n      refund:")
    narrower = ("operation: crm.*", "operation: 'crm.[ar]*'")
    assert slips("untouched-value", notes, look, narrower)
    assert not slips("untouched-value", notes, look, narrower, role, given)


def test_a_task_shorter_than_what_it_needs_is_named() -> None:
    found = slips("short-life", ("targets: [ledger]}", "targets: [ledger], duration: 10h}"))
    assert [text.split(",")[0] for text in found] == ["task bill takes 5 min and needs an operation that takes 10 h"]


def test_a_policy_of_the_file_with_a_ttl_shorter_than_the_work_is_named() -> None:
    mine = ("extends: task-scoped", "extends: jit, ttl: 1m")
    (found,) = slips("short-life", mine)
    assert found.startswith("under policy agents a token lives 1 min, and the work of desk takes 5 min")


def test_a_tool_that_says_how_its_sessions_behave_is_not_asked() -> None:
    unsaid = ("{identity: biller, session: {on_revoke: ends}}", "{identity: biller}")
    assert not slips("unsaid-session", unsaid, ("  pay:\n", "  pay:\n    session: {like: postgresql-15}\n"))


def test_a_tool_that_does_not_take_the_credential_is_not_asked() -> None:
    one = ("ttl: 90d, session: {on_revoke: ends}", "ttl: 90d, audience: [pay]")
    assert not slips("unsaid-session", one)
    assert slips("unsaid-session", ("ttl: 90d, session: {on_revoke: ends}", "ttl: 90d, audience: [crm]"))


def test_a_susceptibility_of_0_that_the_file_says_is_meant() -> None:
    assert not slips("no-susceptibility", ("susceptibility: 0.5", "susceptibility: 0"))


def test_who_reads_a_box_reads_the_poison_in_it() -> None:
    found = slips("no-susceptibility", ("susceptibility: 0.5, ", ""), ("{poison: tickets}", "{poison: case-eu}"),
                  ("reads: [tickets]", "reads: [cases]"))  # fmt: skip
    assert len(found) == 1


def test_a_memory_that_the_agent_may_read_is_read() -> None:
    change = [("susceptibility: 0.5, ", ""), ("reads: [tickets], ", ""), ("{poison: tickets}", "{poison: cases}")]
    assert not slips("no-susceptibility", *change)
    assert slips("no-susceptibility", *change, ("  cases: {", "  cases: {kind: memory, "))


def test_a_poisoned_task_counts_as_read() -> None:
    change = (
        ("susceptibility: 0.5, ", ""),
        ("{poison: tickets}", "{poison: {task: reply}}"),
        ("reads: [tickets], ", ""),
    )
    assert len(slips("no-susceptibility", *change)) == 1


def test_a_detection_that_a_compared_policy_logs_is_fine() -> None:
    read = ("{leak: {chance: 0.5}}", "{leak: {chance: 0.5}, read: {chance: 0.9}}")
    assert not slips("unlogged-detection", read, ("identities:", "compare: [rbac, agents]\nidentities:"))
    assert not slips("unlogged-detection", ("{leak: {chance: 0.5}}", "{any: {chance: 0.5}}"))
    assert slips("unlogged-detection", ("{leak: {chance: 0.5}}", "{identity: {chance: 0.5}}"))


def test_a_late_entry_is_late_in_half_of_the_samples() -> None:
    assert not slips("late-entry", ("delay: 1h", "delay: {uniform: {low: 1d, high: 58d}}"))
    assert slips("late-entry", ("delay: 1h", "delay: {uniform: {low: 1d, high: 60d}}"))


def test_a_child_of_two_environments_must_say_its_own() -> None:
    boxes = "  case-eu: {}\n" + "".join(
        f"  all-of-{where}: {{environment: {where}, contains: [case-eu]}}\n" for where in ("sandbox", "production")
    )
    (found,) = slips("mixed-environment", ("  case-eu: {}", boxes))
    assert found.startswith("case-eu lies in containers of production and sandbox")


def test_a_kind_that_this_file_does_not_have_is_no_slip_of_a_selector() -> None:
    assert not slips("selects-nobody", ("{kind: agent}", "{kind: [agent, model]}"))
    (found,) = slips("selects-nobody", ("{kind: agent}", "{kind: model}"))
    assert found.startswith("policy agents governs nobody, so that static-secrets governs everybody")


@pytest.mark.parametrize(
    "about",
    ["resources.*.value", "resources.value", "tasks", "policies.agents", "roles.desk.note", "trust"],
)
def test_an_assumption_may_be_about_what_the_file_has(about: str) -> None:
    assert not slips("about-nothing", ("response.completeness", about))


def test_an_assumption_may_be_about_the_attacker() -> None:
    aimed = ("goals:", "attacker: {aims_at: [cases-leaked]}\ngoals:")
    assert not slips("about-nothing", ("response.completeness", "attacker.aims_at"), aimed)


@pytest.mark.parametrize("about", ["tasks.answer", "expectations", "resources.*.worth", "roles.desk.rate", "observed"])
def test_an_assumption_about_what_the_file_lacks_is_named(about: str) -> None:
    assert slips("about-nothing", ("response.completeness", about))


@pytest.mark.parametrize("date", ["2025", "2025-08", "2024-02-29"])
def test_a_month_and_a_year_are_dates(date: str) -> None:
    assert not slips("impossible-date", ("2025-08-08", f'"{date}"'))


@pytest.mark.parametrize("date", ["2025-13", "2023-02-29", "last spring", "25-08-08", "0000"])
def test_what_no_calendar_has_is_no_date(date: str) -> None:
    assert slips("impossible-date", ("2025-08-08", f'"{date}"'))


def test_an_issuer_that_only_signs_needs_no_task() -> None:
    trusted = ("trust:\n", "trust:\n  - {from: boss, to: desk, kind: federate}\n")
    assert slips("no-task", BOSS, trusted)
    key = ("  desk-key:", "  signing-key: {identity: boss, use: signing}\n  desk-key:")
    assert not slips("no-task", BOSS, trusted, key)


TWO = ("{lost: [{resource: cases, impact: confidentiality}]}", '{lost: ["cases: integrity", "ledger: integrity"]}')


def test_a_goal_that_says_any_or_all_is_not_asked() -> None:
    for word in ("any", "all"):
        assert not slips("bare-goal", (TWO[0], TWO[1].replace("lost", word)))


def test_losses_of_one_resource_and_deeds_beside_a_loss_are_no_alternatives() -> None:
    assert not slips("bare-goal", (TWO[0], TWO[1].replace("ledger: integrity", "cases: confidentiality")))
    assert not slips("bare-goal", (TWO[0], TWO[1].replace("]}", "], performed: [pay.refund]}")))


def test_a_bare_goal_is_asked_about_once_a_file() -> None:
    (said,) = slips("bare-goal", (TWO[0], f"{TWO[1]}\n  again: {TWO[1]}"))
    assert said.startswith("the goal cases-leaked")


def test_environments_of_other_names_and_of_several_things_are_meant() -> None:
    assert not slips("odd-environment", ("  case-eu: {}", "  case-eu: {environment: staging}"))
    both = ("  tickets: {exp", "  notes: {environment: prodution}\n  more: {environment: prodution}\n  tickets: {exp")
    assert not slips("odd-environment", both)


def test_code_that_comes_to_run_in_another_way_is_not_asked_about() -> None:
    pipeline = SLIPS["unrun-code"][0]
    assert not slips("unrun-code", pipeline, ("ledger: {kind", "ledger: {run_by: biller, kind"))
    assert not slips("unrun-code", pipeline, ("      refund:", "      run: {effect: execute}\n      refund:"))


def test_a_closed_runtime_whose_identity_tells_nobody_is_not_asked_about() -> None:
    closed = ("desk: {kind: agent", "desk: {egress: none, kind: agent")
    assert not slips("open-runtime", closed, ("tickets: {exposure: public}", "tickets: {exposure: public-write}"))


def test_a_shell_in_another_runtime_or_beside_files_is_not_asked_about() -> None:
    shell = SLIPS["no-files"][0]
    assert not slips("no-files", shell, ("susceptibility: 0.5,", "susceptibility: 0.5, runtime_holds: [case-eu],"))
    assert not slips("no-files", shell, ("run: {effect: execute}", "run: {effect: execute, targets: [biller]}"))


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        (
            "roles: [desk]}",
            "roles: [desk], boundary: [{operation: crm.*}, {operation: crm.read, targets: [ledger]}]}",
            4,
        ),
        ("ttl: 90d,", "ttl: 90d, limited_to: [crm.read, {operation: crm.read, targets: [ledger]}],", 20),
        ("[{operation: crm.*}]", "[{operation: crm.*, except: [ledger]}]", 23),
        ("[{operation: crm.*}]", "[{operation: crm.*}], denies: [{operation: crm.answer, targets: [cases]}]", 23),
    ],
)
def test_a_limit_or_an_exception_that_fits_nothing_is_named(before: str, after: str, place: int) -> None:
    (found,) = (each for each in warnings(SOUND.replace(before, after)) if each.code == "fits-nothing")
    assert found.line == place


@pytest.mark.parametrize(
    "deny",
    ["crm.read, targets: [case-eu]", "pay.refund", "crm.*, targets: [tickets]", "crm.read, targets: ['case*']"],
)
def test_a_deny_of_what_somebody_might_gain_and_of_a_part_fits(deny: str) -> None:
    assert not slips("fits-nothing", ("roles: [desk]}", f"roles: [desk], denies: [{{operation: {deny}}}]}}"))


def test_an_entitlement_of_which_all_is_left_out_grants_nothing() -> None:
    (found,) = slips(
        "grants-nothing", ("[{operation: crm.*}]", "[{operation: crm.*}, {operation: crm.read, except: [cases]}]")
    )
    assert found.endswith("leave something out of `except`")


def test_a_token_for_a_tool_that_its_identity_does_not_use_opens_nothing() -> None:
    (found,) = slips(
        "opens-nothing", ("biller-key: {identity: biller,", "biller-key: {identity: biller, audience: [crm],")
    )
    assert "`audience`" in found
    assert not slips("opens-nothing", ("ttl: 90d,", "ttl: 90d, audience: [pay],")), "desk may become biller"


def test_claims_of_a_task_and_of_the_credential_together_meet_an_edge() -> None:
    edge = ("to: biller, kind: assume}", "to: biller, kind: assume, conditions: [{claims: {ref: main, aud: '*'}}]}")
    task = ("reply: {identity: desk,", "reply: {identity: desk, claims: {ref: main},")
    assert slips("unmet-claims", edge, task)
    assert not slips("unmet-claims", edge, task, ("ttl: 90d,", "ttl: 90d, claims: {aud: cloud},"))


def test_a_rule_that_a_policy_or_a_condition_asks_about_is_asked() -> None:
    rule = ("response:\n", "response:\n  approvals: {two-people: {covers: [crm.answer], of: {k: 2, n: 2}}}\n")
    assert slips("unasked-rule", rule)
    assert not slips("unasked-rule", rule, ("identities:", "compare: [zero-standing]\nidentities:")), "crm.answer sends"
    assert not slips("unasked-rule", rule, ("[{operation: crm.*}]", "[{operation: crm.*, conditions: [approval]}]"))


@pytest.mark.parametrize(
    ("entry", "does"),
    [
        ("{poison: {operation: crm.read}}", "reads what poisoned poisons"),
        ("{compromise: {tool: crm}}", "calls what poisoned takes over"),
    ],
)
def test_what_a_call_returns_steers_nobody_by_default(entry: str, does: str) -> None:
    (found,) = slips("no-susceptibility", ("susceptibility: 0.5, ", ""), ("{poison: tickets}", entry))
    assert found.startswith(f"desk {does}")


def test_an_agent_that_hears_a_steered_one_is_behind_the_poison() -> None:
    helper = ("  biller: {kind: service", "  helper: {kind: agent}\n  biller: {kind: service")
    asked = ("trust:\n", "trust:\n  - {from: desk, to: helper, kind: invoke}\n")
    (found,) = slips("no-susceptibility", helper, asked)
    assert found.startswith("helper hears who reads what poisoned poisons")
    assert not slips("no-susceptibility", helper)


def test_a_role_that_ends_before_what_it_gives_is_done_is_named() -> None:
    long = ("read: {effect: read,", "read: {effect: read, duration: 4m,")
    (found,) = slips("short-life", long, ("roles: [desk]}", "roles: [{role: desk, ttl: 2m}]}"))
    assert found.startswith("role desk of desk is active for 2 min, and an operation that it gives takes 4 min")
    assert not slips("short-life", long, ("roles: [desk]}", "roles: [{role: desk, ttl: 4m}]}"))


def test_a_general_purpose_tool_is_a_shell_in_the_hands_of_a_pipeline_too() -> None:
    build = (
        "kind: service, entitlements: [{operation: pay.refund}]",
        "kind: pipeline, entitlements: [{operation: pay.*}]",
    )
    shell = ("      refund:", "      run: {effect: execute, targets: [biller]}\n      refund:")
    assert not slips("no-files", build, shell)
    assert slips("no-files", build, shell, ("  pay:\n", "  pay:\n    general_purpose: true\n"))


def test_a_poison_that_a_run_meets_in_another_way_is_read() -> None:
    unread = ("reads: [tickets], ", "")
    assert slips("unread-poison", unread)
    assert not slips("unread-poison", unread, ("tickets: {exposure", "tickets: {kind: memory, exposure"))
    assert not slips("unread-poison", unread, ("tickets: {exposure", "tickets: {run_by: [biller], exposure"))
    assert not slips("unread-poison", unread, ("{poison: tickets}", "{poison: {operation: crm.read}}"))
    assert not slips(
        "unread-poison", ("reads: [tickets]", "reads: [cases]"), ("{poison: tickets}", "{poison: case-eu}")
    )


def test_a_task_that_delegates_to_who_may_do_what_it_needs_is_asked_on_whose_behalf_it_works() -> None:
    (found,) = slips(
        "need-beyond-rights", ("needs: [crm.read, crm.answer]", "needs: [crm.read, crm.answer, pay.refund]")
    )
    assert found.endswith("entitle it, say `on_behalf_of: biller` on the task, or take the need away")


def test_what_is_denied_until_somebody_lifts_the_deny_is_touched() -> None:
    denied = ("[{operation: pay.refund}]}", "[{operation: pay.refund}], denies: [pay.refund]}")
    lift = ("      refund:", "      forgive: {effect: lift, targets: [biller]}\n      refund:")
    assert slips("untouched-value", denied)
    assert not slips("untouched-value", denied, lift)
