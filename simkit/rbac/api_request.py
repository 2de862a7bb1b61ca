"""What is asked of the API server, as far as RBAC looks at it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A verb on a resource, or on a path that is no resource.

    `resource` has its subresource behind a slash (`pods/exec`). `namespace` is empty for what lies in none, and for a
    list over all. `name` is empty where a request names no object: create, list, watch, deletecollection.
    """

    verb: str
    resource: str = ""
    group: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""
