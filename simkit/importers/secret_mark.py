"""A secret, named without being told."""

from __future__ import annotations

from hashlib import blake2b

BYTES = 4
"""Enough to see that two files hold the same secret, and too little to search for it among all there are."""


def secret_mark(secret: str) -> str:
    """What stands for `secret` in output: the same for the same secret, and nothing of it.

    >>> secret_mark("hunter2")
    'secret-312b830b'
    """
    return f"secret-{blake2b(secret.encode('utf-8', 'surrogatepass'), digest_size=BYTES).hexdigest()}"
