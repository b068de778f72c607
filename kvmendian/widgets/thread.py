"""`Thread`: the argument as mails in time; a claim that is clicked opens below."""

from __future__ import annotations

from typing import Any

import ipywidgets
import traitlets
from ipywidgets import widget_serialization

from kvmendian.course import thread
from kvmendian.course.claims import CLAIMS
from kvmendian.errors import SetupError, one_of
from kvmendian.render import shapes, threadpicture

from .live import Checked, Live, RefusedError

NUMBERS = {claim.number: claim for claim in CLAIMS.values()}


class Thread(Live):
    """The mails of the argument: who wrote when, whom each answers, and its claims by number.

    `claim` is the number of the claim that is open, or None; click one, or use the arrow keys.
    `scenario` is what is shown below the picture for it. Raises `SetupError` for a number that no
    claim has.

    >>> Thread(claim=3).claim
    3
    """

    _title = "kvmendian: the argument, mail by mail"

    claim = Checked(None).tag(sync=True)
    _view = traitlets.Unicode("thread").tag(sync=True)
    _thread: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    _picture = traitlets.Unicode().tag(sync=True)
    scenario = traitlets.Instance(ipywidgets.Widget, allow_none=True).tag(
        sync=True, **widget_serialization
    )

    def __init__(self, claim: int | None = None) -> None:
        """Show the thread, with one claim open or none."""
        found = thread.document()
        super().__init__(claim=claim, _thread=found, _picture=threadpicture.draw(found))
        self._open()
        self.observe(self._open, "claim")

    @traitlets.validate("claim")
    def _validate(self, proposal: Any) -> Any:  # noqa: ANN401 - traitlets' protocol
        """Let a number through that a claim has."""
        given = proposal["value"]
        try:
            return given if given is None else one_of("claim", given, tuple(NUMBERS))
        except SetupError as error:
            raise RefusedError(error.given, error.allowed, error.hint) from None

    def _open(self, _: object = None) -> None:
        """Show the scenario of the claim below; a later version of a claim may have none."""
        explore = getattr(NUMBERS.get(self.claim), "explore", None)
        self.scenario = explore() if explore else None

    def _state(self) -> dict[str, Any]:
        names = ("claim", "_view", "_thread", "_picture")
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
