"""The incident files say what the public record says, and the simulation agrees with the record.

Every chance here comes from one seed, so a test either always passes or always fails; the bounds are wide enough that
only a change of meaning moves a chance across them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

import simkit
from simkit.blast_radius import BlastRadius
from simkit.model import Entitlement

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = {path.stem: path for path in sorted((SCENARIOS / "incidents").glob("*.yaml"))}
STARTER = SCENARIOS / "starter.yaml"
DAY = 86400.0

TRIALS = 500
REACHED = 0.05
"""The record shows one world in which the goal was reached. A model that gives that world less than one chance in
twenty calls it a freak accident, and lessons are not drawn from those."""

NOT_TO_CITE = (
    "secure.com",
    "celvexgroup.com",
    "syncdefend.com",
    "appsecuritystandards.org",
    "zloadr.com",
    "keyvaultedge.com",
    "fate-oracle.com",
    "dev.to/petry-projects",
)
"""Pages that were seen and found wrong: invented stories, corrupted numbers, wrong dates."""

ALWAYS, ALMOST_ALWAYS, OFTEN, SOMETIMES, RARELY, NEVER = (
    (1.0, 1.0),
    (0.95, 1.0),
    (0.3, 1.0),
    (0.05, 0.95),
    (0.0, 0.2),
    (0.0, 0.0),
)

EXPECTED = (
    # The open database: no grant policy puts a lock on a door, but the next hop is theirs.
    ("deepseek-exposure", "open-port", "zero-standing", "logs-and-chats-read", ALWAYS),
    ("deepseek-exposure", "open-port", "zero-standing", "accounts-read-with-a-found-key", NEVER),
    # The natural experiment: the same stolen tokens, an allow-list, and a retired integration with a live token.
    ("salesloft-drift", "drift-aws", "rbac", "okta-cases-exported", NEVER),
    ("salesloft-drift", "drift-aws", "rbac", "zscaler-cases-exported", ALWAYS),
    ("salesloft-drift", "drift-aws", "static-secrets", "okta-cases-exported", NEVER),
    ("salesloft-drift", "drift-aws", "contacts-only", "typical-cases-exported", NEVER),
    ("salesloft-drift", "drift-aws", "contacts-only", "zscaler-cases-exported", NEVER),
    ("salesloft-drift", "drift-aws", "contacts-only", "typical-contacts-exported", ALWAYS),
    # An incomplete rotation: what is forgotten lives on, what was rotated or has expired does not.
    ("cloudflare-okta", "forgotten-service-account", "rotated-by-hand", "wiki-and-bugs-read", (0.5, 0.75)),
    ("cloudflare-okta", "forgotten-gateway-token", "rotated-by-hand", "wiki-and-bugs-read", NEVER),
    ("cloudflare-okta", "session-of-october", "rotated-by-hand", "identity-provider-administered", NEVER),
    ("cloudflare-okta", "used-at-once", "rotated-by-hand", "wiki-and-bugs-read", ALWAYS),
    ("cloudflare-okta", "forgotten-service-account", "jit", "wiki-and-bugs-read", NEVER),
    ("trivy-teampcp", "missed-token", "rotated-in-part", "installers-secrets-taken", (0.5, 0.75)),
    ("trivy-teampcp", "missed-token", "jit", "scanner-poisoned", NEVER),
    ("trivy-teampcp", "used-at-once", "jit", "scanner-poisoned", OFTEN),
    # A short life stops a thief who waits, not one who does not, and not one who sits in the job.
    ("tj-actions", "dormant-token", "jit", "consumers-secrets-in-logs", NEVER),
    ("tj-actions", "token-used-at-once", "jit", "consumers-secrets-in-logs", OFTEN),
    ("tj-actions", "taken-job", "jit", "consumers-secrets-in-logs", ALWAYS),
    ("tanstack", "fork-pull-request", "task-scoped", "packages-poisoned", ALWAYS),
    ("tanstack", "fork-pull-request", "zero-standing", "packages-poisoned", OFTEN),
    ("tanstack", "restored-cache", "jit", "packages-poisoned", ALWAYS),
    ("tanstack", "leaked-oidc-token", "trusted-publishing", "packages-poisoned", RARELY),
    # A role that issues production tokens is production.
    ("circleci", "laptop", "jit", "customer-secrets-decrypted", ALWAYS),
    ("circleci", "laptop", "task-scoped", "customer-secrets-decrypted", OFTEN),
    ("circleci", "stolen-session", "zero-standing", "customer-secrets-decrypted", NEVER),
    # Scope alone, with a lifetime that stays as bad as it was.
    ("codecov", "key-in-public-image", "rbac", "uploader-changed", ALWAYS),
    ("codecov", "key-in-public-image", "one-bucket-for-each-job", "uploader-changed", NEVER),
    ("microsoft-sas", "link-in-public-repository", "rbac", "account-emptied", ALWAYS),
    ("microsoft-sas", "link-in-public-repository", "service-sas", "backups-and-messages-read", NEVER),
    ("microsoft-sas", "link-in-public-repository", "service-sas", "models-poisoned", NEVER),
    ("microsoft-sas", "link-in-public-repository", "jit", "account-emptied", SOMETIMES),
    # Nothing is stolen: private data, untrusted text and a way out meet in one session, or do not.
    ("github-mcp", "poisoned-issue", "jit", "private-code-leaked", OFTEN),
    ("github-mcp", "poisoned-issue", "rbac-context", "private-code-leaked", RARELY),
    ("github-mcp", "poisoned-issue", "one-repository-per-session", "private-code-leaked", NEVER),
    ("github-mcp", "leaked-token", "one-repository-per-session", "private-code-leaked", OFTEN),
    # Mistakes: a token made for domains must not delete volumes; one database cannot be split by a task's scope.
    ("pocketos-railway", "agent-error", "rbac", "recent-bookings-gone", ALWAYS),
    ("pocketos-railway", "agent-error", "rbac", "older-bookings-gone", NEVER),
    ("pocketos-railway", "agent-error", "task-scoped", "production-volume-deleted", NEVER),
    ("pocketos-railway", "poisoned-repository", "rbac", "recent-bookings-gone", OFTEN),
    ("replit", "agent-error", "task-scoped", "live-rows-deleted", ALWAYS),
    ("replit", "agent-error", "rbac", "live-rows-gone-for-good", NEVER),
    # A bot that sorts issues needs no shell.
    ("clinejection", "issue-title", "jit", "package-changed", OFTEN),
    ("clinejection", "issue-title", "task-scoped", "package-changed", NEVER),
    ("clinejection", "leaked-publishing-token", "rbac", "package-changed", ALWAYS),
    # Policies stop the way to a key that signs, and checks what is done with it; the forgery itself nothing stops.
    ("solarwinds-golden-saml", "changed-update", "jit", "mail-read", ALWAYS),
    ("solarwinds-golden-saml", "changed-update", "task-scoped", "mail-read", NEVER),
    ("solarwinds-golden-saml", "stolen-key", "jit", "mail-read", ALWAYS),
    ("solarwinds-golden-saml", "stolen-key", "zero-standing", "mail-read", SOMETIMES),
    # Age is the exposure; a network policy makes a stolen password useless.
    ("snowflake-unc5537", "password-of-2020", "jit", "customer-records-copied", NEVER),
    ("snowflake-unc5537", "password-and-network-policy", "static-secrets", "guarded-records-copied", NEVER),
    # What a session saw ends with it; what it wrote into a memory does not, and nothing is stolen.
    ("bedrock-memory", "page-read-once", "rbac", "conversation-sent", (0.15, 0.4)),
    ("bedrock-memory", "page-read-once", "jit", "conversation-sent", (0.15, 0.4)),
    ("bedrock-memory", "page-read-once", "memory-not-trusted", "conversation-sent", NEVER),
    ("bedrock-memory", "execution-role", "zero-standing", "memory-poisoned", NEVER),
    # A defence that worked: the tokens were revoked before the thief came back, and only because he had not before.
    ("ghostaction", "taken-account", "rbac", "packages-changed", NEVER),
    ("ghostaction", "pypi-token-kept-for-later", "rbac", "packages-changed", NEVER),
    ("ghostaction", "pypi-token-used-at-once", "rbac", "packages-changed", ALWAYS),
    ("ghostaction", "pypi-token-used-at-once", "zero-standing", "packages-changed", NEVER),
    # A key that publishes alone, and one that waits for a second person.
    ("trust-wallet", "store-key-in-exposed-secrets", "rbac", "seed-phrases-taken", ALWAYS),
    ("trust-wallet", "store-key-in-exposed-secrets", "two-people", "extension-changed", NEVER),
    # A new password ends what the password opened, and not the token that was issued.
    ("device-code", "password-phished", "rbac", "mail-read", NEVER),
    ("device-code", "used-after-the-reset", "rbac", "mail-read", OFTEN),
    ("device-code", "used-after-the-reset", "jit", "mail-read", NEVER),
    ("device-code", "code-entered", "rbac", "tenant-changed", NEVER),
    # A new way to publish does not close the old one; taking away what nobody needs any more does.
    ("axios", "malware-on-the-computer", "trusted-publishing-beside-a-token", "consumers-secrets-taken", ALWAYS),
    ("axios", "malware-on-the-computer", "jit", "package-changed", ALWAYS),
    ("axios", "malware-on-the-computer", "rights-that-are-used", "package-changed", NEVER),
    # Who pulls the package knows nothing of the tokens that it found; a second person would have stopped it.
    ("nx-console", "contributor-token", "rbac", "internal-repositories-taken", ALMOST_ALWAYS),
    ("nx-console", "contributor-token", "two-admins", "extension-changed", NEVER),
    ("nx-console", "employee-token", "two-admins", "internal-repositories-taken", ALWAYS),
    # The trust between code host and cloud was the key, and a role that writes roles is an administrator.
    ("unc6426", "developer-token", "rbac", "servers-and-databases-gone", ALWAYS),
    ("unc6426", "owned-job", "jit", "becomes-administrator", ALWAYS),
    ("unc6426", "owned-job", "stacks-without-roles", "becomes-administrator", NEVER),
    # Code that a folder brings runs as the developer, and a policy for the agent's tokens is no help.
    ("claude-code", "planted-settings", "jit", "files-read", ALWAYS),
    ("claude-code", "planted-settings", "zero-standing", "files-read", ALWAYS),
    # The first token was known to be out, the second was not.
    ("internet-archive", "help-desk-token-left-in-place", "rbac", "tickets-read", ALWAYS),
    ("internet-archive", "help-desk-token-left-in-place", "jit", "tickets-read", NEVER),
    # All of an account, where documents were needed; and what nobody can read back.
    ("vercel-context-ai", "grant-alone", "jit", "plain-variables-read", ALMOST_ALWAYS),
    ("vercel-context-ai", "grant-alone", "task-scoped", "plain-variables-read", NEVER),
    ("vercel-context-ai", "vendor-laptop", "static-secrets", "sensitive-variables-read", NEVER),
    # A rule that does not know a role is no rule for it; a task that needs no deletion is.
    ("kiro", "agent-error", "two-people", "environment-deleted", ALWAYS),
    ("kiro", "agent-error", "task-scoped", "environment-deleted", NEVER),
    # The session of whoever sits on the laptop is renewed; the bucket is what to split.
    ("safe-bybit", "laptop", "jit", "bybit-emptied", OFTEN),
    ("safe-bybit", "laptop", "bucket-by-pipeline", "page-changed", NEVER),
    # On behalf of a user: the ceiling moves with the user, and no grant policy is the label that was not asked.
    ("m365-copilot", "assistant-summarises", "zero-standing", "labelled-mail-summarised", ALWAYS),
    ("m365-copilot", "poisoned-mail", "static-secrets", "board-papers-given-away", NEVER),
    # A tool server sees what it is given, whatever the agent's tokens are bound to.
    ("postmark-mcp", "sixteenth-version", "zero-standing", "mail-copied", ALWAYS),
    ("postmark-mcp", "sixteenth-version", "task-scoped", "account-changed", NEVER),
    ("postmark-mcp", "leaked-provider-token", "rbac", "mail-copied", NEVER),
    ("postmark-mcp", "sixteenth-version", "rbac", "records-taken", NEVER),
    ("postmark-mcp", "server-that-talks-back", "jit", "records-taken", OFTEN),
    # A name is given out again, and a token of minutes carries it as well as one without an end.
    ("subjugation", "name-registered-again", "jit", "deployment-changed", ALMOST_ALWAYS),
    ("subjugation", "name-registered-again", "task-scoped", "buckets-read", NEVER),
)
"""Incident, entry point, policy, goal, and the range that its chance lies in."""

DENIED = {
    "salesloft-drift": "okta-cases-exported",
    "cloudflare-okta": "identity-provider-administered",
    "tj-actions": "coinbase-release-changed",
    "pocketos-railway": "older-bookings-gone",
    "replit": "live-rows-gone-for-good",
    "tanstack": "source-changed",
    "trust-wallet": "source-changed",
    "device-code": "tenant-changed",
    "axios": "source-changed",
    "nx-console": "customers-repositories-taken",
    "internet-archive": "collections-deleted",
    "vercel-context-ai": "sensitive-variables-read",
    "claude-code": "production-changed",
    "kiro": "environment-gone-for-good",
    "safe-bybit": "contracts-changed",
    "m365-copilot": "board-papers-given-away",
    "subjugation": "payroll-read",
}
"""What the record says was not reached, so the model must not reach it either, from any entry point that it names."""

ENDED = {
    "salesloft-drift": (11.9, 12.1),  # revoked on 2025-08-20, twelve days after 08-08
    "circleci": (15.0, 19.0),  # first rotation on 12-31, all customers told by 01-04, after 12-16
    "codecov": (60.0, 61.0),  # 2021-04-01, after 01-31
    "microsoft-sas": (1068.9, 1069.1),  # 2023-06-24, after 2020-07-20
    "tj-actions": (98.5, 100.0),  # 2025-03-14 and 15, after 2024-12-06
    "crossbeam": (3.9, 4.1),  # 2023-11-04, after 10-31
    "ghostaction": (2.9, 3.1),  # 2025-09-05, after 09-02
    "trust-wallet": (31.9, 32.0),  # 2025-12-26 11:00, after the key was out for 30 days, and 46 h 28 min on
}
"""Days from time 0 to the median containment under the policy in force, as the record dates it."""


@lru_cache(maxsize=64)
def scenario(name: str) -> simkit.Scenario:
    return simkit.load(FILES.get(name, STARTER))


@lru_cache(maxsize=256)
def outcome(name: str, policy: str | None, entry_point: str) -> BlastRadius:
    return simkit.simulate(scenario(name), policy, entry_point=entry_point, trials=TRIALS, seed=1)


def first_entry(name: str) -> str:
    """The entry point that stands first: the incident as it happened."""
    return next(iter(scenario(name).entry_points))


def test_there_are_thirty_incidents_and_more() -> None:
    assert len(FILES) >= 30


def test_the_table_of_incidents_lists_each_file_with_its_month() -> None:
    table = (SCENARIOS / "incidents" / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| `")]
    listed = {name.strip(" `"): month.strip() for name, month in rows}
    incidents = {name: scenario(name).incident for name in FILES}
    assert listed == {name: incident.date[:7] for name, incident in incidents.items() if incident is not None}


DAMAGE_IS_THE_TASKS_OWN = ("replit",)
"""An agent's mistake with what its own task needs, without any untrusted input: no grant design takes that away."""


