"""The measures that evidence is made of, by name: each reads one thing off a Bench."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from simkit.controls.bench import Bench, Measured
from simkit.model import IDENTITY_EFFECTS
from simkit.policies.sessions import lifetime
from simkit.table import duration, format_number, percent

Measure = Callable[[Bench], Measured]
LONG = 90 * 86400.0
"""Seconds after which a secret counts as long-lived: the common rotation period (our choice)."""


def _dial(dial: str, to: str, weaker: str) -> Measure:
    def measure(bench: Bench) -> Measured:
        return bench.turned(dial, to, weaker)

    return measure


def _through(kind: str, noun: str) -> Measure:
    """What is lost through entry points of one kind."""

    def measure(bench: Bench) -> Measured:
        entries = bench.entries(kind)
        if not entries:
            return Measured.nothing(f"no entry point is a {noun}")
        loss = bench.loss(entries)
        text = f"through {noun} ({len(entries)} entry point{'s' * (len(entries) > 1)}): mean {bench.name} "
        return Measured(text + bench.said(loss), {"entry_points": entries, "loss": loss.to_dict()})

    return measure


def poison(bench: Bench) -> Measured:
    """What poisoned content gets, and what judging the context of each use saves."""
    found = _through("poison", "poisoned input")(bench)
    if not found.found:
        return found
    checks = bench.turned("context", "checks", "none", bench.entries("poison"))
    return Measured(f"{found.text}; {checks.text}", {**found.numbers, "context": dict(checks.numbers)})


def least_privilege(bench: Bench) -> Measured:
    """Granted against needed, and what cutting sessions to the task saves."""
    privilege = bench.privilege
    scope = bench.turned("scope", "task", "role")
    unneeded, writes = privilege.unneeded(), privilege.unneeded(writes=True)
    text = f"{len(unneeded)} of {len(privilege.known())} grants unneeded ({len(writes)} writes; evidence: "
    text += f"{privilege.window.confidence}); {scope.text}"
    numbers = {"unneeded": len(unneeded), "granted": len(privilege.known()), "scope": dict(scope.numbers)}
    return Measured(text, numbers)


def inventory(bench: Bench) -> Measured:
    """What the scenario lists."""
    model = bench.model
    unmanaged = sum(not credential.managed for credential in model.credentials.values())
    agents = len(bench.identities("agent", "model"))
    text = f"{len(model.identities)} identities (agents or models: {agents}), {len(model.credentials)} credentials, "
    text += f"{unmanaged} of them outside every grant policy"
    numbers = {"identities": len(model.identities), "agents": agents, "credentials": len(model.credentials)}
    return Measured(text, {**numbers, "unmanaged": unmanaged})


def credentials(bench: Bench) -> Measured:
    """The inventory, and what a secret for each task saves."""
    counted, identity = inventory(bench), bench.turned("identity", "task", "workload")
    return Measured(f"{counted.text}; {identity.text}", {**counted.numbers, "identity": dict(identity.numbers)})


def reuse(bench: Bench) -> Measured:
    """How many credentials every tool accepts, and what shared secrets cost."""
    given = bench.model.credentials
    if not given:
        return Measured.nothing("the scenario has no credential")
    anywhere = sum(not credential.audience for credential in given.values())
    identity = bench.turned("identity", "task", "workload")
    text = f"{anywhere} of {len(given)} credentials are accepted by every tool; {identity.text}"
    return Measured(text, {"without_audience": anywhere, "credentials": len(given), "identity": dict(identity.numbers)})


def long_lived(bench: Bench) -> Measured:
    """How long secrets live, and what an end with the task saves."""
    lives = [lifetime(credential) for credential in bench.model.credentials.values()]
    if not lives:
        return Measured.nothing("the scenario has no credential")
    endless, long = sum(map(math.isinf, lives)), sum(life > LONG for life in lives)
    expiry = bench.turned("expiry", "completion", "ttl")
    text = f"{long} of {len(lives)} credentials live longer than {duration(LONG)} ({endless} of them for ever); "
    numbers = {"long_lived": long, "endless": endless, "credentials": len(lives), "expiry": dict(expiry.numbers)}
    return Measured(text + expiry.text, numbers)


def at_rest(bench: Bench) -> Measured:
    """Secrets that lie where others can read them, and what a leak gets."""
    model = bench.model
    stored = {held for resource in model.resources.values() for held in resource.holds}
    running = {held for identity in model.identities.values() for held in identity.runtime_holds}
    leak = _through("leak", "leaked credential")(bench)
    if not (stored or running or leak.found):
        return Measured.nothing("no credential lies anywhere, and no leak was replayed")
    text = f"{len(stored)} credentials lie in resources, {len(running)} in the runtimes of others; {leak.text}"
    return Measured(text, {"in_resources": len(stored), "in_runtimes": len(running), **leak.numbers})


def third_party(bench: Bench) -> Measured:
    """Fixed secrets that no grant policy governs."""
    fixed = [name for name, credential in bench.model.credentials.items() if not credential.managed]
    if not fixed:
        return Measured.nothing("every credential is governed by the grant policy: none is a third party's")
    loss = bench.loss()
    text = f"{len(fixed)} fixed secrets of third parties keep their roles and lifetimes under every policy; "
    text += f"mean {bench.name} in force {bench.said(loss)}"
    return Measured(text, {"unmanaged": fixed, "loss": loss.to_dict()})


def environments(bench: Bench) -> Measured:
    """Trust edges that cross from one environment into another."""
    of = {name: identity.environment for name, identity in bench.model.identities.items()}
    if len(set(of.values())) < 2:
        return Measured.nothing("every identity is in one environment: nothing can be crossed")
    crossing = [edge.name for edge in bench.model.trust if of[edge.source] != of[edge.target]]
    text = f"{len(crossing)} of {len(bench.model.trust)} trust edges cross from one environment into another"
    checks = bench.turned("context", "checks", "none")
    return Measured(f"{text}; {checks.text}", {"crossing": crossing, "context": dict(checks.numbers)})


def retired(bench: Bench) -> Measured:
    """Identities that are retired and can still act."""
    names = [name for name, identity in bench.model.identities.items() if identity.stage == "retirement"]
    if not names:
        return Measured.nothing("no identity is in the stage of retirement")
    alive = sorted({c.name for c in bench.model.credentials.values() if c.identity in names})
    granted = sum(grant.identity in names for grant in bench.privilege.grants)
    text = f"retired: {', '.join(names)}; credentials still out: {len(alive)}; grants still given: {granted}"
    return Measured(text, {"retired": names, "credentials": alive, "grants": granted})


def containment(bench: Bench) -> Measured:
    """How often and how fast attacks are contained, in force and with an automatic response."""
    (chance, time), (other, sooner) = bench.base.containment(), bench.ladder.at("response", "automatic").containment()
    if not (chance.estimate or other.estimate):
        return Measured.nothing("no attack was contained under any response: nothing in the scenario raises an alert")
    text = f"contained in force: {_contained(chance, time)}"
    numbers: dict[str, object] = {"in_force": chance.to_dict(), "automatic": other.to_dict()}
    if not bench.ladder.stands("response", "automatic"):
        saved = bench.turned("response", "automatic", "manual")
        text += f"; with an automatic response: {_contained(other, sooner)}; {saved.text}"
        numbers |= dict(saved.numbers)
    return Measured(text, numbers)


def _contained(chance, time) -> str:  # type: ignore[no-untyped-def]
    shown = f"{percent(chance.estimate)} [{percent(chance.low)}, {percent(chance.high)}]"
    return f"{shown}, median after {duration(time.estimate)}" if time.trials else shown


def eradication(bench: Bench) -> Measured:
    """What the credentials cost that a response forgets."""
    if not bench.base.containment()[0].estimate:
        return Measured.nothing("no attack was contained, so nothing was revoked")
    saved, share = bench.revoked_completely(), bench.scenario.response.completeness
    text = f"{percent(share)} of credentials are revoked, the others forgotten; if none were: "
    text += "no difference" if 0.0 in saved else f"saved {bench.said(saved)} of {bench.name}"
    return Measured(text, {"completeness": share, "saved": saved.to_dict()})


def monitoring(bench: Bench) -> Measured:
    """What each response, and the logging that comes with it, contains."""
    if not bench.scenario.response.detection:
        return Measured.nothing("the scenario has no detection")
    rungs = {setting: bench.ladder.at("response", setting).containment()[0] for setting in _LOGS}
    shown = ", ".join(f"{at} ({_LOGS[at]}) {percent(found.estimate)}" for at, found in rungs.items())
    text = f"share of attacks contained before the horizon, by response (and what is logged): {shown}"
    return Measured(text, {setting: found.to_dict() for setting, found in rungs.items()})


_LOGS = {"manual": "nothing", "rotation": "identity events", "automatic": "every decision"}


def oversight(bench: Bench) -> Measured:
    """What approvals save, and what they ask of people."""
    found = bench.turned("context", "approval", "checks")
    cost = bench.ladder.at("context", "approval").utility
    if not cost.approvals_a_day:
        return Measured(f"{found.text}; no declared task would wait for a person", found.numbers, found.found)
    text = f"{found.text}; {format_number(cost.approvals_a_day)} approvals and "
    text += f"{format_number(cost.waiting_minutes_a_day)} minutes of waiting a day, "
    text += f"{percent(bench.scenario.response.rubber_stamp)} waved through"
    numbers = {"approvals_a_day": cost.approvals_a_day, "minutes_a_day": cost.waiting_minutes_a_day}
    return Measured(text, {**found.numbers, **numbers})


def delegation(bench: Bench) -> Measured:
    """What attenuated delegation saves."""
    model = bench.model
    takes = any(operation.effect in IDENTITY_EFFECTS for _, _, operation in model.operations())
    if not (model.trust or takes):
        return Measured.nothing("no identity can become or invoke another")
    found = bench.turned("delegation", "attenuated", "full")
    return Measured(f"{len(model.trust)} trust edges; {found.text}", {"trust": len(model.trust), **found.numbers})


def cascade(bench: Bench) -> Measured:
    """How many identities an attack reaches."""
    reached, count = bench.mean_of(bench.base.identities), len(bench.model.identities)
    text = f"an attack reaches {format_number(reached.estimate)} [{format_number(reached.low)}, "
    text += f"{format_number(reached.high)}] of {count} identities on average"
    return Measured(text, {"identities_reached": reached.to_dict(), "identities": count})


def code(bench: Bench) -> Measured:
    """How often the attacker's code runs."""
    if not any(operation.effect == "execute" for _, _, operation in bench.model.operations()):
        return Measured.nothing("no operation runs code")
    share = bench.mean_of(bench.base.code)
    text = f"the attacker's code runs in some runtime in {percent(share.estimate)} of samples"
    return Measured(text, {"chance": share.to_dict()})


