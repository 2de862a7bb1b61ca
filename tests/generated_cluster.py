"""A cluster of any size, made up: service accounts of many namespaces, each bound to the same role."""

from __future__ import annotations

SPACES = 200
ACCOUNT = """\
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: app{number}, namespace: team{space}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: app{number}, namespace: team{space}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}}
subjects: [{{kind: ServiceAccount, name: app{number}, namespace: team{space}}}]
"""


def generated_cluster(accounts: int) -> str:
    """The manifests of so many service accounts."""
    return "".join(ACCOUNT.format(number=each, space=each % SPACES) for each in range(accounts))
