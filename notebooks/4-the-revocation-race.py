# %% [markdown]
# # 4 · The revocation race
#
# An attack that uses a token takes minutes. A response takes hours to weeks. Three clocks decide how it ends: how long
# a token lives, how soon somebody notices, and how long it then takes until the secret is dead. Where does shortening
# one of them pay, and where does it stop paying?

# %%
from dataclasses import replace

import simkit
from simkit import plots
from simkit.distributions import Fixed

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
TRIALS = 1000

world = simkit.load("../scenarios/incidents/tanstack.yaml")
ENTRY_POINT = "fork-pull-request"
print(world.description)

# %%
def loss(scenario, policy):
    """The mean value lost, with its interval."""
    return simkit.simulate(scenario, policy, entry_point=ENTRY_POINT, trials=TRIALS, seed=1).value_lost()

# %% [markdown]
# ## How long a token lives
#
# Roles as they are; only the lifetime of tokens changes. Then the same for tokens that one task alone may use.

# %%
LIFETIMES = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY]
BY_SCOPE = {"roles": "rbac", "task scopes": "task-scoped"}
curves = {
    name: [
        (ttl, loss(world, replace(simkit.policy(base), name=f"{base} {ttl:g}", expiry="ttl", ttl=ttl)))
        for ttl in LIFETIMES
    ]
    for name, base in BY_SCOPE.items()
}
plots.race(curves, axis="token lifetime");

# %% [markdown]
# A flat line is an answer too: this attacker waits inside the runtime and takes each fresh token as it is issued, so
# that a shorter life buys nothing. What the token may do decides.
#
# A key that leaks *outside* is another race: somebody must find it before it expires.

# %%
starter = simkit.load("../scenarios/starter.yaml")


def leaked(base, ttl):
    policy = replace(simkit.policy(base), name=f"{base} {ttl:g}", expiry="ttl", ttl=ttl)
    return simkit.simulate(starter, policy, entry_point="leaked-ci-secret", trials=TRIALS, seed=1).value_lost()


curves = {name: [(ttl, leaked(base, ttl)) for ttl in LIFETIMES] for name, base in BY_SCOPE.items()}
plots.race(curves, axis="lifetime of a leaked key");

# %% [markdown]
# The bend is where the life of a token meets the time that an attacker needs, here about the 80 seconds in which a
# published key is found (see the sources in the scenario). Beyond an hour a shorter life hardly pays.
#
# ## How soon somebody notices
#
# Say that every event which a policy logs raises an alert in half of the cases, always after the same delay. Only that
# delay changes. A policy that logs nothing gives nobody anything to notice.

# %%
DELAYS = [1.0, MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY]


def noticing(delay, chance=0.5):
    detection = {"any": simkit.Detection(chance, Fixed(delay))}
    return replace(world, response=replace(world.response, detection=detection))


curves = {
    policy: [(delay, loss(noticing(delay), policy)) for delay in DELAYS]
    for policy in ("rbac", "trusted-publishing", "task-scoped")
}
plots.race(curves, axis="detection delay");

# %% [markdown]
# ## How long remediation takes
#
# A secret that is known to be out lives until somebody has replaced it. 27 days is the mean that 1,000 IT decision
# makers reported (GitGuardian and CyberArk, 2024); 94 days the median for secrets found in GitHub repositories (Verizon
# DBIR, 2025). Responders end only what they know of: where nothing is logged, what they notice leads to nothing else.

# %%
LAGS = [minutes * MINUTE for minutes in (1, 3, 5, 7, 10, 15)] + [HOUR, 6 * HOUR, DAY, 7 * DAY, 27 * DAY, 94 * DAY]


def remediated(lag, delay):
    noticed = {"any": simkit.Detection(1.0, Fixed(delay))}
    response = replace(
        world.response, detection=noticed, delay=Fixed(lag), remediation_lag=Fixed(lag), rotation_period=1000 * DAY
    )
    return replace(world, response=response, horizon=120 * DAY)


LOGGED = replace(simkit.policy("rbac"), name="rbac, logged", response="automatic")
curves = {
    f"noticed after {words}": [(lag, loss(remediated(lag, delay), policy)) for lag in LAGS]
    for words, delay, policy in (
        ("1 min", MINUTE, LOGGED),
        ("1 h", HOUR, LOGGED),
        ("1 min, nothing logged", MINUTE, "rbac"),
    )
}
plots.race(curves, axis="remediation lag");

# %% [markdown]
# Below the attack's own pace every second counts; above it, a day and a quarter of a year are the same. Published lags
# lie far to the right of the bend. And without logs no lag is short enough: the alert tells of the workflow that ran
# a stranger's code, and nothing leads from there to the release job. The bend is where it is because of this
# attacker's pace:

# %%
result = simkit.simulate(world, "rbac", entry_point=ENTRY_POINT, trials=TRIALS, seed=1)
plots.over_time(result);

# %% [markdown]
# ## Change something
#
# - Another incident has another pace: load `salesloft-drift` (entry point `drift-aws`) or `circleci` (`laptop`).
# - How much does the alert itself have to be relied on? Here its chance changes, and it comes after a minute.

# %%
simkit.Table(
    ("an alert in", "mean value lost"),
    [
        (f"{100 * chance:.0f} % of the events", loss(noticing(MINUTE, chance), "trusted-publishing").estimate)
        for chance in (0.1, 0.5, 0.9)
    ],
)