@pytest.mark.parametrize("name", FILES)
class TestEachFile:
    def test_is_called_as_its_file(self, name: str) -> None:
        assert scenario(name).name == name

    def test_says_when_and_how_it_happened(self, name: str) -> None:
        incident = scenario(name).incident
        assert incident is not None
        assert date(2020, 1, 1) <= date.fromisoformat(incident.date) <= date(2026, 12, 31)
        assert len(incident.hops) >= 2
        assert incident.lifetimes
        assert incident.detected

    def test_cites_pages_that_can_be_trusted(self, name: str) -> None:
        sources = scenario(name).sources
        assert sources
        for source in sources:
            page = urlsplit(source.url)
            place = page.netloc.removeprefix("www.") + page.path
            assert page.scheme in ("http", "https")
            assert page.netloc
            assert not place.startswith(NOT_TO_CITE)
            assert source.says
            assert source.grade in ("P", "S"), "a page is the organisation's own or a secondary one"

    def test_names_its_assumptions_by_where_they_stand(self, name: str) -> None:
        content = yaml.safe_load(FILES[name].read_text(encoding="utf-8"))
        assumed = scenario(name).assumptions
        assert any(assumption.about.startswith("resources.*.value") for assumption in assumed), "values have no source"
        for assumption in assumed:
            assert assumption.why
            assert list(found_at(content, assumption.about.split("."))), f"nothing stands at {assumption.about}"

    def test_has_a_goal_that_the_record_does_not_call_reached(self, name: str) -> None:
        incident = scenario(name).incident
        assert incident is not None
        assert set(scenario(name).goals) - set(incident.reached)

    def test_compares_the_policy_in_force(self, name: str) -> None:
        assert scenario(name).policy in scenario(name).compare

    def test_keeps_every_task_under_every_policy_that_it_compares(self, name: str) -> None:
        for policy in scenario(name).compare:
            assert outcome(name, policy, first_entry(name)).utility.broken == ()

    def test_reaches_what_the_record_says_was_reached(self, name: str) -> None:
        incident = scenario(name).incident
        assert incident is not None
        for goal in incident.reached:
            assert outcome(name, None, first_entry(name)).chance(goal).low > REACHED

    def test_loses_less_with_every_dial_at_its_strongest(self, name: str) -> None:
        weak, strong = (outcome(name, policy, first_entry(name)) for policy in (None, "zero-standing"))
        if name in DAMAGE_IS_THE_TASKS_OWN:
            assert strong.value_lost().estimate == weak.value_lost().estimate
            assert strong.goals_reached() < weak.goals_reached(), "a person refuses some of the deletions"
        else:
            assert strong.value_lost().estimate < weak.value_lost().estimate


