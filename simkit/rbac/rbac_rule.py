"""One rule of a Role or ClusterRole, and which requests it allows."""

from __future__ import annotations

from dataclasses import dataclass

from simkit.rbac.api_request import ApiRequest

ANY = "*"


@dataclass(frozen=True, slots=True)
class RbacRule:
    """Verbs on resources, or on paths that are no resources.

    `names` limit a rule to objects of these names; empty: to none. A request that names no object is outside every
    rule with names, so they do not limit `create`: they rule it out.
    """

    verbs: tuple[str, ...]
    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def allows(self, request: ApiRequest) -> bool:
        """True if this rule alone allows `request`, wherever it is sent.

        >>> exec_ = ApiRequest("create", "pods/exec", namespace="web", name="shop")
        >>> RbacRule(("create",), ("",), ("pods",)).allows(exec_)
        False
        >>> RbacRule(("create",), ("",), ("*/exec",)).allows(exec_)
        True
        """
        if not _named(request.verb, self.verbs):
            return False
        if request.path:
            return any(path_fits(request.path, path) for path in self.paths)
        return (
            _named(request.group, self.groups)
            and any(resource_fits(request.resource, resource) for resource in self.resources)
            and (not self.names or request.name in self.names)
        )


def resource_fits(asked: str, said: str) -> bool:
    """True if the resource `said` in a rule stands for the one that is `asked` for.

    `pods` is not `pods/exec`, `pods/*` is nothing in particular, and `*` is both.

    >>> [resource_fits("pods/exec", said) for said in ("pods", "pods/*", "*/exec", "*", "pods/exec")]
    [False, False, True, True, True]
    """
    if said in (ANY, asked):
        return True
    _, slash, below = asked.partition("/")
    return bool(slash) and said == f"*/{below}"


def path_fits(asked: str, said: str) -> bool:
    """True if the path `said` in a rule stands for the one that is `asked` for; a `*` at its end for what follows.

    >>> [path_fits("/metrics/cadvisor", said) for said in ("/metrics", "/metrics/*", "*", "/*/cadvisor")]
    [False, True, True, False]
    """
    return said == asked or (said.endswith(ANY) and asked.startswith(said[:-1]))


def _named(asked: str, said: tuple[str, ...]) -> bool:
    return ANY in said or asked in said