def supply_chain(bench: Bench) -> Measured:
    """What the compromise of a pipeline gets."""
    model, points = bench.model, bench.scenario.entry_points
    entries = [e for e in bench.entries("compromise") if model.identities[points[e].target].kind == "pipeline"]
    if not entries:
        return Measured.nothing("no compromise of a pipeline was replayed")
    loss = bench.loss(entries)
    text = f"through a compromised pipeline ({', '.join(entries)}): mean {bench.name} {bench.said(loss)}"
    return Measured(text, {"entry_points": entries, "loss": loss.to_dict()})


def magnitude(bench: Bench) -> Measured:
    """Likelihood and magnitude."""
    loss, base = bench.loss(), bench.base
    pairs = len(base.values) * len(bench.scenario.goals)
    text = f"mean {bench.name} {bench.said(loss)}"
    text += f", worst case {format_number(base.worst)}" if base.valued else ""
    text += f"; {len(base.pairs)} of {pairs} (entry point, goal) pairs can succeed" if pairs else ""
    text += f"; {len(bench.scenario.sources)} public sources, {len(bench.scenario.assumptions)} assumptions"
    return Measured(text, {"loss": loss.to_dict(), "worst_case": base.worst, "pairs": len(base.pairs), "of": pairs})


def priorities(bench: Bench) -> Measured:
    """The settings that save most, alone."""
    found = {key: bench.ladder.saved(*key) for key in bench.ladder.rungs}
    told = sorted((key for key in found if found[key].low > 0), key=lambda key: (-found[key].estimate, key))
    if not told:
        return Measured("no dial, turned alone, makes a difference", {"order": []})
    shown = ", ".join(f"{dial} {setting} ({bench.said(found[dial, setting])})" for dial, setting in told[:3])
    return Measured(f"saved by single dials, the most first: {shown}", {"order": [list(key) for key in told]})


