"""A cluster as a scenario: who runs where, with whose token, and what each token opens."""

from __future__ import annotations

from collections.abc import Sequence

from simkit.importers.draft import Draft
from simkit.importers.imported import TIME
from simkit.importers.importer import Importer
from simkit.importers.kubernetes.cluster import KubeCluster, cluster
from simkit.importers.kubernetes.objects import is_kubernetes, objects
from simkit.importers.kubernetes.powers import TO_HOST
from simkit.importers.kubernetes.role_parts import EVERY_SECRET, HOST, RoleParts, identity
from simkit.importers.kubernetes.widenings import widenings
from simkit.importers.source_file import SourceFile

TOKEN_TTL = "1h"
MEASURED_TTL = "1y"
"""A token that is mounted by default is written for an hour, and taken for a year: `service-account-extend-token-
expiration` of the API server is on by default (kubernetes.io, "Managing Service Accounts")."""


def translate(files: Sequence[SourceFile], draft: Draft) -> None:
    """Put what the manifests say into `draft`."""
    found = list(objects(files, draft))
    made = cluster(found, draft)
    parts = RoleParts(made, draft)
    for (namespace, name), origin in made.secrets.items():
        draft.origins.setdefault(("resources", parts.secret(namespace, name)), origin)
    _accounts(made, draft)
    _runtimes(made, parts, draft)
    _bound(made, parts, draft)
    for subject, operation in widenings(made, parts, draft):
        own = identity(subject)
        given = draft.sections["identities"][own].setdefault("entitlements", [])
        given.append({"operation": operation, "targets": [own]})
    _tokens(made, draft)
    _unseen_runtimes(made, draft)
    _goals(made, draft)


def _accounts(made: KubeCluster, draft: Draft) -> None:
    for subject in made.subjects:
        person = subject.kind != "ServiceAccount" and not subject.name.startswith("system:")
        kind = "human" if person else "service"
        origin = made.accounts.get((subject.namespace, subject.name)) if subject.kind == "ServiceAccount" else None
        draft.put("identities", identity(subject), {"kind": kind}, origin)
    for (namespace, name), clouds in made.clouds.items():
        for cloud in clouds:
            draft.put("identities", f"cloud:{cloud}", {"kind": "service"}, made.accounts[namespace, name])
            draft.trusts(f"sa:{namespace}/{name}", f"cloud:{cloud}", "federate", ttl="1h")
            draft.assume(
                f"the trust policy of {cloud}", "it accepts the service account", "its trust policy is in no manifest"
            )


def _runtimes(made: KubeCluster, parts: RoleParts, draft: Draft) -> None:
    """Pods as workloads: what code in them holds, mounts, and reaches outside of them."""
    for each in made.runtimes:
        said: dict[str, object] = {"kind": "workload"}
        token = f"token of sa:{each.namespace}/{each.account}"
        if each.has_token:
            credential = {"identity": f"sa:{each.namespace}/{each.account}", "kind": "service account token"}
            draft.put("credentials", token, credential | {"ttl": TOKEN_TTL, "effective_ttl": MEASURED_TTL}, each.origin)
            said["runtime_holds"] = [token]
        mounted = [parts.secret(each.namespace, name) for name in each.secrets if name]
        given = [{"operation": "mount.read", "targets": mounted}] if mounted else []
        if each.escapes:
            given.append({"operation": "host.escape", "targets": [HOST]})
            said["note"] = "reaches its host: " + ", ".join(each.escapes)
        if given:
            said["entitlements"] = given
        draft.put("identities", each.identity, said, each.origin)
        draft.put("entry_points", f"{each.identity} is taken over", {"compromise": each.identity}, each.origin)
    if made.runtimes:
        _host(made, parts, draft)


def _host(made: KubeCluster, parts: RoleParts, draft: Draft) -> None:
    """One host for all: which pod is scheduled where, no manifest says."""
    tokens = dict.fromkeys(f"token of sa:{each.namespace}/{each.account}" for each in made.runtimes if each.has_token)
    secrets = dict.fromkeys(parts.secret(e.namespace, name) for e in made.runtimes for name in e.secrets if name)
    said: dict[str, object] = {"kind": "workload", "runtime_holds": list(tokens)}
    if secrets:
        said["entitlements"] = [{"operation": "mount.read", "targets": list(secrets)}]
        draft.put("tools", "mount", {"operations": {"read": {"effect": "read"}}})
    draft.put("identities", HOST, said)
    draft.put("tools", "host", {"operations": {"escape": {"effect": "execute", "targets": [HOST]}}})
    draft.assume("the hosts of pods", "one host runs them all", "no manifest says where which is scheduled")
    draft.assume(
        "the life of service account tokens",
        f"{TOKEN_TTL}, taken for {MEASURED_TTL}",
        "the API server's defaults",
        TIME,
    )


