"""What becomes of what is read, changed, run or minted, whoever does it: facts that an effect concludes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter

from simkit.attackgraph import Conclusion, Ground
from simkit.model import Detection
from simkit.policies import Token
from simkit.techniques.givers import in_resource
from simkit.techniques.grounds import lies
from simkit.techniques.world import World, concludes, holds, minted_token


def standing_tokens(tokens: tuple[Token, ...], resource: str) -> tuple[Conclusion, ...]:
    """The tokens that are always there in `resource`, as conclusions."""
    return tuple([holds(token, found_in(token, resource)) for token in tokens if not token.rate])


def found_in(token: Token, *resources: str) -> Ground | None:
    """The ground that the secret of `token` lies in one of `resources`; none for one that was minted."""
    return lies(token.credential, *map(in_resource, resources)) if token.credential else None


def taken(world: World, resource: str) -> tuple[Conclusion, ...]:
    """What is lost with the data in `resource`, and the tokens that lie there."""
    # Support cases held customers' keys: who exported the cases had those too (Salesloft Drift, 2025).
    return (concludes("lost", resource, "confidentiality"), *standing_tokens(world.held_in(resource), resource))


def shows(world: World, changed: tuple[str, ...], itself: Detection | None = None) -> Detection | None:
    """How it shows by itself that something in `changed` was changed, or what was done shows `itself`: the likeliest of
    these."""
    signs = [sign for sign in (itself, *(world.model.resources[name].shows_itself for name in changed)) if sign]
    return max(signs, key=attrgetter("chance"), default=None)


def changed(*resources: str) -> tuple[Conclusion, ...]:
    """What becomes of `resources` into which the attacker writes."""
    found: list[Conclusion] = []
    for resource in resources:
        found.append(concludes("lost", resource, "integrity"))
        found.append(concludes("tainted", resource))
    return tuple(found)


def _changed(_: str, within: tuple[str, ...]) -> tuple[Conclusion, ...]:
    return changed(*within)


def _deleted(_: str, within: tuple[str, ...]) -> tuple[Conclusion, ...]:
    """What is gone is changed, but nobody reads words in it any more."""
    lost = tuple(concludes("lost", resource, "integrity") for resource in within)
    return lost + tuple(concludes("deleted", resource) for resource in within)


def _executed(target: str, _: tuple[str, ...]) -> tuple[Conclusion, ...]:
    return (concludes("runs_in", target),) if target else ()


# A credential that the attacker issues outlives the one that he came with: a new Atlassian user (Cloudflare, 2023).
def _minted(target: str, _: tuple[str, ...]) -> tuple[Conclusion, ...]:
    return (holds(minted_token(target)),) if target else ()


def nothing_more(_target: str, _within: tuple[str, ...]) -> tuple[Conclusion, ...]:
    """No facts at all."""
    return ()


CONCLUDES: Mapping[str, Callable[[str, tuple[str, ...]], tuple[Conclusion, ...]]] = {
    "write": _changed,
    "delete": _deleted,
    "execute": _executed,
    "mint": _minted,
}
"""What an effect concludes besides `performed`, whoever has it; `assume` and `invoke` have families of their own."""