def metrics(bench: Bench) -> Measured:
    """What the measures are."""
    text = f"mean {bench.name} with 95 % interval, chance of each goal, time to loss and containment, tasks broken "
    text += f"({len(bench.base.utility.broken)} of {bench.base.utility.tasks} in force)"
    return Measured(text, {"broken": len(bench.base.utility.broken), "tasks": bench.base.utility.tasks})


MEASURES: Mapping[str, Measure] = {
    "scope": _dial("scope", "task", "role"),
    "arguments": _dial("scope", "task+arguments", "task"),
    "checks": _dial("context", "checks", "none"),
    "binding": _dial("binding", "sender-constrained", "bearer"),
    "mistake": _through("mistake", "mistake of an agent"),
    "poison": poison,
    "least privilege": least_privilege,
    "inventory": inventory,
    "credentials": credentials,
    "reuse": reuse,
    "long-lived": long_lived,
    "at rest": at_rest,
    "third party": third_party,
    "environments": environments,
    "retired": retired,
    "containment": containment,
    "eradication": eradication,
    "monitoring": monitoring,
    "oversight": oversight,
    "delegation": delegation,
    "cascade": cascade,
    "code": code,
    "supply chain": supply_chain,
    "magnitude": magnitude,
    "priorities": priorities,
    "metrics": metrics,
}
"""Every measure by name."""
