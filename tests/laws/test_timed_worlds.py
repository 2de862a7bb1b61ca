"""Small worlds whose answer has a closed form: 100,000 samples are within 3 standard errors of it.

Each formula is worked out in its docstring from what the words of the file mean, not from what simkit computes.
U is how much of its life a leaked token has left: its age is uniform over its life L, so U is uniform over (0, L).
exp(m) is an exponential wait with the mean m. Times are in hours.
"""

from __future__ import annotations

from math import exp, sqrt
from typing import Any

import pytest
from tiny_worlds import world

from simkit.policies import GrantPolicy
from simkit.scenario import Scenario
from simkit.simulation import simulate

SAMPLES = 100_000
SEED = 20261129
BY_ROLE: dict[str, Any] = {"expiry": "ttl"}
BY_TASK: dict[str, Any] = {"identity": "task", "scope": "task", "expiry": "completion"}


def after(mean: float) -> str:
    """A wait without memory, as a file writes it."""
    return f"{{exponential: {{mean: {mean}h}}}}"


def theft(work: str, token: str = "ttl: never", *, delay: str = "0s", tool: str = "", response: str = "") -> Scenario:
    """A token of `bot` leaks, and one operation with it, which takes `work`, is the loss."""
    return world(f"""
        identities: {{bot: {{entitlements: [{{operation: store.put}}]}}}}
        resources: {{ledger: {{value: {{integrity: 1}}}}}}
        tools: {{store: {{{tool} operations: {{put: {{effect: write, targets: [ledger], duration: {work}}}}}}}}}
        credentials: {{token: {{identity: bot, {token}}}}}
        entry_points: {{start: {{leak: token, delay: {delay}}}}}
        goals: {{changed: {{lost: ["ledger: integrity"]}}}}
        response: {{{response}}}
        """)


def agrees(scenario: Scenario, chance: float, goal: str = "changed", **dials: Any) -> None:
    """The share of the samples that reach `goal` is within 3 standard errors of `chance`."""
    found = simulate(scenario, GrantPolicy("timed", **dials), entry_point="start", trials=SAMPLES, seed=SEED)
    error = sqrt(chance * (1 - chance) / SAMPLES)
    assert 0 < chance < 1
    assert abs(found.chance(goal).estimate - chance) <= 3 * error


# ---- waits against lifetimes


@pytest.mark.slow
def test_work_of_a_varying_length_against_what_is_left_of_a_token() -> None:
    """The work W ~ exp(m) is done if W < U: the mean of 1 - e^(-u/m) over u in (0, L) is 1 - (m/L) (1 - e^(-L/m))."""
    life, mean = 10.0, 4.0
    chance = 1 - mean / life * (1 - exp(-life / mean))
    agrees(theft(after(mean), f"ttl: {life}h"), chance, **BY_ROLE)


@pytest.mark.slow
def test_the_wait_for_a_run_against_the_time_until_the_page_is_cleaned() -> None:
    """A page is noticed at once and cleaned after C ~ exp(c); the next run comes after R ~ exp(r), and reads it if
    R < C. Of two waits without memory the first is the run with (1/r) / (1/r + 1/c) = c / (c + r)."""
    run, clean = 3.0, 5.0
    scenario = world(f"""
        identities: {{bot: {{kind: agent, susceptibility: 1, entitlements: [{{operation: store.put}}]}}}}
        resources: {{page: {{}}, ledger: {{value: {{integrity: 1}}}}}}
        tools: {{store: {{operations: {{put: {{effect: write, targets: [ledger], duration: 1s}}}}}}}}
        tasks: {{look: {{identity: bot, needs: [store.put], reads: [page], rate: {24 / run}/d, duration: 1h}}}}
        entry_points: {{start: {{poison: page}}}}
        goals: {{changed: {{lost: ["ledger: integrity"]}}}}
        response:
          detection: {{poison: {{chance: 1}}}}
          completeness: 1
          actions: [{{clean-content: {{delay: {after(clean)}}}}}]
        """)
    agrees(scenario, clean / (clean + run), **BY_ROLE)


