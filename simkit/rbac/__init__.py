"""Kubernetes RBAC, evaluated: who may send which request to the API server, by which binding and which role.

As the API server decides it (kubernetes.io/docs/reference/access-authn-authz/rbac): rules only add up, and nothing
denies. Only the authorizer RBAC is here: not nodes, not webhooks, not admission.
"""

from simkit.rbac.api_request import ApiRequest
from simkit.rbac.built_in_roles import BUILT_IN_ROLES
from simkit.rbac.cluster_rights import ClusterRights, RbacBinding, RbacGrant, Subject
from simkit.rbac.coverage import covers
from simkit.rbac.rbac_rule import RbacRule

__all__ = [
    "BUILT_IN_ROLES",
    "ApiRequest",
    "ClusterRights",
    "RbacBinding",
    "RbacGrant",
    "RbacRule",
    "Subject",
    "covers",
]
