"""Manifests become who runs where, with whose token, and what each token opens: the traps, by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import ClassVar

import pytest
from importer_contract import ImporterContract, written

from simkit import Scenario, reach
from simkit.importers import Imported, import_files, part_changes
from simkit.importers.kubernetes.kubernetes import KUBERNETES

SAMPLE = """\
apiVersion: v1
kind: Namespace
metadata: {name: web, labels: {pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: operator
  namespace: ops
  annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::1:role/backup"}
---
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: web}
stringData: {password: hunter2-canary}
data: {key: Y2FuYXJ5LWluLWJhc2U2NA==}
---
apiVersion: v1
kind: Secret
metadata: {name: old-token, namespace: ops, annotations: {kubernetes.io/service-account.name: operator}}
type: kubernetes.io/service-account-token
data: {token: ZXlKaGJHY2lPaUpTVXpJMU5pSjkuY2FuYXJ5}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: manager, labels: {to: gathered}}
rules:
- {apiGroups: [""], resources: [secrets], verbs: [get, list]}
- {apiGroups: [""], resources: [pods/exec], verbs: [create]}
- {apiGroups: [example.com], resources: [shops], verbs: [approve]}
- {apiGroups: ["*"], resources: ["*/scale"], verbs: ["*"]}
- {nonResourceURLs: [/metrics], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: gathered}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: gathered}}]}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: makes-roles, namespace: web}
rules:
- {apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]}
- {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]}
- {apiGroups: ["*"], resources: ["*"], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: operator}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: manager}
subjects: [{kind: ServiceAccount, name: operator, namespace: ops}, {kind: User, name: anna}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: roles, namespace: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: makes-roles}
subjects: [{kind: ServiceAccount, name: shop}, {kind: Group, name: "system:serviceaccounts:ops"}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: lost, namespace: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: gone}
subjects: [{kind: Group, name: people}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator, namespace: ops}
spec:
  template:
    spec:
      serviceAccountName: operator
      containers: [{name: main, securityContext: {privileged: yes}}]
---
apiVersion: v1
kind: Pod
metadata: {name: shop, namespace: web}
spec:
  automountServiceAccountToken: false
  containers:
  - name: main
    env:
    - {name: TOKEN, value: canary-in-the-environment}
    - {name: DB, valueFrom: {secretKeyRef: {name: db, key: password}}}
    volumeMounts: [{name: zone, mountPath: /zone, readOnly: true}]
  volumes: [{name: zone, hostPath: {path: /usr/share/zoneinfo}}]