@pytest.mark.slow
def test_a_role_session_lives_its_ttl_after_the_last_moment_at_which_it_could_be_opened() -> None:
    """The token is good until U, so that the last session is opened then and lives T more; it was first opened after
    1 s. Work of w is done if 1 s + w < U + T: (L - (w + 1 s - T)) / L."""
    life, ttl, work, hop = 10.0, 2.0, 5.0, 1 / 3600
    scenario = world(f"""
        identities: {{ann: {{}}, role: {{entitlements: [{{operation: store.put}}]}}}}
        resources: {{ledger: {{value: {{integrity: 1}}}}}}
        tools: {{store: {{operations: {{put: {{effect: write, targets: [ledger], duration: {work}h}}}}}}}}
        credentials: {{token: {{identity: ann, ttl: {life}h}}}}
        trust: [{{from: ann, to: role, kind: assume, ttl: {ttl}h}}]
        entry_points: {{start: {{leak: token}}}}
        goals: {{changed: {{lost: ["ledger: integrity"]}}}}
        """)
    agrees(scenario, (life - (work + hop - ttl)) / life, **BY_ROLE)


# ---- runs


def run(work: float, duration: str, start: str, *, page: str = "reads: [page]") -> Scenario:
    """A task that may write; its token leaks, or what it reads is poisoned."""
    return world(f"""
        identities: {{bot: {{kind: agent, susceptibility: 1, entitlements: [{{operation: store.put}}]}}}}
        resources: {{page: {{}}, ledger: {{value: {{integrity: 1}}}}}}
        tools: {{store: {{operations: {{put: {{effect: write, targets: [ledger], duration: {work}h}}}}}}}}
        credentials: {{token: {{identity: bot, ttl: never}}}}
        tasks: {{book: {{identity: bot, needs: [store.put], rate: 1/d, duration: {duration}, {page}}}}}
        entry_points: {{start: {start}}}
        goals: {{changed: {{lost: ["ledger: integrity"]}}}}
        """)


@pytest.mark.slow
def test_the_rest_of_an_exponential_run_has_no_memory() -> None:
    """A run that is met in proportion to its length x has the density x e^(-x/m) / m^2, and what is left of it that of
    the integral over x > y of e^(-x/m) / m^2, which is e^(-y/m) / m again: the work is done with e^(-w/m)."""
    work, mean = 1.0, 2.0
    agrees(run(work, after(mean), "{leak: token}"), exp(-work / mean), **BY_TASK)


@pytest.mark.slow
def test_the_rest_of_a_uniform_run_is_that_of_one_met_by_its_length() -> None:
    """Runs last a to b. What is left has the density P(X > y) / mean, with P(X > y) = (b - y) / (b - a) beyond a; for
    w > a the chance of more than w is (b - w)^2 / (2 (b - a)) / ((a + b) / 2) = (b - w)^2 / (b^2 - a^2)."""
    work, low, high = 2.0, 0.5, 6.0
    scenario = run(work, f"{{uniform: {{low: {low}h, high: {high}h}}}}", "{leak: token}")
    agrees(scenario, (high - work) ** 2 / (high**2 - low**2), **BY_TASK)


@pytest.mark.slow
def test_work_shorter_than_any_run_that_was_met_by_its_length() -> None:
    """As above for w < a, where the rest is shorter than w with w / mean: no run ends before a."""
    work, low, high = 1.0, 2.0, 6.0
    scenario = run(work, f"{{uniform: {{low: {low}h, high: {high}h}}}}", "{leak: token}")
    agrees(scenario, 1 - work / ((low + high) / 2), **BY_TASK)


@pytest.mark.slow
def test_one_steered_run_is_there_from_its_start_and_not_met_by_its_length() -> None:
    """A poisoned task is steered as its next run begins, so that the whole of a run is there, of a to b: the work is
    done with (b - w) / (b - a). What failed in one run fails in each: a step has one fate, its run one length."""
    work, low, high = 2.0, 0.5, 6.0
    scenario = run(work, f"{{uniform: {{low: {low}h, high: {high}h}}}}", "{poison: page}")
    agrees(scenario, (high - work) / (high - low), **BY_TASK)


# ---- rotations


@pytest.mark.slow
def test_one_rotation_ends_what_it_comes_before() -> None:
    """The next rotation is uniform over the period P from now: work of w is done with 1 - w / P."""
    period, work = 240.0, 96.0
    agrees(theft(f"{work}h", response=f"rotation_period: {period}h"), 1 - work / period, response="rotation")


