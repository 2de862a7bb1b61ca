"""The MCP servers of a configuration: how each is started or reached, and which secrets it is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.secret_mark import secret_mark

_SECRET_NAME = re.compile(
    r"token|secret|passw|pwd|api[-_]?key|access[-_]?key|private[-_]?key|credential|auth|\bpat\b|_pat\b|[-_]key\b|^key$"
    r"|cookie|session|dsn|database[-_]ur|connection[-_]?string|webhook",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"^(gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|sk_|rk_|pk_|AKIA|ASIA|eyJ|AIza|ya29\.|npm_|pypi-|hf_|ntn_|secret_|tvly-)"
    r"|://[^/\s@]+:[^/\s@]+@"
    r"|^bearer\s|^basic\s",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"^(?:bearer |basic |token )?\$?\{?\{?\s?(?:env[:.]|input:|secrets\.|vars\.)?([A-Za-z_][\w-]*)(?::-[^}]*)?"
    r"\s?\}?\}?$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^([\w-]+):\s*((?!//)\S.*)$")
"""A header as an argument, `Authorization: Bearer x`; an address is none."""
_GIVEN = re.compile(r"^(?:(?:-e|--env)=)?(-{1,2}[\w-]+|[A-Za-z_]\w*)=(.*)$", re.DOTALL)
"""An argument that gives an option or a variable its value."""
_PACKAGE = re.compile(r"^@?[A-Za-z][\w.-]*(?:/[\w.-]+){0,3}(?:@[\w.^~-]+|==[\w.]+|:[\w.-]+)?$")
_RUNNERS = frozenset(
    {"npx", "uvx", "bunx", "pnpx", "pipx", "docker", "podman", "deno", "bun", "uv", "npm", "pnpm", "yarn"}
)
_CONTAINERS = frozenset({"docker", "podman"})
_TAKING = frozenset(
    {"-e", "--env", "-v", "--volume", "--mount", "--name", "--network", "-p", "--env-file", "--entrypoint"}
)
"""Options of containers that take the argument behind them."""
_MOUNTS = frozenset({"-v", "--volume", "--mount"})
_HEADERS = ("headers", "http_headers", "requestInit")
_BY_NAME = ("bearer_token_env_var",)
_VARIABLES = ("env", "environment")
_ADDRESSES = ("url", "httpUrl", "serverUrl")


@dataclass(frozen=True, slots=True)
class ServerSecret:
    """A secret that a server is given. `name` is what it is called; `literal` if its value stands in the file."""

    name: str
    literal: bool
    place: FilePlace


@dataclass(frozen=True, slots=True)
class McpServer:
    """One server in one configuration. `host` is empty for one that is started here, `package` for one by no name."""

    name: str
    host: str
    package: str
    contained: bool
    disabled: bool
    secrets: tuple[ServerSecret, ...]
    tools: tuple[str, ...]
    """Those that are used alone, where it says so."""
    free: tuple[str, ...]
    """Those that nobody is asked about."""
    refused: tuple[str, ...]
    trusted: bool
    place: FilePlace


def server(name: str, said: Excerpt) -> McpServer | None:
    """The server `name`; None, and told, where the configuration does not say how it is reached."""
    command, *more = command_words(said) or [""]
    address = next((said.text(key) for key in _ADDRESSES if said.has(key)), "")
    if not command and not address:
        said.draft.leave(said.origin, f"server {name}", "it has neither a command nor a url")
        return None
    runner = re.split(r"[\\/]", command)[-1].removesuffix(".exe").removesuffix(".cmd")
    return McpServer(
        name,
        host(address) if address else "",
        _package(runner, more),
        runner in _CONTAINERS and not _MOUNTS & {each.partition("=")[0] for each in more},
        bool(said.flag("disabled")) or said.flag("enabled") is False,
        tuple({each.name: each for each in _secrets(said)}.values()),
        _only(said),
        _named(said, "alwaysAllow", "autoApprove"),
        _named(said, "excludeTools", "disabled_tools"),
        bool(said.flag("trust")),
        said.origin,
    )


def command_words(said: Excerpt) -> list[str]:
    """The command line of a server: a command and its arguments, or one list of both."""
    value = said.value.get("command")
    if isinstance(value, list):
        return list(said.texts("command"))
    command = value if isinstance(value, str) else said.part("command").text("path")
    return [command, *(each.value for each in said.entries("args") if isinstance(each.value, str))]


def _only(said: Excerpt) -> tuple[str, ...]:
    """The tools that are used alone; none where all may be, as `*` says."""
    listed = ("tools",) if isinstance(said.value.get("tools"), list) else ()
    found = _named(said, "includeTools", "enabled_tools", *listed)
    return () if "*" in found else found


def _named(said: Excerpt, *keys: str) -> tuple[str, ...]:
    """The tools in the lists under `keys`, each once."""
    return tuple(dict.fromkeys(each for key in keys if said.has(key) for each in said.texts(key)))


def host(address: str) -> str:
    """Who is asked at `address`: its host, and nothing that could be a secret.

    >>> host("https://user:pass@mcp.example.com/sse?key=1"), host("nonsense")
    ('mcp.example.com', 'a remote host')
    """
    try:
        found = urlsplit(address).hostname or ""
    except ValueError:
        found = ""
    return found if re.fullmatch(r"[\w.-]+", found) else "a remote host"


def _package(runner: str, arguments: list[str]) -> str:
    """The package that is fetched and run, as far as it is one: other arguments may be secrets."""
    if runner not in _RUNNERS:
        return runner if _PACKAGE.match(runner) else "a program"
    plain, skipped = [], False
    for each in arguments:
        if not (skipped or each.startswith("-") or each in ("run", "exec", "dlx", "tool", "x")):
            plain.append(each)
        skipped = runner in _CONTAINERS and each in _TAKING
    found = plain[0] if plain else ""
    return found if _PACKAGE.match(found) and not _SECRET_VALUE.search(found) else runner


def _secrets(said: Excerpt) -> Iterator[ServerSecret]:
    for key in _VARIABLES:
        yield from secrets_in(said.part(key))
    for key in _BY_NAME:
        if said.has(key):
            yield ServerSecret(said.text(key), False, said.under(key, "").origin)
    for header in _HEADERS:
        yield from secrets_in(said.part(header))
    for _, value in said.part("env_http_headers").items():
        if isinstance(value.value, str):
            yield ServerSecret(value.value, False, value.origin)
    flagged = False
    listed = said.entries("command") if isinstance(said.value.get("command"), list) else ()
    for each in (*listed, *said.entries("args")):
        if isinstance(each.value, str):
            given = _GIVEN.match(each.value)
            key, value = (given[1], each.under(0, given[2])) if given else (each.value, each)
            yield from _secret(key, value, named=flagged or bool(given and _SECRET_NAME.search(key)))
            flagged = each.value.startswith("-") and bool(_SECRET_NAME.search(each.value)) and not given
    for key in _ADDRESSES:
        if isinstance(said.value.get(key), str) and re.search(r"[?&][^=]*(key|token)[^=]*=[^&]", said.value[key], re.I):
            yield ServerSecret(secret_mark(said.value[key]), True, said.under(key, "").origin)


def secret_values(said: Excerpt) -> Iterator[str]:
    """The values in the configuration of a server that are secrets, for whoever has to hide them; the longest first."""
    texts = [each.strip() for each in command_words(said)]
    marks = {secret.name for secret in _secrets(said) if secret.literal}
    values = {part.strip() for text in texts for part in (text, *_after(text))}
    yield from sorted((value for value in values if value and secret_mark(value) in marks), key=len, reverse=True)


def _after(text: str) -> Iterator[str]:
    """What stands behind the name in an argument."""
    given = _GIVEN.match(text)
    yield given[2] if given else ""
    yield text.partition(":")[2]


def secrets_in(variables: Excerpt) -> Iterator[ServerSecret]:
    """The secrets among variables or headers."""
    for key, value in variables.items():
        yield from _secret(key, value, named=bool(_SECRET_NAME.search(key)))


def _secret(key: str, value: Excerpt, *, named: bool) -> Iterator[ServerSecret]:
    """The secret in `value`, if it is one by its name or by its looks."""
    if not isinstance(value.value, str) or not value.value.strip():
        return
    text = value.value.strip()
    header = _HEADER.match(text)
    if header:
        text, named = header[2].strip(), named or bool(_SECRET_NAME.search(header[1]))
    reference = _REFERENCE.match(text) if "$" in text or "{env:" in text else None
    if reference and (named or _SECRET_NAME.search(reference[1])):
        yield ServerSecret(reference[1], False, value.origin)
    elif not reference and (named or _SECRET_VALUE.search(text)):
        # an empty reference such as <YOUR_TOKEN> is a place for one
        literal = not re.match(r"^(<.*>|\{file:.*\}|your[-_ ].*|\.\.\.|x{3,}|changeme|.*_here)$", text, re.IGNORECASE)
        yield ServerSecret(secret_mark(text) if literal else key, literal, value.origin)