def found_at(content: object, path: Sequence[str]) -> Iterator[object]:
    """Everything in a parsed file that a dotted path leads to; `*` stands for any one name."""
    if not path:
        yield content
    elif isinstance(content, Mapping):
        for key, value in content.items():
            if fnmatchcase(key, path[0]):
                yield from found_at(value, path[1:])


@pytest.mark.parametrize(("name", "entry_point", "policy", "goal", "between"), EXPECTED)
def test_a_policy_changes_what_is_reached_as_the_lesson_says(
    name: str, entry_point: str, policy: str, goal: str, between: tuple[float, float]
) -> None:
    low, high = between
    assert low <= outcome(name, policy, entry_point).chance(goal).estimate <= high


@pytest.mark.parametrize(("name", "goal"), DENIED.items())
def test_what_was_denied_in_the_record_is_denied_in_the_model(name: str, goal: str) -> None:
    for entry_point in scenario(name).entry_points:
        assert outcome(name, None, entry_point).chance(goal).estimate == 0.0


@pytest.mark.parametrize(("name", "days"), ENDED.items())
def test_the_response_ends_the_incident_on_the_recorded_day(name: str, days: tuple[float, float]) -> None:
    ended = outcome(name, None, first_entry(name)).time_to_containment().estimate / DAY
    assert days[0] <= ended <= days[1]


