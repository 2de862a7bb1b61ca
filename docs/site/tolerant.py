"""Leaves entries out of the site's navigation whose page does not exist: a part that is not there has no page."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def on_config(config: Any) -> Any:
    """The settings of mkdocs, with the pages that exist."""
    config["nav"] = list(_there(config["nav"], Path(config["docs_dir"])))
    return config


def _there(entries: list[Any], folder: Path) -> Any:
    for entry in entries:
        ((title, what),) = entry.items()
        if isinstance(what, list):
            yield {title: list(_there(what, folder))}
        elif (folder / what).exists():
            yield entry
