"""`Scenario`: a claim to play. A prediction first; then its cases, each a square, and the road."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from kvmendian.course.claims import Claim
from kvmendian.course.scenario import ANSWERS, board, packed
from kvmendian.errors import SetupError, integer, one_of
from kvmendian.model.setups import known
from kvmendian.render import claim_card

from .live import Checked, Live, RefusedError, shared

if TYPE_CHECKING:
    from kvmendian.model.setups import Setup
    from kvmendian.model.story import Story

_TRAITS = ("reading", "case", "answered")


class Scenario(Live):
    """One claim, by its id, with every case that it was tried on.

    These are traits, and follow what is clicked:

    * `answered`: None while the question is open, then what was predicted: "holds", "fails" or
      "depends";
    * `reading`: which reading is on show, from 0: the claim's own, then what was tried also;
    * `case`: which case of that reading, from 0, in the order of `Reading.cases()`; after these
      come neighbours that the verdict does not count.

    `setup` and `story` are those of the case; None where it is no whole access. A refused change
    raises `SetupError` and leaves everything as it was.

    >>> scenario = Scenario("only-big-guests")
    >>> scenario.answered = "depends"
    >>> scenario.right, scenario.story.honours_abi
    (True, True)
    """

    reading = Checked(0).tag(sync=True)
    case = Checked(0).tag(sync=True)
    answered = traitlets.Any(None).tag(sync=True)
    _view = traitlets.Unicode("scenario").tag(sync=True)

    def __init__(
        self,
        claim: str | Claim,
        *,
        reading: int | None = None,
        case: int | None = None,
        answered: str | None = None,
    ) -> None:
        """Play a claim. Raises `SetupError` for an id that is none, or a case that is not there."""
        self._board = board(claim.id if isinstance(claim, Claim) else claim)
        self._title = f"Claim {self._board.claim.number}: {self._board.claim.text}"
        first = self._board.start
        if reading is None:
            reading = first[0]
        if case is None:
            case = first[1] if reading == first[0] else 0
        super().__init__(**self._checked(reading, case, answered), _atlas=shared(packed(self.id)))

    @property
    def id(self) -> str:
        """The claim's id."""
        return self._board.claim.id

    @property
    def setup(self) -> Setup | None:
        """The setup of the case on show; None where it is no whole access."""
        return self._board.setup(self.reading, self.case)

    @property
    def story(self) -> Story | None:
        """The story of the case on show; None where it is no whole access."""
        return self._board.story(self.reading, self.case)

    @property
    def right(self) -> bool | None:
        """Whether the prediction is what the verdict says; None while the question is open."""
        return None if self.answered is None else self.answered == self._board.truth

    def set(self, **changes: Any) -> None:  # noqa: ANN401 - traits by name
        """Change reading and case at once, where one after the other would not make sense.

        Raises `SetupError` where they do not go together; then both are as they were.

        >>> scenario = Scenario("just-swab")
        >>> scenario.set(reading=1, case=20)
        """
        known(changes, _TRAITS)
        wanted = {name: changes.get(name, getattr(self, name)) for name in _TRAITS}
        checked = self._checked(**wanted)
        with self.hold_trait_notifications():
            for name in changes:
                setattr(self, name, checked[name])

    def _checked(self, reading: object, case: object, answered: object) -> dict[str, Any]:
        """Return the three, if there is such a case and such an answer."""
        blocks = self._board.grid.blocks
        number = integer("reading", reading, 0, len(blocks) - 1)
        most = len(blocks[number].entries) - 1
        if answered is not None:
            answered = one_of("answered", answered, ANSWERS)
        return {"reading": number, "case": integer("case", case, 0, most), "answered": answered}

    @traitlets.validate(*_TRAITS)
    def _validate(self, proposal: Any) -> Any:  # noqa: ANN401 - traitlets' protocol
        name = proposal["trait"].name
        wanted = {one: getattr(self, one) for one in _TRAITS} | {name: proposal["value"]}
        try:
            return self._checked(**wanted)[name]
        except SetupError as error:
            raise RefusedError(error.given, error.allowed, error.hint) from None

    def _state(self) -> dict[str, Any]:
        first = dict(zip(_TRAITS, (*self._board.start, None), strict=True))
        return {name: getattr(self, name) for name in _TRAITS} | {
            "_view": self._view,
            "_defaults": first,
        }

    def _fallback(self) -> str:
        return claim_card.card(self._board.facts, self.answered)

    def _beside(self) -> dict[str, str]:
        return {
            "text/plain": repr(self),
            "text/html": claim_card.html(self._board.facts, self.answered),
            "image/svg+xml": self._fallback(),
        }

    def __repr__(self) -> str:
        """One line that rebuilds the state; it tells no answer but the learner's."""
        values = {"reading": self.reading, "case": self.case, "answered": self.answered}
        first = dict(zip(_TRAITS, (*self._board.start, None), strict=True))
        more = "".join(f", {k}={v!r}" for k, v in values.items() if v != first[k])
        return f"Scenario({self.id!r}{more})"


def of(claim: Claim) -> Scenario:
    """Return the scenario of a claim."""
    return Scenario(claim.id)
