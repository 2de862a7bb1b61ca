"""Claims: what a credential or a run says of itself, and what a trust edge asks for."""

from __future__ import annotations

from fnmatch import fnmatchcase

Claims = tuple[tuple[str, str], ...]
"""Names with values, each name once, in order."""


def meets(carried: Claims, wanted: Claims) -> bool:
    """True if `carried` has every claim that is `wanted`, with a value that fits the glob there.

    >>> meets((("aud", "aws"), ("ref", "refs/heads/main")), (("ref", "refs/heads/*"),))
    True
    >>> meets((("aud", "aws"),), (("ref", "*"),))
    False
    """
    given = dict(carried)
    return all(name in given and fnmatchcase(given[name], glob) for name, glob in wanted)


def joined(one: Claims, other: Claims) -> Claims:
    """Both; what both name is as `other` says."""
    return tuple(sorted({**dict(one), **dict(other)}.items()))