def test_a_poisoned_package_is_live_for_as_long_as_the_record_says() -> None:
    """What showed was the publication, whenever it came; every response is as long after it."""
    result = outcome("clinejection", None, "issue-title")
    published, ended = result.time_to("package-changed").estimate, result.time_to_containment().estimate
    assert ended - published == pytest.approx((8 + 14 / 60) * 3600, abs=1.0)


def test_as_many_wallets_are_emptied_as_were() -> None:
    """2,520 wallets of a million, in the 46.5 hours for which the version was live."""
    out = outcome("trust-wallet", None, "store-key-in-exposed-secrets").records_out()["seed-phrases"]
    assert out.estimate == pytest.approx(2520, rel=0.01)
    assert outcome("trust-wallet", None, "store-key-in-exposed-secrets").chance("ten-thousand-taken").estimate == 0.0


def test_a_changed_package_is_live_for_as_long_as_the_record_says() -> None:
    ended = outcome("axios", None, "malware-on-the-computer").time_to_containment().estimate / 3600
    assert 2 + 54 / 60 <= ended <= 3 + 4 / 60
    result = outcome("nx-console", None, "contributor-token")
    assert 11 <= (result.time_to_containment().estimate - 6 * DAY) / 60 <= 18


def test_the_cloud_has_a_new_administrator_within_three_days() -> None:
    assert outcome("unc6426", None, "developer-token").time_to("becomes-administrator").estimate < 3 * DAY