@pytest.mark.slow
def test_two_keys_rotate_on_schedules_of_their_own() -> None:
    """The first key is good until x, uniform over (0, P). Read until then, the second lies open from v, if v < x, until
    its first rotation after x, at x + Y with Y uniform over (0, P). Work of w is done if v + w < x + Y:
    (1/P) integral from v to P of (1 - max(0, v + w - x) / P) dx = (P - v) / P - w^2 / (2 P^2), where w < P - v."""
    period, first, second = 240.0, 72.0, 96.0
    assert second < period - first
    scenario = world(f"""
        identities:
          one: {{entitlements: [{{operation: store.copy}}]}}
          two: {{entitlements: [{{operation: store.put}}]}}
        resources: {{source: {{holds: [second]}}, ledger: {{value: {{integrity: 1}}}}}}
        tools:
          store:
            operations:
              copy: {{effect: read, targets: [source], duration: {first}h}}
              put: {{effect: write, targets: [ledger], duration: {second}h}}
        credentials: {{first: {{identity: one}}, second: {{identity: two}}}}
        entry_points: {{start: {{leak: first}}}}
        goals: {{changed: {{lost: ["ledger: integrity"]}}}}
        response: {{rotation_period: {period}h}}
        """)
    agrees(scenario, (period - first) / period - second**2 / (2 * period**2), response="rotation")


# ---- renewals and idle tokens


@pytest.mark.slow
def test_a_renewable_ticket_lives_as_long_in_all_as_it_may_be_renewed() -> None:
    """A ticket of age A = L - U lives until R - A = U + R - L if it is used before U. The first use is at d and the
    work takes w: done if U > d and U > d + w - (R - L), so with 1 - max(d, d + w - (R - L)) / L."""
    life, renewable, first, work = 10.0, 24.0, 2.0, 18.0
    needed = max(first, first + work - (renewable - life))
    scenario = theft(f"{work}h", f"ttl: {life}h, ttl_kind: {{renewable: {renewable}h}}", delay=f"{first}h")
    agrees(scenario, 1 - needed / life, **BY_ROLE)


@pytest.mark.slow
def test_a_ticket_that_is_not_used_in_time_is_not_renewed() -> None:
    """As above with work so short that only the first use counts: 1 - d / L."""
    life, first = 10.0, 3.0
    scenario = theft("1h", f"ttl: {life}h, ttl_kind: {{renewable: 24h}}", delay=f"{first}h")
    agrees(scenario, 1 - first / life, **BY_ROLE)


@pytest.mark.slow
def test_an_idle_token_is_kept_alive_by_whoever_uses_it_in_time() -> None:
    """The first use, at D ~ exp(m), comes in time if D < U: 1 - (m/L) (1 - e^(-L/m)). Then the token lives on while it
    is used, and work of twenty lives is done."""
    life, mean = 10.0, 4.0
    scenario = theft(f"{20 * life}h", f"ttl: {life}h, ttl_kind: idle", delay=after(mean))
    agrees(scenario, 1 - mean / life * (1 - exp(-life / mean)), **BY_ROLE)


# ---- responses


def answered(actions: str, work: float, *, tool: str = "", complete: float = 1.0, lag: float = 1.0) -> Scenario:
    """The leak is noticed after an hour, and answered with `actions`."""
    response = (
        f"detection: {{leak: {{chance: 1, delay: 1h}}}}, completeness: {complete}, "
        f"remediation_lag: {after(lag)}, actions: [{actions}]"
    )
    return theft(f"{work}h", tool=tool, response=response)


def within(action: str, mean: float) -> str:
    return f"{{{action}: {{delay: {after(mean)}}}}}"


@pytest.mark.slow
def test_a_response_in_two_actions_is_as_fast_as_the_faster_of_them() -> None:
    """The account is disabled x ~ exp(a) and the secret revoked y ~ exp(b) after the alert; the session ends with
    either: work that goes on for t after the alert is done with e^(-t/a) e^(-t/b)."""
    disable, revoke, rest = 6.0, 9.0, 3.0
    scenario = answered(f"{within('disable', disable)}, {within('revoke-secret', revoke)}", 1 + rest)
    agrees(scenario, exp(-rest / disable - rest / revoke), **BY_ROLE)


@pytest.mark.slow
def test_a_session_that_outlives_the_revocation_for_a_while_still_ends_with_the_account() -> None:
    """The session goes on for s after its secret was revoked: it is there t after the alert if x > t and y + s > t:
    e^(-t/a) e^(-(t - s)/b)."""
    disable, revoke, rest, more = 6.0, 4.0, 3.0, 2.0
    scenario = answered(
        f"{within('disable', disable)}, {within('revoke-secret', revoke)}",
        1 + rest,
        tool=f"session: {{on_revoke: {{survives: {more}h}}, on_disable: ends}},",
    )
    agrees(scenario, exp(-rest / disable - (rest - more) / revoke), **BY_ROLE)


