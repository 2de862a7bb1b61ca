"""A repository in which the help desk changes from commit to commit."""

from __future__ import annotations

from pathlib import Path

from checks.test_against_a_revision import git
from checks.worlds import DESK, desk

ROLES = "roles:\n  desk:\n    entitlements:\n      - {operation: crm.read}\n      - {operation: crm.answer}\n"


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)


def repository(folder: Path) -> str:
    """The path of the help desk in a new repository in `folder`, after seven commits.

    Its name is `old.yaml` in the first two; in the third it is broken; since the fourth its role is in a file of its
    own, to which the fifth adds an entitlement; the sixth is about another file, the seventh only about a comment.
    """
    git(folder, "init", "--quiet", "--initial-branch", "main")
    desk(folder, DESK, "old.yaml")
    commit(folder, "the desk")
    desk(folder, DESK.replace("confidentiality: 10", "confidentiality: 20"), "old.yaml")
    commit(folder, "cases are worth more")
    git(folder, "mv", "old.yaml", "desk.yaml")
    file = desk(folder, DESK.replace("kind: agent", "kind: agnet"))
    commit(folder, "a slip")
    assert ROLES in DESK
    desk(folder, DESK.replace(ROLES, "include: [roles.yaml]\n"))
    desk(folder, ROLES, "roles.yaml")
    commit(folder, "the role stands alone")
    desk(folder, f"{ROLES}      - {{operation: crm.books}}\n", "roles.yaml")
    commit(folder, "the desk reads the books")
    desk(folder, "key: value\n", "other.yaml")
    commit(folder, "something else")
    desk(folder, "# a comment\n" + DESK.replace(ROLES, "include: [roles.yaml]\n"))
    commit(folder, "a comment")
    return file
