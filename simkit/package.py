"""What simkit is called where pip finds it, and which version this is.

The distribution has a name of its own: what is called simkit on the Python package index is another project, a toolkit
for computer animation (https://pypi.org/project/simkit/). The module that is imported and the command are simkit.
"""

from __future__ import annotations

NAME = "blast-radius-simkit"
"""The name of the distribution, as in pyproject.toml."""
VERSION = "0.1.0"
"""The version; pyproject.toml reads it here."""


def pip_install(extra: str) -> str:
    """The command that installs simkit with one of the optional dependencies of pyproject.toml.

    >>> pip_install("dask")
    "pip install 'blast-radius-simkit[dask]'"
    """
    return f"pip install '{NAME}[{extra}]'"