@pytest.mark.slow
def test_a_secret_that_a_revocation_misses_dies_a_remediation_lag_later() -> None:
    """With chance c it is revoked y ~ exp(b) after the alert, else at y + z, z ~ exp(l): the sum is longer than t with
    (b e^(-t/b) - l e^(-t/l)) / (b - l). The work is done with c e^(-t/b) and 1 - c times that."""
    complete, revoke, lag, rest = 0.6, 4.0, 9.0, 3.0
    missed = (revoke * exp(-rest / revoke) - lag * exp(-rest / lag)) / (revoke - lag)
    scenario = answered(within("revoke-secret", revoke), 1 + rest, complete=complete, lag=lag)
    agrees(scenario, complete * exp(-rest / revoke) + (1 - complete) * missed, **BY_ROLE)


@pytest.mark.slow
def test_an_open_session_outlives_the_secret_and_only_its_termination_ends_it() -> None:
    """The alert leads to the session, because to redeem a token is logged. The secret is revoked at once, which the
    session survives; sessions are terminated x ~ exp(a) after the alert, and nothing opens a new one: e^(-t/a)."""
    terminate, rest = 6.0, 3.0
    actions = f"{{revoke-secret: {{delay: 0s}}}}, {within('terminate-sessions', terminate)}"
    scenario = answered(actions, 1 + rest, tool="session: {on_revoke: survives},")
    agrees(scenario, exp(-rest / terminate), response="rotation")


@pytest.mark.slow
def test_what_nobody_links_to_the_alert_is_not_terminated() -> None:
    """As above where to redeem a token is not logged: the alert is about the secret, and of the session nobody knows.
    Only a revocation before the first use, d after the leak, leaves the attacker without one: the alert
    comes after an hour and the revocation y ~ exp(b) later, so that the work is done with e^(-(d - 1 h)/b)."""
    first, revoke, terminate = 3.0, 4.0, 6.0
    response = (
        "detection: {leak: {chance: 1, delay: 1h}}, completeness: 1, "
        f"actions: [{within('revoke-secret', revoke)}, {within('terminate-sessions', terminate)}]"
    )
    scenario = theft("5h", delay=f"{first}h", tool="session: {on_revoke: survives},", response=response)
    agrees(scenario, exp(-(first - 1) / revoke), **BY_ROLE)


# ---- tries


@pytest.mark.slow
def test_runs_that_work_come_at_the_rate_times_the_chance_until_the_page_is_cleaned() -> None:
    """Runs come at 1/r and work with p, so that the first that works comes after exp(r/p); the page is cleaned after
    C ~ exp(c), which is later with c / (c + r/p)."""
    run, chance, clean = 3.0, 0.2, 20.0
    scenario = world(f"""
        identities: {{bot: {{kind: agent, susceptibility: {chance}, entitlements: [{{operation: store.put}}]}}}}
        resources: {{page: {{}}, ledger: {{value: {{integrity: 1}}}}}}
        tools: {{store: {{operations: {{put: {{effect: write, targets: [ledger], duration: 1s}}}}}}}}
        tasks: {{look: {{identity: bot, needs: [store.put], reads: [page], rate: {24 / run}/d, duration: 1h}}}}
        entry_points: {{start: {{poison: page}}}}
        goals: {{changed: {{lost: ["ledger: integrity"]}}}}
        attacker: {{tries: each-time}}
        response:
          detection: {{poison: {{chance: 1}}}}
          completeness: 1
          actions: [{{clean-content: {{delay: {after(clean)}}}}}]
        """)
    agrees(scenario, clean / (clean + run / chance), **BY_ROLE)


@pytest.mark.slow
def test_a_refused_call_is_made_again_while_the_token_lives() -> None:
    """Tries at 0, a, 2a, ... work with 1/2 each; n of them begin while the token lives, which is uniform over (0, L):
    with L = 4a there are 1, 2, 3 or 4 with 1/4 each, and the mean of 1 - 2^-n is 1 - (1/2 + 1/4 + 1/8 + 1/16) / 4."""
    scenario = world("""
        identities: {bot: {entitlements: [{operation: store.put}]}}
        resources: {ledger: {value: {integrity: 1}}}
        tools: {store: {operations: {put: {effect: write, targets: [ledger], duration: 0s, chance: 0.5}}}}
        credentials: {token: {identity: bot, ttl: 40m}}
        entry_points: {start: {leak: token}}
        goals: {changed: {lost: ["ledger: integrity"]}}
        attacker: {tries: each-time, retry: 10m}
        """)
    agrees(scenario, 1 - (1 / 2 + 1 / 4 + 1 / 8 + 1 / 16) / 4, **BY_ROLE)