"""


class TestKubernetes(ImporterContract):
    importer = KUBERNETES
    sample: ClassVar[Mapping[str, str]] = {
        "deploy/all.yaml": SAMPLE,
        "more.json": '{"apiVersion": "v1", "kind": "List", "items": '
        '[{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "extra", "namespace": "web"}}]}',
    }
    secrets = ("hunter2-canary", "Y2FuYXJ5LWlu", "ZXlKaGJHY2lPaUpTVXpJM", "canary-in-the-environment")


def role(rules: str, *, namespace: str = "", name: str = "r") -> str:
    """A role with `rules`, bound to the account `app` in web, as YAML."""
    kind = "Role" if namespace else "ClusterRole"
    place = f", namespace: {namespace}" if namespace else ""
    return dedent(f"""
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: {kind}
        metadata: {{name: {name}{place}}}
        rules: {rules}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: {kind}Binding
        metadata: {{name: {name}{place}}}
        roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {name}}}
        subjects: [{{kind: ServiceAccount, name: app, namespace: web}}]
        """)


def pod(name: str, namespace: str, account: str, more: str = "") -> str:
    return dedent(f"""
        ---
        apiVersion: v1
        kind: Pod
        metadata: {{name: {name}, namespace: {namespace}}}
        spec: {{serviceAccountName: {account}, containers: [{{name: main{more}}}]}}
        """)


def secret(name: str, namespace: str) -> str:
    return f"\n---\napiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: {namespace}}}\n"


TWO_TENANTS = pod("app", "web", "app") + pod("other", "db", "keeper") + secret("key", "db") + secret("own", "web")


def made(tmp_path: Path, text: str) -> Imported:
    (found,) = import_files([written(tmp_path, {"all.yaml": text.lstrip().removeprefix("---\n")})])
    return found


def world(tmp_path: Path, text: str) -> Scenario:
    return made(tmp_path, text).scenario()


def gets(scenario: Scenario, goal: str, entry: str = "pod:web/app is taken over") -> bool:
    """True if `goal` can be reached at all from `entry`."""
    rows = reach(scenario, entry_point=entry, trials=1).rows
    return next(row.worst_case for row in rows if (row.kind, row.name) == ("goal", goal))


def test_a_token_opens_what_its_account_may(tmp_path: Path) -> None:
    given = role('[{apiGroups: [""], resources: [secrets], verbs: [get]}]')
    assert gets(world(tmp_path, TWO_TENANTS + given), "a secret of db out")


def test_a_role_in_a_namespace_opens_that_one_only(tmp_path: Path) -> None:
    given = role('[{apiGroups: [""], resources: [secrets], verbs: [get]}]', namespace="web")
    scenario = world(tmp_path, TWO_TENANTS + given)
    assert gets(scenario, "a secret of web out")
    assert not gets(scenario, "a secret of db out")


OUT, OWN, HOST = "a secret of db out", "a secret of web out", "a host taken"
CORE = 'apiGroups: [""]'
RBAC = "apiGroups: [rbac.authorization.k8s.io]"


@pytest.mark.parametrize(
    ("rules", "opens"),
    [
        (f"[{{{CORE}, resources: [secrets], verbs: [list]}}]", True),
        (f"[{{{CORE}, resources: [secrets], resourceNames: [key], verbs: [get]}}]", True),
        (f"[{{{CORE}, resources: [secrets], resourceNames: [other], verbs: [get]}}]", False),
        (f"[{{{CORE}, resources: [secrets/status], verbs: [get]}}]", False),
        (f"[{{{CORE}, resources: [secrets], verbs: [create, update]}}]", False),
        ("[{apiGroups: [example.com], resources: [secrets], verbs: [get]}]", False),
        (f"[{{{CORE}, resources: [pods], verbs: [get, list]}}]", False),
        (f"[{{{CORE}, resources: [pods/exec], verbs: [create]}}]", True),
        (f"[{{{CORE}, resources: [pods/exec], verbs: [get]}}]", True),
        (f"[{{{CORE}, resources: ['*/exec'], verbs: [create]}}]", True),
        (f"[{{{CORE}, resources: ['pods/*'], verbs: [create]}}]", False),
        (f"[{{{CORE}, resources: [pods/exec], resourceNames: [other], verbs: [create]}}]", True),
        (f"[{{{CORE}, resources: [pods/exec], resourceNames: [nobody], verbs: [create]}}]", False),
        (f"[{{{CORE}, resources: [pods/ephemeralcontainers], verbs: [patch]}}]", True),
        (f"[{{{CORE}, resources: [pods], verbs: [create]}}]", True),
        (f"[{{{CORE}, resources: [pods], resourceNames: [other], verbs: [create]}}]", False),
        (f"[{{{CORE}, resources: [pods], verbs: [patch]}}]", True),
        ("[{apiGroups: [apps], resources: [deployments], verbs: [patch]}]", True),
        ("[{apiGroups: [apps], resources: [deployments], resourceNames: [any], verbs: [patch]}]", True),
        ("[{apiGroups: [batch], resources: [cronjobs], verbs: [create]}]", True),
        ("[{apiGroups: [argoproj.io], resources: [workflows], verbs: [create]}]", True),
        ("[{apiGroups: [argoproj.io], resources: [workflows], verbs: [get, delete]}]", False),
        ("[{apiGroups: [argoproj.io], resources: [appprojects], verbs: [create]}]", False),
        ("[{apiGroups: [argoproj.io], resources: ['*'], verbs: [update]}]", True),
        ("[{apiGroups: ['*'], resources: [pipelineruns], verbs: ['*']}]", True),
        ("[{apiGroups: [serving.knative.dev], resources: [services], verbs: [patch]}]", True),
        (f"[{{{CORE}, resources: [services], verbs: [create]}}]", False),
        ("[{apiGroups: [monitoring.coreos.com], resources: [servicemonitors], verbs: [create]}]", False),
        ("[{apiGroups: [apps], resources: [deployments], verbs: [get, delete]}]", False),
        (f"[{{{CORE}, resources: [serviceaccounts/token], verbs: [create]}}]", True),
        (f"[{{{CORE}, resources: [serviceaccounts], verbs: [impersonate]}}]", True),
        (f"[{{{CORE}, resources: [serviceaccounts], resourceNames: [keeper], verbs: [impersonate]}}]", True),
        (f"[{{{CORE}, resources: [serviceaccounts], resourceNames: [app], verbs: [impersonate]}}]", False),
        (f"[{{{CORE}, resources: [groups], verbs: [impersonate]}}]", False),
        (f"[{{{CORE}, resources: [nodes/proxy], verbs: [get]}}]", True),
        (f"[{{{CORE}, resources: [nodes/proxy], resourceNames: [node-1], verbs: [get]}}]", True),
        (f"[{{{RBAC}, resources: [clusterroles], verbs: [bind]}}]", False),
        (f"[{{{RBAC}, resources: [clusterrolebindings], verbs: [create]}}]", False),
        (f"[{{{RBAC}, resources: [clusterroles], verbs: [escalate, patch]}}]", True),
        (f"[{{{RBAC}, resources: [clusterroles], verbs: [escalate]}}]", False),
        ("[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]", True),
        ("[{apiGroups: ['*'], resources: ['*'], verbs: [watch]}]", True),
        ("[{apiGroups: [example.com], resources: ['*'], verbs: ['*']}]", False),
        ("[{nonResourceURLs: ['*'], verbs: ['*']}]", False),
    ],
)
def test_what_a_rule_opens_in_the_whole_cluster(tmp_path: Path, rules: str, opens: bool) -> None:
    """The keeper of db may read the secrets there, so who becomes it, or runs where it runs, reads them too."""
    keeper = role(f"[{{{CORE}, resources: [secrets], verbs: [get]}}]", namespace="db", name="keeps")
    keeper = keeper.replace("name: app, namespace: web", "name: keeper, namespace: db")
    assert gets(world(tmp_path, TWO_TENANTS + keeper + role(rules)), OUT) is opens


@pytest.mark.parametrize(
    "rules",
    [
        f"[{{{CORE}, resources: [users], verbs: [impersonate]}}]",
        f"[{{{CORE}, resources: [nodes/proxy], verbs: [get]}}]",
        "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]",
    ],
)
def test_no_rule_in_a_namespace_opens_another_one(tmp_path: Path, rules: str) -> None:
    fenced = enforced("baseline")
    scenario = world(tmp_path, TWO_TENANTS + fenced + role(rules, namespace="web"))
    assert not gets(scenario, OUT)
    assert not gets(scenario, HOST)


@pytest.mark.parametrize(("level", "escapes"), [("privileged", True), ("baseline", False), ("restricted", False)])
def test_who_makes_pods_makes_a_privileged_one_where_nothing_forbids_it(
    tmp_path: Path, level: str, escapes: bool
) -> None:
    label = enforced(level)
    given = role(f"[{{{CORE}, resources: [pods], verbs: [create]}}]", namespace="web")
    found = made(tmp_path, TWO_TENANTS + label + given)
    assert ("create-pods:host" in str(_given(found))) is escapes
    assert gets(found.scenario(), HOST) is escapes


def enforced(level: str) -> str:
    labels = f"{{pod-security.kubernetes.io/enforce: {level}}}"
    return f"---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: web, labels: {labels}}}\n"


def _given(found: Imported) -> list[str]:
    return [each["operation"] for said in found.sections["roles"].values() for each in said["entitlements"]]


def test_binding_and_bind_together_take_everything_where_they_hold(tmp_path: Path) -> None:
    makes = f"{{{RBAC}, resources: [rolebindings], verbs: [create]}}"
    rules = f"[{makes}, {{{RBAC}, resources: [clusterroles], verbs: [bind]}}]"
    assert gets(world(tmp_path / "all", TWO_TENANTS + role(rules)), OUT)
    inside = world(tmp_path / "web", TWO_TENANTS + role(rules, namespace="web"))
    assert gets(inside, OWN)
    assert "rbac" in inside.model.tools


@pytest.mark.parametrize(
    ("more", "escapes"),
    [
        ("", False),
        (", securityContext: {privileged: true}", True),
        (", securityContext: {privileged: yes}", True),
        (", securityContext: {capabilities: {add: [SYS_ADMIN]}}", True),
        (", securityContext: {capabilities: {add: [NET_BIND_SERVICE]}}", False),
    ],
)
def test_a_container_reaches_its_host(tmp_path: Path, more: str, escapes: bool) -> None:
    assert gets(world(tmp_path, pod("app", "web", "app", more) + pod("other", "db", "keeper")), HOST) is escapes


def test_from_a_host_all_its_pods_are_reached(tmp_path: Path) -> None:
    keeper = role(f"[{{{CORE}, resources: [secrets], verbs: [get]}}]", namespace="db").replace(
        "name: app, namespace: web", "name: keeper, namespace: db"
    )
    world_ = pod("app", "web", "app", ", securityContext: {privileged: true}") + pod("other", "db", "keeper")
    assert gets(world(tmp_path, world_ + secret("key", "db") + keeper), OUT)


def test_a_pod_without_a_token_holds_none_and_one_that_mounts_a_secret_reads_it(tmp_path: Path) -> None:
    mounted = pod("app", "web", "app", ", envFrom: [{secretRef: {name: own}}]").replace(
        "serviceAccountName: app", "serviceAccountName: app, automountServiceAccountToken: false"
    )
    given = role(f"[{{{CORE}, resources: [secrets], verbs: [get]}}]")
    scenario = world(tmp_path, mounted + secret("key", "db") + given)
    assert scenario.model.identities["pod:web/app"].runtime_holds == ()
    assert gets(scenario, OWN)
    assert not gets(scenario, OUT)


def test_a_token_that_lies_in_a_secret_lives_for_ever_and_leads_on(tmp_path: Path) -> None:
    scenario = made(tmp_path, SAMPLE).scenario()
    token = scenario.model.credentials["token in ops/old-token"]
    assert (token.identity, token.ttl) == ("sa:ops/operator", None)
    assert scenario.model.resources["ops/secrets/old-token"].holds == ("token in ops/old-token",)


def test_a_mounted_token_is_written_for_an_hour_and_taken_for_a_year(tmp_path: Path) -> None:
    token = world(tmp_path, TWO_TENANTS).model.credentials["token of sa:web/app"]
    assert (token.ttl, token.effective_ttl) == (3600.0, 365 * 86400.0)


def test_a_service_account_becomes_its_role_in_the_cloud(tmp_path: Path) -> None:
    edges = [edge.name for edge in made(tmp_path, SAMPLE).scenario().model.trust]
    assert edges == ["sa:ops/operator -federate-> cloud:arn:aws:iam::1:role/backup"]


def test_aggregated_roles_have_the_rules_of_those_that_they_gather(tmp_path: Path) -> None:
    gathers = "rules: []\naggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}"
    given = role("[]", name="whole").replace("rules: []", gathers)
    part = "---\napiVersion: v1\nkind: ClusterRole\nmetadata: {name: part, labels: {a: b}}\n"
    part += f"rules: [{{{CORE}, resources: [secrets], verbs: [get]}}]\n"
    assert gets(world(tmp_path, TWO_TENANTS + given + part), OUT)


def test_a_binding_to_a_role_that_no_file_has_is_listed(tmp_path: Path) -> None:
    found = made(tmp_path, SAMPLE)
    assert [(each.origin.line, each.what) for each in found.untranslated if "no file" in each.why] == [
        (60, "web/gone, bound by lost")
    ]
    assert not found.complete


def test_a_verb_that_nobody_knows_is_kept_without_an_effect(tmp_path: Path) -> None:
    operation = made(tmp_path, SAMPLE).scenario().model.operation("kube.approve-shops.example.com")
    assert operation.effect == "none"


def test_a_custom_object_is_none_of_the_built_in_kind_of_its_name(tmp_path: Path) -> None:
    """Such as a role of AWS that a controller in the cluster makes, beside a role of the cluster."""
    other = "---\napiVersion: iam.services.k8s.aws/v1alpha1\nkind: Role\nmetadata: {name: app, namespace: web}\n"
    given = role(f"[{{{CORE}, resources: [secrets], verbs: [get]}}]", namespace="web")
    found = made(tmp_path, TWO_TENANTS + given + other)
    assert gets(found.scenario(), OWN)
    assert not [each for each in found.untranslated if "stands again" in each.why]


@pytest.mark.parametrize(
    ("kind", "group", "spec"),
    [
        ("Prometheus", "monitoring.coreos.com/v1", "{serviceAccountName: keeper}"),
        ("CronWorkflow", "argoproj.io/v1alpha1", "{workflowSpec: {serviceAccountName: keeper}}"),
        ("Service", "serving.knative.dev/v1", "{template: {spec: {serviceAccountName: keeper}}}"),
        ("PipelineRun", "tekton.dev/v1", "{taskRunTemplate: {serviceAccountName: keeper}}"),
    ],
)
def test_pods_that_an_operator_makes_hold_the_token_of_the_account_that_is_named(
    tmp_path: Path, kind: str, group: str, spec: str
) -> None:
    text = f"---\napiVersion: {group}\nkind: {kind}\nmetadata: {{name: own, namespace: db}}\nspec: {spec}\n"
    found = made(tmp_path, TWO_TENANTS + text)
    pod = found.sections["identities"][f"pod:db/{kind.lower()}.{group.partition('/')[0]}/own"]
    assert pod["runtime_holds"] == ["token of sa:db/keeper"]


def test_an_object_that_stands_twice_counts_as_it_stands_last(tmp_path: Path) -> None:
    opens = role(f"[{{{CORE}, resources: [secrets], verbs: [get]}}]")
    found = made(tmp_path, TWO_TENANTS + opens + role("[]"))
    assert not gets(found.scenario(), OUT)
    assert [each.what for each in found.untranslated] == ["ClusterRole r"], "its binding says the same again"
    services = "\n".join(f"---\n{{apiVersion: v1, kind: Service, metadata: {{name: s}}, spec: {n}}}" for n in range(2))
    assert made(tmp_path, TWO_TENANTS + services).complete == made(tmp_path, TWO_TENANTS).complete


def test_templates_in_a_folder_are_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    template = "apiVersion: v1\nkind: Pod\nmetadata:\n  {{- labels }}\n"
    name = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {{ .Name }}\n"
    written(tmp_path, {"a.yaml": template, "b.yaml": TWO_TENANTS.lstrip(), "c.yaml": name})
    (found,) = import_files([tmp_path])
    assert [(each.origin.line, "helm template" in each.why) for each in found.untranslated] == [(4, True), (4, True)]
    assert "pod:web/app" in found.sections["identities"]


def test_each_right_knows_the_line_of_its_rule(tmp_path: Path) -> None:
    (found,) = import_files([written(tmp_path, {"cluster.yaml": SAMPLE})])
    placed = {name: place.line for name, place in found.origins.items() if len(name) == 3}
    lines = {name[2]: line for name, line in placed.items() if name[1] == "clusterrole manager"}
    at = {text: number for number, text in enumerate(SAMPLE.splitlines(), 1)}
    assert lines["kube.list-secrets"] == at['- {apiGroups: [""], resources: [secrets], verbs: [get, list]}']
    assert lines["kube.create-pods/exec"] == at['- {apiGroups: [""], resources: [pods/exec], verbs: [create]}']
    gathered = [line for name, line in placed.items() if name[1] == "clusterrole gathered"]
    assert set(gathered) <= set(at.values()), "what an aggregated role gives stands in the roles that it gathers"


def test_the_check_names_the_line_of_a_rule_that_a_role_has_got(tmp_path: Path) -> None:
    before = SAMPLE.replace(", verbs: [get, list]}", ", verbs: [get]}")
    cluster = tmp_path / "cluster.yaml"
    texts = []
    for text in (before, SAMPLE):
        cluster.write_text(text, "utf-8")
        texts.append(import_files([cluster])[0].text(str(tmp_path)))
    changes = [str(each) for each in part_changes(*texts)]
    line = SAMPLE[: SAMPLE.index("[get, list]")].count("\n") + 1
    told = f"appeared: roles: clusterrole manager: entitlement kube.list-secrets (cluster.yaml:{line}:3)"
    assert told in changes


def test_a_group_that_looks_like_a_glob_is_a_name(tmp_path: Path) -> None:
    text = SAMPLE.replace("apiGroups: [example.com]", 'apiGroups: ["[x]?*"]')
    (found,) = import_files([written(tmp_path, {"cluster.yaml": text})])
    assert "approve-shops.anyx]anyany" in found.scenario().model.tools["kube"].operations
