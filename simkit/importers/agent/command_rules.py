"""Command rules of Codex: beginnings of command lines, token by token, that leave its sandbox, ask, or are refused.

As its page says (developers.openai.com/codex/rules): a rule fits where the command begins with its tokens, each one or
one of several; of all rules that fit the strictest decides; what no rule fits is for the sandbox and the approval
policy. A rule without a decision allows, and what is allowed runs outside of the sandbox, unasked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from simkit.importers.agent.shell_rules import ALLOW, ASK, DENY
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.rules_document import CALLS

DECISIONS = {"allow": ALLOW, "prompt": ASK, "forbidden": DENY}
_STRICTEST = (DENY, ASK, ALLOW)


@dataclass(frozen=True, slots=True)
class CommandRule:
    """One rule: the tokens that may stand at each place, and what becomes of a command that begins so."""

    tokens: tuple[tuple[str, ...], ...]
    decision: str
    place: FilePlace

    def fits(self, command: Sequence[str]) -> bool:
        """True if the tokens of `command` begin as the rule says.

        >>> rule = CommandRule((("git",), ("push", "fetch")), ASK, FilePlace("x.rules"))
        >>> rule.fits(["git", "push", "--force"]), rule.fits(["git", "-C", ".", "push"]), rule.fits(["git"])
        (True, False, False)
        """
        begins = zip(self.tokens, command, strict=False)
        return len(command) >= len(self.tokens) and all(each in some for some, each in begins)

    @property
    def beginnings(self) -> Iterator[tuple[str, ...]]:
        """The beginnings that it names, by its first two tokens: the program, and what it is told to do."""
        for program in self.tokens[0]:
            for second in self.tokens[1] if len(self.tokens) > 1 else ("",):
                yield (program, second) if second else (program,)


def decision(command: Sequence[str], rules: Iterable[CommandRule]) -> str:
    """What `rules` decide about `command`: the strictest of those that fit; empty where none does."""
    said = {rule.decision for rule in rules if rule.fits(command)}
    return next((each for each in _STRICTEST if each in said), "")


def command_rules(said: Excerpt) -> Iterator[CommandRule]:
    """The rules of one file; what is none is told."""
    for each in said.each(CALLS):
        tokens = tuple(_tokens(each))
        wanted = each.text("decision") if each.has("decision") else "allow"
        if not tokens or not all(tokens) or wanted not in DECISIONS:
            each.draft.leave(each.origin, "a rule for commands", "it has no tokens, or decides what is not known")
            continue
        yield CommandRule(tokens, DECISIONS[wanted], each.origin)


def _tokens(said: Excerpt) -> Iterator[tuple[str, ...]]:
    pattern = said.value.get("pattern")
    for each in pattern if isinstance(pattern, list) else ():
        some = each if isinstance(each, list | tuple) else [each]
        yield tuple(one for one in some if isinstance(one, str) and one)


def freed(rules: Sequence[CommandRule]) -> Iterator[tuple[tuple[str, ...], FilePlace]]:
    """The beginnings that run outside of the sandbox unasked, each with its rule: allowed, and by nothing stricter
    refused as a whole."""
    stricter = [rule for rule in rules if rule.decision != ALLOW]
    for rule in rules:
        if rule.decision == ALLOW:
            for begins in rule.beginnings:
                longest = (*begins, *(some[0] for some in rule.tokens[len(begins) :]))
                if not any(other.fits(longest) for other in stricter):
                    yield begins, rule.place
