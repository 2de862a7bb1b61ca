# %% [markdown]
# # 1 · First look
#
# A token leaks, or an agent reads a poisoned document. What does the attacker get, how fast, and under which grant
# design? This notebook loads one scenario, draws it, replays one attack, and compares grant policies.

# %%
import simkit
from simkit import notebook, plots

SCENARIO = "../scenarios/starter.yaml"
CHANGES = {}  # what if: {"response.miss_rate": "0.3"}
ENTRY_POINT = "leaked-ci-secret"
TRIALS = 1000

# %% [markdown]
# ## The world
#
# A scenario is one file: who acts, with which credentials, through which tools, on what, and how an attack starts.
# Names complete with TAB: try `scenario.credentials.`

# %%
scenario = simkit.load(SCENARIO, changes=CHANGES)
scenario

# %% [markdown]
# From left to right: a credential authenticates an identity, an identity is entitled to tools, a tool acts on
# resources. The dashed lines matter most: a credential that *lies in* a resource, or in a runtime, is how one leak
# becomes the next. Click a box, or use the arrow keys, to see what it is linked to; `world.thing` is then that box in
# Python.

# %%
world = notebook.graph(scenario)
world

# %% [markdown]
# ## One attack, under the policy in force
#
# simkit replays the attack many times. Each replay, called a trial, draws anew what nobody knows beforehand: how long
# a step takes, whether it works, whether it raises an alert, how soon somebody answers. The *worst case* ignores chance
# and time: no trial exceeds it.

# %%
result = simkit.simulate(scenario, entry_point=ENTRY_POINT, trials=TRIALS, seed=1)
print(result.summary)
result.table()

# %% [markdown]
# How fast? The line is the mean loss so far, with the band of its 95 % interval; the pale band holds the middle 90 % of
# the trials. The dashed line is the median moment of containment: what is lost before it, no response brings back.

# %%
plots.over_time(result);

# %% [markdown]
# How did the attacker get there? The most frequent path, with the median moment of each step. It is marked in the graph
# above, too, where the boxes that the attack reached are now filled.

# %%
world.show(result)
for path in list(result.paths())[:1]:
    world.highlight(path)
    plots.path(path)

# %% [markdown]
# ## The same attack under other grant policies
#
# A grant policy is the rule that turns identities into sessions: for whom a token stands, what it may do, how long it
# lives. Every policy meets the same fates, trial by trial, so that a difference is paired; one whose interval holds zero
# is called no difference.

# %%
with notebook.progress("comparing"):
    comparison = simkit.compare(scenario, entry_point=ENTRY_POINT, trials=TRIALS, seed=1)
plots.comparison(comparison);

# %% [markdown]
# A policy that stops the attack may also stop the work, or cost tokens, checks and people's time. The price of each:

# %%
comparison.utility_table()

# %% [markdown]
# ## Change something
#
# - Set `ENTRY_POINT` to another of the scenario's attacks: `list(scenario.entry_points)`.
# - Set `SCENARIO` to your own file. `simkit notebook FILE` opens this notebook with it filled in.
# - Every table is a data frame, too: `result.trials_table().to_pandas()` has a row for each trial.
# - Which credential is the worst to lose? `simkit.rank(scenario)`

# %%
simkit.rank(scenario).table()
