"""`Thread`: the argument as mails in time; a claim that is clicked opens below."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

import traitlets

from kvmendian.course import thread
from kvmendian.course.claims import CLAIMS
from kvmendian.course.scenario import board, packed
from kvmendian.errors import SetupError, one_of
from kvmendian.render import shapes, threadpicture

from .live import Checked, Live, RefusedError
from .scenario import Scenario

NUMBERS = {claim.number: claim for claim in CLAIMS.values()}


class Thread(Live):
    """The mails of the argument: who wrote when, whom each answers, and its claims by number.

    `claim` is the number of the claim that is open, or None; click one, or use the arrow keys. It
    can be played below the picture; `scenario` is it as it stands there, and None without one.
    Raises `SetupError` for a number that no claim has.

    >>> Thread(claim=3).scenario.story.honours_abi
    True
    """

    _title = "kvmendian: the argument, mail by mail"

    claim = Checked(None).tag(sync=True)
    _view = traitlets.Unicode("thread").tag(sync=True)
    _thread: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    _picture = traitlets.Unicode().tag(sync=True)
    _boards: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    _scenes: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(self, claim: int | None = None) -> None:
        """Show the thread, with one claim open or none."""
        found = thread.document()
        super().__init__(
            claim=claim, _thread=found, _picture=threadpicture.draw(found), _boards=_boards()
        )

    @traitlets.validate("claim")
    def _validate(self, proposal: Any) -> Any:  # noqa: ANN401 - traitlets' protocol
        """Let a number through that a claim has."""
        given = proposal["value"]
        try:
            return given if given is None else one_of("claim", given, tuple(NUMBERS))
        except SetupError as error:
            raise RefusedError(error.given, error.allowed, error.hint) from None

    @property
    def scenario(self) -> Scenario | None:
        """The scenario of the open claim, with what was predicted and chosen in the picture."""
        if self.claim is None:
            return None
        return Scenario(NUMBERS[self.claim], **self._scenes.get(str(self.claim), {}))

    def _state(self) -> dict[str, Any]:
        names = ("claim", "_view", "_thread", "_picture", "_boards", "_scenes")
        return {name: getattr(self, name) for name in names} | {"_defaults": {"claim": None}}

    def _fallback(self) -> str:
        return threadpicture.draw(self._thread, self.claim)

    def _beside(self) -> dict[str, str]:
        picture = self._fallback()
        html = shapes.inline(picture, thread.text(self._thread))
        return {"text/plain": repr(self), "text/html": html, "image/svg+xml": picture}

    def __repr__(self) -> str:
        """Say which claim is open."""
        return f"Thread(claim={self.claim!r})"


@lru_cache(maxsize=1)
def _boards() -> dict[str, Any]:
    """Return every claim's board by its number: where it begins, and its data for the browser."""
    return {
        str(number): {
            "start": list(board(claim.id).start),
            "packed": base64.b64encode(packed(claim.id)).decode("ascii"),
        }
        for number, claim in NUMBERS.items()
    }
