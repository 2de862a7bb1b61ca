# %% [markdown]
# # 1 · First look
#
# A token leaks, or an agent reads a poisoned document. What does the attacker get, how fast, and under which grant
# design? This notebook loads one scenario, draws it, replays one attack, and compares grant policies.

# %%
import simkit
from simkit import plots

SCENARIO = "../scenarios/starter.yaml"
ENTRY_POINT = "leaked-ci-secret"
TRIALS = 1000

# %% [markdown]
# ## The world
#
# A scenario is one file: who acts, with which credentials, through which tools, on what, and how an attack starts.
# Names complete with TAB: try `scenario.credentials.`

# %%
scenario = simkit.load(SCENARIO)
scenario

# %% [markdown]
# Credentials authenticate identities, identities are entitled to tools, tools act on resources. The dashed lines matter
# most: a credential that *lies in* a resource, or in a runtime, is how one leak becomes the next.

# %%
plots.graph(scenario);

# %% [markdown]
# ## One attack, under the policy in force
#
# Each trial draws durations, chances, alerts and the response. The worst case ignores chance and time: no trial exceeds
# it.

# %%
result = simkit.simulate(scenario, entry_point=ENTRY_POINT, trials=TRIALS, seed=1)
print(result.summary)
result.table()

# %%
plots.over_time(result);

# %% [markdown]
# How did the attacker get there? The most frequent path, with the median moment of each step.

# %%
paths = list(result.paths())
if paths:
    plots.path(paths[0]);

# %% [markdown]
# ## The same attack under other grant policies
#
# Every policy meets the same fates, trial by trial, so that a difference is paired; one whose interval holds zero is
# called no difference.

# %%
comparison = simkit.compare(scenario, entry_point=ENTRY_POINT, trials=TRIALS, seed=1)
plots.comparison(comparison);

# %%
comparison.utility_table()

# %% [markdown]
# ## Change something
#
# - Set `ENTRY_POINT` to another of the scenario's attacks: `list(scenario.entry_points)`.
# - Set `SCENARIO` to your own file. `simkit notebook FILE` opens this notebook with it filled in.
# - Which credential is the worst to lose? `simkit.rank(scenario)`

# %%
simkit.rank(scenario).table()