def test_a_label_that_is_asked_keeps_the_assistant_from_what_its_user_may_read() -> None:
    given = scenario("m365-copilot")
    assistant = given.model.identities["assistant"]
    label = Entitlement("mail.read_sent_and_drafts")
    held = dataclasses.replace(assistant, denies=(label,))
    model = dataclasses.replace(given.model, identities={**given.model.identities, assistant.name: held})
    for entry_point in given.entry_points:
        result = simkit.simulate(
            dataclasses.replace(given, model=model), entry_point=entry_point, trials=TRIALS, seed=1
        )
        assert result.chance("labelled-mail-summarised").estimate == 0.0


def test_who_takes_all_that_can_be_taken_is_noticed_sooner_than_who_aims_at_one_wallet() -> None:
    given = scenario("safe-bybit")
    greedy = simkit.simulate(dataclasses.replace(given, attacker=simkit.Attacker()), trials=TRIALS, seed=1)
    aimed = outcome("safe-bybit", None, "laptop")
    assert greedy.chance("others-emptied").low > 0.9
    assert aimed.chance("others-emptied").estimate == 0.0
    assert aimed.chance("bybit-emptied").low > 0.9
    assert greedy.time_to_containment().estimate < aimed.time_to_containment().estimate - DAY


def approved_otherwise(name: str, rule: str, **changes: Any) -> simkit.Scenario:
    """The incident with one of its rules of approval changed."""
    given = scenario(name)
    changed = dataclasses.replace(given.response.approvals[rule], **changes)
    approvals = {**given.response.approvals, rule: changed}
    return dataclasses.replace(given, response=dataclasses.replace(given.response, approvals=approvals))


