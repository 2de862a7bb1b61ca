# %% [markdown]
# # 2 · An incident replayed
#
# August 2025: the OAuth tokens of an AI chat agent opened the Salesforce of more than 700 companies (Salesloft Drift,
# UNC6395). The public record holds an experiment: the same stolen tokens were tried on three kinds of customers. One
# allowed the agent's own addresses only, one had stopped using the product but kept the token, one was typical.

# %%
import simkit
from simkit import plots

drift = simkit.load("../scenarios/incidents/salesloft-drift.yaml")
ENTRY_POINT = "drift-aws"
print(drift.description)

# %%
plots.graph(drift);

# %% [markdown]
# ## What was reached, and what the record says
#
# Under the policy in force at the time: plain roles, with tokens that never expire. The file says which goals the
# attacker reached by the public record; the replay is not told. A goal counts as replayed if more than half of the trials
# reach it.

# %%
result = simkit.simulate(drift, entry_point=ENTRY_POINT, trials=1000, seed=1)
reached = [goal for goal in drift.goals if result.chance(goal).estimate > 0.5]
simkit.Table(
    ("goal", "in the record", "replayed"),
    [
        (
            goal,
            "reached" if goal in drift.incident.reached else "no word of it",
            "reached" if goal in reached else "not",
        )
        for goal in drift.goals
    ],
)

# %% [markdown]
# The customer with the address list was spared in the replay too, although the attacker held its token. The warehouse
# is one hop further than the record goes: it says that keys were sought in the case texts, not what they opened.

# %%
(way, *_) = result.paths("customer-warehouse-exported")
plots.path(way);

# %% [markdown]
# ## The same attack under each grant design
#
# First what each design loses, then which goals fall under it: a dark cell is a goal that nearly every trial reaches.

# %%
comparison = simkit.compare(drift, entry_point=ENTRY_POINT, trials=1000, seed=1)
plots.comparison(comparison);

# %%
plots.goals_heatmap(comparison);

# %% [markdown]
# `contacts-only` changes one thing: the integration may touch contacts, which is what its work needs, and nothing else.
# Its tokens still never expire. Most of the loss goes, and no task breaks:

# %%
comparison.utility_table()

# %% [markdown]
# Two warnings. Zero loss is almost always better than the truth: the scenario leaves something out. And a mean hides its
# tail, so look at the whole distribution: for each value, the share of the trials that lose more than that.

# %%
plots.exceedance(comparison);

# %% [markdown]
# ## Change something
#
# - Start one hop earlier, or at the last hop alone: `ENTRY_POINT = "github-foothold"` or `"token-of-one-customer"`.
# - Take another incident: `tj-actions`, `tanstack`, `codecov`, `circleci`, ... in `scenarios/incidents`.
# - Every number that no source gives is named as an assumption. Which would you change?

# %%
simkit.Table(("about", "assumed, because"), [(a.about, a.why) for a in drift.assumptions])
