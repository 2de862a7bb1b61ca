"""The measures that evidence is made of, by name: each reads one thing off a Posture."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from simkit.controls.posture import Assessment, Posture
from simkit.model import IDENTITY_EFFECTS, Model
from simkit.policies.sessions import lifetime
from simkit.table import duration, format_number, percent

Assessor = Callable[[Posture], Assessment]
LONG = 90 * 86400.0
"""Seconds after which a secret counts as long-lived: the common rotation period (our choice)."""


def _dial(dial: str, to: str, weaker: str) -> Assessor:
    def measure(posture: Posture) -> Assessment:
        return posture.turned(dial, to, weaker)

    return measure


def _through(kind: str, noun: str) -> Assessor:
    """What is lost through entry points of one kind."""

    def measure(posture: Posture) -> Assessment:
        entries = posture.entries(kind)
        if not entries:
            return Assessment.nothing(f"no entry point is a {noun}")
        loss = posture.loss(entries)
        text = f"through {noun} ({len(entries)} entry point{'s' * (len(entries) > 1)}): mean {posture.name} "
        return Assessment(text + posture.said(loss), {"entry_points": entries, "loss": loss.to_dict()})

    return measure


def poison(posture: Posture) -> Assessment:
    """What poisoned content gets, and what judging the context of each use saves."""
    found = _through("poison", "poisoned input")(posture)
    if not found.found:
        return found
    checks = posture.turned("context", "checks", "none", posture.entries("poison"))
    return Assessment(f"{found.text}; {checks.text}", {**found.numbers, "context": dict(checks.numbers)})


def least_privilege(posture: Posture) -> Assessment:
    """Granted against needed, and what cutting sessions to the task saves."""
    privilege = posture.privilege
    scope = posture.turned("scope", "task", "role")
    unneeded, writes = privilege.unneeded(), privilege.unneeded(writes=True)
    text = f"{len(unneeded)} of {len(privilege.known())} grants unneeded ({len(writes)} writes; evidence: "
    text += f"{privilege.window.confidence}); {scope.text}"
    numbers = {"unneeded": len(unneeded), "granted": len(privilege.known()), "scope": dict(scope.numbers)}
    return Assessment(text, numbers)


def inventory(posture: Posture) -> Assessment:
    """What the scenario lists."""
    model = posture.model
    unmanaged = sum(not credential.managed for credential in model.credentials.values())
    agents = len(posture.identities("agent", "model"))
    text = f"{len(model.identities)} identities (agents or models: {agents}), {len(model.credentials)} credentials, "
    text += f"{unmanaged} of them outside every grant policy"
    numbers = {"identities": len(model.identities), "agents": agents, "credentials": len(model.credentials)}
    return Assessment(text, {**numbers, "unmanaged": unmanaged})


def credentials(posture: Posture) -> Assessment:
    """The inventory, and what a secret for each task saves."""
    counted, identity = inventory(posture), posture.turned("identity", "task", "workload")
    return Assessment(f"{counted.text}; {identity.text}", {**counted.numbers, "identity": dict(identity.numbers)})


def reuse(posture: Posture) -> Assessment:
    """How many credentials every tool accepts, and what shared secrets cost."""
    given = posture.model.credentials
    if not given:
        return Assessment.nothing("the scenario has no credential")
    anywhere = sum(not credential.audience for credential in given.values())
    identity = posture.turned("identity", "task", "workload")
    text = f"{anywhere} of {len(given)} credentials are accepted by every tool; {identity.text}"
    return Assessment(
        text, {"without_audience": anywhere, "credentials": len(given), "identity": dict(identity.numbers)}
    )


def long_lived(posture: Posture) -> Assessment:
    """How long secrets live, and what an end with the task saves."""
    lives = [lifetime(credential) for credential in posture.model.credentials.values()]
    if not lives:
        return Assessment.nothing("the scenario has no credential")
    endless, long = sum(map(math.isinf, lives)), sum(life > LONG for life in lives)
    expiry = posture.turned("expiry", "completion", "ttl")
    text = f"{long} of {len(lives)} credentials live longer than {duration(LONG)} ({endless} of them for ever); "
    numbers = {"long_lived": long, "endless": endless, "credentials": len(lives), "expiry": dict(expiry.numbers)}
    return Assessment(text + expiry.text, numbers)


def at_rest(posture: Posture) -> Assessment:
    """Secrets that lie where others can read them, and what a leak gets."""
    model = posture.model
    stored = {held for resource in model.resources.values() for held in resource.holds}
    running = {held for identity in model.identities.values() for held in model.keys_in_runtime(identity.name)}
    leak = _through("leak", "leaked credential")(posture)
    if not (stored or running or leak.found):
        return Assessment.nothing("no credential lies anywhere, and no leak was replayed")
    text = f"{len(stored)} credentials lie in resources, {len(running)} in the runtimes of others; {leak.text}"
    return Assessment(text, {"in_resources": len(stored), "in_runtimes": len(running), **leak.numbers})


def third_party(posture: Posture) -> Assessment:
    """Fixed secrets that no grant policy governs."""
    fixed = [name for name, credential in posture.model.credentials.items() if not credential.managed]
    if not fixed:
        return Assessment.nothing("every credential is governed by the grant policy: none is a third party's")
    loss = posture.loss()
    text = f"{len(fixed)} fixed secrets of third parties keep their roles and lifetimes under every policy; "
    text += f"mean {posture.name} in force {posture.said(loss)}"
    return Assessment(text, {"unmanaged": fixed, "loss": loss.to_dict()})


def environments(posture: Posture) -> Assessment:
    """Trust edges that cross from one environment into another."""
    of = {name: identity.environment for name, identity in posture.model.identities.items()}
    if len(set(of.values())) < 2:
        return Assessment.nothing("every identity is in one environment: nothing can be crossed")
    crossing = [edge.name for edge in posture.model.trust if of[edge.source] != of[edge.target]]
    text = f"{len(crossing)} of {len(posture.model.trust)} trust edges cross from one environment into another"
    checks = posture.turned("context", "checks", "none")
    return Assessment(f"{text}; {checks.text}", {"crossing": crossing, "context": dict(checks.numbers)})


def retired(posture: Posture) -> Assessment:
    """Identities that are retired and can still act."""
    names = [name for name, identity in posture.model.identities.items() if identity.stage == "retirement"]
    if not names:
        return Assessment.nothing("no identity is in the stage of retirement")
    alive = sorted({c.name for c in posture.model.credentials.values() if c.identity in names})
    granted = sum(grant.identity in names for grant in posture.privilege.grants)
    text = f"retired: {', '.join(names)}; credentials still out: {len(alive)}; grants still given: {granted}"
    return Assessment(text, {"retired": names, "credentials": alive, "grants": granted})


def containment(posture: Posture) -> Assessment:
    """How often and how fast attacks are contained, in force and with an automatic response."""
    (chance, time), (other, sooner) = (
        posture.base.containment(),
        posture.ladder.at("response", "automatic").containment(),
    )
    if not (chance.estimate or other.estimate):
        return Assessment.nothing("no attack was contained under any response: nothing in the scenario raises an alert")
    text = f"contained in force: {_contained(chance, time)}"
    numbers: dict[str, object] = {"in_force": chance.to_dict(), "automatic": other.to_dict()}
    if not posture.ladder.stands("response", "automatic"):
        saved = posture.turned("response", "automatic", "manual")
        text += f"; with an automatic response: {_contained(other, sooner)}; {saved.text}"
        numbers |= dict(saved.numbers)
    return Assessment(text, numbers)


def _contained(chance, time) -> str:  # type: ignore[no-untyped-def]
    shown = f"{percent(chance.estimate)} [{percent(chance.low)}, {percent(chance.high)}]"
    return f"{shown}, median after {duration(time.estimate)}" if time.trials else shown


def eradication(posture: Posture) -> Assessment:
    """What the credentials cost that a response forgets."""
    if not posture.base.containment()[0].estimate:
        return Assessment.nothing("no attack was contained, so nothing was revoked")
    saved, share = posture.revoked_completely(), posture.scenario.response.completeness
    text = f"{percent(share)} of credentials are revoked, the others forgotten; if none were: "
    text += "no difference" if 0.0 in saved else f"saved {posture.said(saved)} of {posture.name}"
    return Assessment(text, {"completeness": share, "saved": saved.to_dict()})


def monitoring(posture: Posture) -> Assessment:
    """What each response, and the logging that comes with it, contains."""
    if not posture.scenario.response.detection:
        return Assessment.nothing("the scenario has no detection")
    rungs = {setting: posture.ladder.at("response", setting).containment()[0] for setting in _LOGS}
    shown = ", ".join(f"{at} ({_LOGS[at]}) {percent(found.estimate)}" for at, found in rungs.items())
    text = f"share of attacks contained before the horizon, by response (and what is logged): {shown}"
    return Assessment(text, {setting: found.to_dict() for setting, found in rungs.items()})


_LOGS = {"manual": "nothing", "rotation": "identity events", "automatic": "every decision"}


def oversight(posture: Posture) -> Assessment:
    """What approvals save, and what they ask of people."""
    found = posture.turned("context", "approval", "checks")
    cost = posture.ladder.at("context", "approval").utility
    if not cost.approvals_a_day:
        return Assessment(f"{found.text}; no declared task would wait for a person", found.numbers, found.found)
    text = f"{found.text}; {format_number(cost.approvals_a_day)} approvals and "
    text += f"{format_number(cost.waiting_minutes_a_day)} minutes of waiting a day, "
    text += f"{percent(posture.scenario.response.rubber_stamp)} waved through"
    numbers = {"approvals_a_day": cost.approvals_a_day, "minutes_a_day": cost.waiting_minutes_a_day}
    return Assessment(text, {**found.numbers, **numbers})


def delegation(posture: Posture) -> Assessment:
    """What attenuated delegation saves."""
    model = posture.model
    takes = any(operation.effect in IDENTITY_EFFECTS for _, _, operation in model.operations())
    if not (model.trust or takes):
        return Assessment.nothing("no identity can become or invoke another")
    found = posture.turned("delegation", "attenuated", "full")
    return Assessment(f"{len(model.trust)} trust edges; {found.text}", {"trust": len(model.trust), **found.numbers})


def cascade(posture: Posture) -> Assessment:
    """How many identities an attack reaches."""
    reached, count = posture.mean_of(posture.base.identities), len(posture.model.identities)
    text = f"an attack reaches {format_number(reached.estimate)} [{format_number(reached.low)}, "
    text += f"{format_number(reached.high)}] of {count} identities on average"
    return Assessment(text, {"identities_reached": reached.to_dict(), "identities": count})


def code(posture: Posture) -> Assessment:
    """How often the attacker's code runs."""
    if not any(operation.effect == "execute" for _, _, operation in posture.model.operations()):
        return Assessment.nothing("no operation runs code")
    share = posture.mean_of(posture.base.code)
    text = f"the attacker's code runs in some runtime in {percent(share.estimate)} of samples"
    return Assessment(text, {"chance": share.to_dict()})


