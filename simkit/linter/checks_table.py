"""The table of checks: a row for each question that the linter asks."""

from __future__ import annotations

from collections.abc import Mapping

from simkit.linter import attack_checks as attack
from simkit.linter import code_checks as code
from simkit.linter import entitled_checks as entitled
from simkit.linter import goal_checks as goals
from simkit.linter import limit_checks as limits
from simkit.linter import paper_checks as paper
from simkit.linter import policy_checks as policies
from simkit.linter import session_checks as sessions
from simkit.linter.check import Check

_ROWS = (
    Check(
        "no-task",
        "Is there an identity that may do something, or become somebody, and has no task?",
        "Scopes by task leave it nothing, so that they seem to save all that it could lose. `simkit study` gives no "
        "credit for it.",
        entitled.identity_without_task,
    ),
    Check(
        "need-beyond-rights",
        "Does a task need what its identity is not entitled to?",
        "The need is never granted, so that the task is broken under scopes by task.",
        entitled.need_beyond_rights,
    ),
    Check(
        "grants-nothing",
        "Is there an entitlement, or one of its targets, that gives nothing?",
        "A name with a slip in it takes rights away in silence, and the loss looks smaller.",
        entitled.entitlement_without_grant,
    ),
    Check(
        "unsure-deny",
        "Is there a deny under a condition of how a thing is used?",
        "Nothing is sure of that before it is used, so that the deny denies nothing.",
        limits.deny_that_is_never_sure,
    ),
    Check(
        "fits-nothing",
        "Does a part of a deny, of a boundary or of the limit of a token fit nothing, or is an exception from nothing?",
        "A slip there leaves more, or less, than was meant, and nothing says so.",
        limits.limit_that_fits_nothing,
    ),
    Check(
        "opens-nothing",
        "Has a credential an audience, or a limit, that leaves nothing of what its identity may do?",
        "Who steals it gets nothing, and who works with it could not.",
        limits.token_that_opens_nothing,
    ),
    Check(
        "unmet-claims",
        "Does a trust edge ask for claims that nothing of its source carries?",
        "Nobody ever uses it, so that what is behind it looks safe ([Claims](words/claims.md)).",
        limits.claims_that_nobody_carries,
    ),
    Check(
        "unasked-rule",
        "Is there a rule of approval, and no policy in force or compared, nor a condition, asks about what it covers?",
        "Nobody approves anything, whatever the rule says ([Who approves](words/approval-rules.md)).",
        limits.rule_that_nobody_asks,
    ),
    Check(
        "unused-role",
        "Is there a role that nobody has and no operation gives?",
        "Who should have it cannot do what it does in the real system.",
        entitled.role_without_holder,
    ),
    Check(
        "untouched-value",
        "Has a resource a value, while nobody is entitled to anything on it or on what contains it?",
        "It can never be lost, under any policy.",
        entitled.value_out_of_hands,
    ),
    Check(
        "short-life",
        "Does a credential, a token of a policy of the file, or a task end before its work does?",
        "What needs longer never completes, for the owner as for the attacker, and the loss looks smaller.",
        entitled.life_shorter_than_work,
    ),
    Check(
        "unsaid-session",
        "Is there a tool at which a credential opens sessions, and nothing says how they behave?",
        "By default they end with what opened them. Of 16 servers that were measured, 9 let an open session go on "
        "after its secret was revoked or rotated ([What an open session does](sessions.md)).",
        sessions.session_without_terms,
        answers=False,
    ),
    Check(
        "no-files",
        "May an agent, or anybody with a general-purpose tool, run code in its own runtime, where no file lies?",
        "Code reads every file of its runtime, whatever the agent's tools may read; a secret that is not named there "
        "is not lost ([Files in a runtime](words/runtime-files.md)).",
        code.shell_without_files,
        answers=False,
    ),
    Check(
        "open-runtime",
        "Is there an identity with `egress: none` that may itself say something to outsiders?",
        "All that code in its runtime has leaves by that, as if there were a network ([No network](words/egress.md)).",
        code.closed_runtime_with_a_way_out,
        answers=False,
    ),
    Check(
        "once-a-day",
        "Is a resource run by an identity that declares no task?",
        "When it runs next is an assumption: once a day.",
        code.code_of_idle_identity,
    ),
    Check(
        "unrun-code",
        "May somebody write a repository, while nothing at all says how code comes to run?",
        "Whoever writes code runs where it is executed, without a right to execute anything "
        "([Code that somebody runs](words/run-by.md)).",
        code.repository_that_nobody_runs,
        answers=False,
    ),
    Check(
        "no-susceptibility",
        "Does an agent read what an entry point poisons, call a tool that one takes over, or hear an agent that does, "
        "and has the default susceptibility of 0?",
        "Nothing steers it, and the poison is harmless. `susceptibility: 0` in the file says that this is meant.",
        attack.poison_without_effect,
    ),
    Check(
        "unreachable-goal",
        "Is there a goal that no entry point reaches, not even under `static-secrets`?",
        "Every policy looks perfect against it.",
        attack.goal_out_of_reach,
    ),
    Check(
        "unread-poison",
        "Does an entry point poison what no task reads, and nobody remembers or runs?",
        "Nobody meets the poison, so that nothing is lost.",
        attack.poison_that_nobody_reads,
    ),
    Check(
        "bare-goal",
        "Does a goal list the same loss of several resources, and say neither `all` nor `any`? (Asked once a file.)",
        "A bare list is reached when all of it is lost. Where one loss would be bad enough, the goal looks safer.",
        goals.goal_of_alternatives,
    ),
    Check(
        "no-goal",
        "Does no goal say what must not happen?",
        "Only losses of value are counted.",
        attack.scenario_without_goal,
        answers=False,
    ),
    Check(
        "unlogged-detection",
        "Has an event a chance of detection, while no policy of the file (in force, or under `compare`) logs it?",
        "The alert is never raised.",
        attack.alarm_without_log,
    ),
    Check(
        "mistake-of-no-agent",
        "Is a mistake one of an identity that is no agent and no model?",
        "Whoever does not decide by itself does not err.",
        attack.mistake_of_no_agent,
    ),
    Check(
        "late-entry",
        "Does an entry point begin after the horizon, in half of the samples at least?",
        "The time is over before the attack begins, so that nothing is lost.",
        attack.entry_after_horizon,
    ),
    Check(
        "no-edge",
        "Does a task delegate to an identity that no trust edge of its own identity leads to?",
        "`delegates_to` opens nothing by itself: the edge says how, and how long.",
        attack.delegation_without_edge,
    ),
    Check(
        "odd-environment",
        "Is one thing alone in an environment that is called nearly as another?",
        "Any name is an environment: with a slip in it a thing is outside of that in which it is.",
        attack.environment_of_one,
    ),
    Check(
        "mixed-environment",
        "Is a resource in another environment than what contains it, or in containers of several?",
        "Checks and conditions by environment judge the two differently, though what is done to one is done to both.",
        attack.box_of_two_environments,
    ),
    Check(
        "selects-nobody",
        "Does `applies_to` of a policy, or one of its globs, fit no identity?",
        "A slip there makes another policy out of it: `otherwise` governs everybody, by default `static-secrets`.",
        policies.selector_of_nobody,
    ),
    Check(
        "built-in-name",
        "Is a policy of the file called as a built-in one?",
        "Whoever reads a comparison takes it for that one.",
        policies.policy_of_a_built_in_name,
    ),
    Check(
        "about-nothing",
        "Is an assumption about keys that lead nowhere?",
        "What it was about was renamed or removed, and the number that stands there now has no reason.",
        paper.assumption_about_nothing,
        answers=False,
    ),
    Check(
        "impossible-date",
        "Is the date of the incident none that was?",
        "It cannot be found in the sources.",
        paper.date_that_never_was,
        answers=False,
    ),
)

CHECKS: Mapping[str, Check] = {row.code: row for row in _ROWS}
"""Every check by its code, in the order of the docs page."""
