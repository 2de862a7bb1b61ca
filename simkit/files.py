"""Files in and out: whole, bounded on the way in, and never half written on the way out."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import sys

from simkit.errors import InputError, Problem, ScenarioError

LARGEST = 64 * 1024 * 1024
"""The largest file that is read, in bytes: a scenario of 10,000 assets has about two million."""


def read(path: str | os.PathLike[str]) -> bytes:
    """The bytes of the file at `path`, or of standard input for `-`.

    Raises InputError for a file that is missing, a folder, not readable, or larger than `LARGEST`.
    """
    name = os.fspath(path)
    try:
        data = _bytes(name)
    except (OSError, ValueError) as error:
        raise InputError(_why(name, error)) from error
    if len(data) > LARGEST:
        raise InputError(f"{name} is larger than {LARGEST >> 20} MiB: split it, or leave out what no question needs")
    return data


def _bytes(name: str) -> bytes:
    if name == "-":
        if sys.stdin is None:
            raise InputError("standard input is closed: name a file")
        return sys.stdin.buffer.read(LARGEST + 1)
    with open(name, "rb") as file:
        return file.read(LARGEST + 1)


def write(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write `content` to `path` at once: whoever reads the file sees all of it or what stood there before.

    Text is written as UTF-8 with newlines as they are; a link is followed, and the mode of an old file is kept.
    Raises InputError where it cannot be written.
    """
    name = os.fspath(path)
    data = content.encode() if isinstance(content, str) else content
    try:
        # asked of the name as it is given: /dev/stdout leads to a pipe, which has no path of its own
        if os.path.exists(name) and not stat.S_ISREG(os.stat(name).st_mode):
            _straight(name, data)
        else:
            _replace(os.path.realpath(name), data)
    except (OSError, ValueError) as error:
        raise InputError(_why(name, error)) from error


def _straight(name: str, data: bytes) -> None:
    """Devices and pipes cannot be replaced, only written to."""
    with open(name, "wb") as file:
        file.write(data)


def _replace(name: str, data: bytes) -> None:
    folder, base = os.path.split(name)
    # beside the file: a rename is whole only within one file system
    temporary = os.path.join(folder, f".{base[:64]}.{secrets.token_hex(6)}.tmp")
    mode = stat.S_IMODE(os.stat(name).st_mode) if os.path.exists(name) else None
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            # a machine that dies after the rename must find the bytes on the disk, not an empty file of the old name
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(temporary, mode)
        os.replace(temporary, name)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _why(name: str, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"no file is called {name!r}: check the name and the folder"
    if isinstance(error, IsADirectoryError):
        return f"{name!r} is a folder: name a file in it"
    if isinstance(error, PermissionError):
        return f"{name!r} may not be opened: check its permissions"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{name!r} cannot be opened ({reason}): check the name and the disk"


def decoded(data: bytes, file: str) -> str:
    """`data` as text, without a byte-order mark. Raises ScenarioError at the first byte that is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"the byte 0x{data[error.start]:02X} is not UTF-8: save the file as UTF-8"
        raise ScenarioError([Problem((), message, file, line, column)]) from None