def test_a_rule_of_approval_for_every_role_still_lets_what_two_people_wave_through_pass() -> None:
    mended = approved_otherwise("kiro", "two-people", exempt=())
    result = simkit.simulate(mended, entry_point="agent-error", trials=4 * TRIALS, seed=1)
    assert 0.93**2 in result.chance("environment-deleted")


def test_signers_who_see_what_they_sign_can_refuse_it() -> None:
    mended = approved_otherwise("safe-bybit", "signers", blind=False)
    seeing = simkit.simulate(mended, entry_point="laptop", trials=TRIALS, seed=1).chance("bybit-emptied")
    assert 0.93**3 in seeing
    assert outcome("safe-bybit", None, "laptop").chance("bybit-emptied").low > 0.98


def test_a_claim_that_is_given_out_once_tells_the_owner_from_whoever_has_the_name_next() -> None:
    given = scenario("subjugation")
    asked = (("repository_owner_id", "1001"), ("sub", "repo:acme/deploy:*"))
    trust = tuple(dataclasses.replace(edge, claims=asked) for edge in given.model.trust)
    mended = dataclasses.replace(given, model=dataclasses.replace(given.model, trust=trust))
    assert simkit.reach(given).chance("deployment-changed").estimate == 1.0
    assert simkit.reach(mended).chance("deployment-changed").estimate == 0.0
    assert simkit.simulate(mended, "task-scoped", trials=TRIALS, seed=1).utility.broken == ()


def test_the_memory_is_the_only_way_from_one_run_to_another() -> None:
    given = scenario("bedrock-memory")
    memory = given.model.resources["memory"]
    forgetful = dataclasses.replace(
        given.model,
        resources={**given.model.resources, memory.name: dataclasses.replace(memory, kind="data-store")},
    )
    result = simkit.simulate(dataclasses.replace(given, model=forgetful), trials=TRIALS, seed=1)
    assert result.chance("memory-poisoned").low > 0.4
    assert result.chance("conversation-sent").estimate == 0.0


