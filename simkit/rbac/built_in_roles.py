"""The ClusterRoles that people bind and no manifest has: cluster-admin, admin, edit and view.

Source: kubernetes.io/docs/reference/access-authn-authz/rbac, "User-facing roles", and the bootstrap policy of
kubernetes/kubernetes (`plugin/pkg/auth/authorizer/rbac/bootstrappolicy`), as of version 1.31. What other roles
aggregate into them is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping

from simkit.rbac.rbac_rule import RbacRule

_LOOK = ("get", "list", "watch")
_CHANGE = ("create", "delete", "deletecollection", "patch", "update")
_PLAIN = (
    "configmaps",
    "events",
    "persistentvolumeclaims",
    "replicationcontrollers",
    "replicationcontrollers/scale",
    "serviceaccounts",
    "services",
)
_APPS = (
    "daemonsets",
    "deployments",
    "deployments/scale",
    "replicasets",
    "replicasets/scale",
    "statefulsets",
    "statefulsets/scale",
)
_WORK = (
    RbacRule(_CHANGE, ("apps",), (*_APPS, "deployments/rollback")),
    RbacRule(_CHANGE, ("batch",), ("cronjobs", "jobs")),
    RbacRule(_CHANGE, ("autoscaling",), ("horizontalpodautoscalers",)),
    RbacRule(_CHANGE, ("policy",), ("poddisruptionbudgets",)),
    RbacRule(_CHANGE, ("networking.k8s.io",), ("ingresses", "networkpolicies")),
)
_VIEW = (
    RbacRule(_LOOK, ("",), (*_PLAIN, "pods", "pods/log", "pods/status", "endpoints", "limitranges", "namespaces")),
    RbacRule(_LOOK, ("",), ("resourcequotas", "services/status", "bindings")),
    RbacRule(_LOOK, ("apps",), (*_APPS, "controllerrevisions")),
    RbacRule(_LOOK, ("batch",), ("cronjobs", "jobs")),
    RbacRule(_LOOK, ("autoscaling",), ("horizontalpodautoscalers",)),
    RbacRule(_LOOK, ("policy",), ("poddisruptionbudgets",)),
    RbacRule(_LOOK, ("networking.k8s.io",), ("ingresses", "networkpolicies")),
)
_INSIDE = ("pods/attach", "pods/exec", "pods/portforward", "pods/proxy")
_EDIT = (
    RbacRule(_LOOK, ("",), (*_INSIDE, "secrets", "services/proxy")),
    RbacRule(("impersonate",), ("",), ("serviceaccounts",)),
    RbacRule(_CHANGE, ("",), ("pods", *_INSIDE)),
    RbacRule(("create",), ("",), ("pods/eviction", "serviceaccounts/token")),
    RbacRule(_CHANGE, ("",), (*_PLAIN, "secrets", "services/proxy")),
    *_WORK,
)
_ADMIN = (
    RbacRule(("create",), ("authorization.k8s.io",), ("localsubjectaccessreviews",)),
    RbacRule((*_CHANGE, *_LOOK), ("rbac.authorization.k8s.io",), ("rolebindings", "roles")),
)
BUILT_IN_ROLES: Mapping[str, tuple[RbacRule, ...]] = {
    "cluster-admin": (RbacRule(("*",), ("*",), ("*",)), RbacRule(("*",), paths=("*",))),
    "admin": (*_ADMIN, *_EDIT, *_VIEW),
    "edit": (*_EDIT, *_VIEW),
    "view": _VIEW,
}