def _bound(made: KubeCluster, parts: RoleParts, draft: Draft) -> None:
    """Give every subject the roles of its bindings."""
    for subject in made.subjects:
        names = [parts.role(each.role, each.namespace) for each in made.rights.bindings_of(subject)]
        roles = [name for name in dict.fromkeys(names) if name]
        if roles:
            draft.sections["identities"][identity(subject)]["roles"] = roles
            token = f"token of {identity(subject)}"
            if draft.has("credentials", token):
                # it is taken for a year, wherever it has got to
                draft.put("entry_points", f"{token} leaks", {"leak": token}, draft.origins["credentials", token])
        if subject.kind == "Group" and subject.name == "system:unauthenticated":
            draft.put("entry_points", "anybody asks", {"compromise": identity(subject)})
    for binding in made.rights.dangling:
        what = f"{'/'.join(part for part in binding.role if part)}, bound by {binding.name}"
        draft.leave(made.bindings[binding].origin, what, "the role is in no file: what it gives is not known")


def _tokens(made: KubeCluster, draft: Draft) -> None:
    """Tokens that lie in secrets, for ever."""
    for (namespace, name), account in made.tokens.items():
        owner = f"sa:{namespace}/{account}"
        credential, place = f"token in {namespace}/{name}", f"{namespace}/secrets/{name}"
        if not draft.has("identities", owner):
            draft.put("identities", owner, {"kind": "service"}, made.secrets[namespace, name])
        said = {"identity": owner, "kind": "service account token", "ttl": "never"}
        draft.put("credentials", credential, said, made.secrets[namespace, name])
        draft.sections["resources"][place].setdefault("holds", []).append(credential)
        draft.put("entry_points", f"{credential} leaks", {"leak": credential}, made.secrets[namespace, name])


def _unseen_runtimes(made: KubeCluster, draft: Draft) -> None:
    """Whoever has a role runs somewhere, also where no file says where."""
    seen = {f"sa:{each.namespace}/{each.account}" for each in made.runtimes}
    for subject in made.subjects:
        name = identity(subject)
        if name not in seen and (draft.sections["identities"][name].get("roles") or not made.runtimes):
            draft.put(
                "entry_points", f"{name} is taken over", {"compromise": name}, draft.origins.get(("identities", name))
            )


def _goals(made: KubeCluster, draft: Draft) -> None:
    """Proposed: any secret of each namespace that has some, all of them, and the host, out of a pod or by one."""
    secrets: dict[str, list[str]] = {}
    for namespace, name in made.secrets:
        secrets.setdefault(namespace, []).append(f"{namespace}/secrets/{name}: confidentiality")
    if draft.has("resources", EVERY_SECRET):
        # also where no file holds a secret: who may read all reads those that others put there
        draft.put("goals", "all secrets out", {"lost": [f"{EVERY_SECRET}: confidentiality"]})
    for namespace, lost in secrets.items():
        draft.put("goals", f"a secret of {namespace} out", {"any": lost})
    if made.runtimes:
        described = (f"kube.{name}" for name in draft.sections["tools"].get("kube", {}).get("operations", {}))
        ways = ["host.escape", *(name for name in described if name.endswith(TO_HOST))]
        draft.put("goals", "a host taken", {"any": [{"performed": [name]} for name in ways]})


def _suspects(file: SourceFile) -> bool:
    return "apiVersion" in file.text and "kind" in file.text and not file.path.endswith(".toml")


def _claims(file: SourceFile) -> bool:
    return any(is_kubernetes(document) for document in file.documents)


KUBERNETES = Importer(
    "kubernetes",
    "manifests, or what `kubectl get -o json` prints",
    _suspects,
    _claims,
    translate,
    (
        "who is in which group, and which users there are",
        "which pod is scheduled on which node",
        "what admission webhooks and policies of other systems refuse",
        "what network policies keep apart",
        "what the data in a secret opens: its keys are not read",
        "roles of the cloud that a service account becomes: import the account of the cloud, too",
        "objects that nobody wrote into these files, and those that controllers make",
    ),
)