def _kind(model: Model, identity: str) -> str:
    """The kind of `identity`; empty for what is none (a tool)."""
    return model.identities[identity].kind if identity in model.identities else ""


def supply_chain(posture: Posture) -> Assessment:
    """What the compromise of a pipeline gets."""
    model, points = posture.model, posture.scenario.entry_points
    entries = [e for e in posture.entries("compromise") if _kind(model, points[e].target) == "pipeline"]
    if not entries:
        return Assessment.nothing("no compromise of a pipeline was replayed")
    loss = posture.loss(entries)
    text = f"through a compromised pipeline ({', '.join(entries)}): mean {posture.name} {posture.said(loss)}"
    return Assessment(text, {"entry_points": entries, "loss": loss.to_dict()})


def magnitude(posture: Posture) -> Assessment:
    """Likelihood and magnitude."""
    loss, base = posture.loss(), posture.base
    pairs = len(base.lost) * len(posture.scenario.goals)
    text = f"mean {posture.name} {posture.said(loss)}"
    text += f", worst case {format_number(base.worst)}" if base.measure.is_value else ""
    text += (
        f"; {len(base.pairs)} of {pairs} goals are within reach (each counted for each entry point)" if pairs else ""
    )
    text += f"; {len(posture.scenario.sources)} public sources, {len(posture.scenario.assumptions)} assumptions"
    return Assessment(text, {"loss": loss.to_dict(), "worst_case": base.worst, "pairs": len(base.pairs), "of": pairs})


def priorities(posture: Posture) -> Assessment:
    """The settings that save most, alone."""
    found = {key: posture.ladder.saved(*key) for key in posture.ladder.rungs}
    told = sorted((key for key in found if found[key].low > 0), key=lambda key: (-found[key].estimate, key))
    if not told:
        return Assessment("no dial, turned alone, makes a difference", {"order": []})
    shown = ", ".join(f"{dial} {setting} ({posture.said(found[dial, setting])})" for dial, setting in told[:3])
    return Assessment(f"saved by single dials, the most first: {shown}", {"order": [list(key) for key in told]})


def metrics(posture: Posture) -> Assessment:
    """What the measures are."""
    text = f"mean {posture.name} with 95 % interval, chance of each goal, time to loss and containment, tasks broken "
    text += f"({len(posture.base.utility.broken)} of {posture.base.utility.tasks} in force)"
    return Assessment(text, {"broken": len(posture.base.utility.broken), "tasks": posture.base.utility.tasks})


ASSESSORS: Mapping[str, Assessor] = {
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