def test_who_revokes_the_refresh_token_too_ends_what_a_new_password_does_not() -> None:
    given = scenario("device-code")
    everything = dataclasses.replace(given, response=dataclasses.replace(given.response, actions=()))
    result = simkit.simulate(everything, entry_point="used-after-the-reset", trials=TRIALS, seed=1)
    assert result.chance("mail-read").estimate < 0.1


def test_a_measured_lifetime_costs_what_the_documented_one_hides() -> None:
    measured = scenario("crossbeam")
    token = measured.model.credentials["salesforce-access-token"]
    believed = dataclasses.replace(token, effective_ttl=None)
    model = dataclasses.replace(measured.model, credentials={**measured.model.credentials, token.name: believed})
    documented = dataclasses.replace(measured, model=model)
    chances = [simkit.simulate(s, trials=TRIALS, seed=1).chance("accounts-read") for s in (documented, measured)]
    assert chances[0].high < 0.1
    assert chances[1].low > 0.5


def test_a_complete_rotation_would_have_stopped_the_attacker_who_waited() -> None:
    for name, goal in (("cloudflare-okta", "wiki-and-bugs-read"), ("trivy-teampcp", "scanner-poisoned")):
        given = scenario(name)
        complete = dataclasses.replace(given, response=dataclasses.replace(given.response, completeness=1.0))
        result = simkit.simulate(complete, entry_point=first_entry(name), trials=TRIALS, seed=1)
        assert result.chance(goal).estimate == 0.0


@pytest.mark.parametrize("name", [name for name in FILES if scenario(name).expect])
def test_each_figure_of_the_record_is_met(name: str) -> None:
    assert not simkit.check([scenario(name)], trials=TRIALS).failed


def test_a_backup_outside_the_volume_would_have_kept_the_bookings() -> None:
    given = scenario("pocketos-railway")
    resources = dict(given.model.resources)
    volume = resources["production-volume"]
    resources[volume.name] = dataclasses.replace(volume, contains=("recent-bookings", "older-bookings"))
    moved = dataclasses.replace(given, model=dataclasses.replace(given.model, resources=resources))
    result = simkit.simulate(moved, entry_point="agent-error", trials=TRIALS, seed=1)
    assert result.chance("production-volume-deleted").estimate == 1.0
    assert result.chance("recent-bookings-gone").estimate == 0.0


class TestStarter:
    def test_has_every_stage_of_the_life_of_an_ai_system(self) -> None:
        stages = {identity.stage for identity in scenario("starter").model.identities.values()}
        assert stages == {"training", "build", "deployment", "inference", "retirement"}

    def test_explains_each_of_its_sections(self) -> None:
        lines = STARTER.read_text(encoding="utf-8").splitlines()
        assert sum(line.lstrip().startswith("#") for line in lines) > 30

    def test_keeps_every_task_under_every_policy_that_it_compares(self) -> None:
        for policy in scenario("starter").compare:
            assert outcome("starter", policy, "poisoned-ticket").utility.broken == ()

    def test_governing_the_agents_alone_stops_the_ticket(self) -> None:
        before = outcome("starter", "rbac", "poisoned-ticket").value_lost()
        after = outcome("starter", "agents-only", "poisoned-ticket").value_lost()
        assert after.high < before.low / 2

    @pytest.mark.parametrize("entry_point", ["leaked-ci-secret", "leftover-credential"])
    def test_governing_the_agents_alone_leaves_the_pipeline_as_it_was(self, entry_point: str) -> None:
        hybrid, whole = (outcome("starter", policy, entry_point) for policy in ("agents-only", "task-scoped"))
        assert hybrid.chance("customers-leaked").low > 0.9
        assert whole.chance("customers-leaked").high < 0.1

    def test_remediation_by_hand_comes_weeks_after_the_loss(self) -> None:
        result = outcome("starter", "static-secrets", "leaked-ci-secret")
        assert result.time_to("customers-leaked").estimate < 600.0
        assert result.time_to_containment().estimate > 7 * DAY

    def test_no_policy_stops_words_from_misleading_a_model(self) -> None:
        for policy in scenario("starter").compare:
            result = outcome("starter", policy, "poisoned-ticket")
            assert result.chance("classifier-misled").low > 0.4
