# %% [markdown]
# # 4 · How sure are you?
#
# A comparison says that task scopes lose less than roles, with a narrow interval. The interval says how many trials
# were replayed. It does not say how good the inputs are, and most of those are guesses. Which answer holds whatever
# they are, and which one depends on a number that nobody has measured?

# %%
import simkit
from simkit import plots

SCENARIO = "../scenarios/starter.yaml"
ENTRY_POINT = "poisoned-ticket"
POLICIES = ["rbac", "task-scoped", "zero-standing"]
DRAWS = 256

world = simkit.load(SCENARIO)

# %% [markdown]
# ## What one comparison says

# %%
simkit.compare(world, POLICIES, entry_point=ENTRY_POINT).table()

# %% [markdown]
# ## The same question, in many draws
#
# A *draw* is one set of values for everything that is not known. The file gives ranges with their evidence; defaults
# that no file sets have ranges of their own. Each policy is compiled once, and replayed in each draw.

# %%
sure = simkit.sensitivity(world, POLICIES, entry_point=ENTRY_POINT, draws=DRAWS)
print(sure.summary)

# %%
sure.table()

# %% [markdown]
# Three numbers stand together, because each alone misleads: what is the cheapest most often may cost the most where it
# is not (*regret*), and a share may hang on the shape of one range.
#
# ## What moves the decision, and what turns it
#
# What drives a number is not what decides. A long bar moves the saving a lot; only a bar that crosses zero turns the
# decision, and the mark says at which value.

# %%
plots.tornado(sure, "rbac", "task-scoped");

# %%
plots.tornado(sure, "task-scoped", "zero-standing");

# %% [markdown]
# The input that is worth most to know, and how the answer hangs on it:

# %%
plots.turning(sure, "task-scoped", "zero-standing");

# %% [markdown]
# ## What a year may cost
#
# Attacks are events: at one in ten years, most years lose nothing. The inner band is what the trials leave open, the
# outer one what nobody knows. Bands that overlap do not say that the decision is open: both policies meet the same
# draws, and the title says in how many of them one loses less.

# %%
plots.annual_exceedance(sure, policies=("rbac", "task-scoped"));

# %% [markdown]
# ## What to do about it
#
# With prices, a change is ranked by what it saves above what it costs, and says in how many draws it pays.

# %%
simkit.recommend(world, entry_points=ENTRY_POINT, trials=300).table()

# %% [markdown]
# ## Change something
#
# - Give `misses` in the scenario another range, or another shape: does the decision hold?
# - Take another pair: `simkit.sensitivity(world, ["jit", "agents-only"], ...)`.
# - Hold the file to it: `expect: {better: {policy: task-scoped, cheaper_than: rbac, in_draws: 95%}}`, then
#   `simkit check`.
# - What if an input were known? `changes` pins it, or gives it another range, as `--set` does on the command line. Suppose
#   that somebody has measured how often a check misses:

# %%
for misses in ("0.02", "0.3"):
    known = simkit.load(SCENARIO, changes={"response.miss_rate": misses})
    (decision,) = simkit.sensitivity(known, POLICIES[1:], entry_point=ENTRY_POINT, draws=DRAWS).preferences
    print(f"misses {misses}: {decision.strong} is cheaper in {decision.cheaper.estimate:.0%} of draws")
