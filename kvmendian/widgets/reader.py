"""`Reader`: a text field that explains what is pasted into it, with or without a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from kvmendian.errors import SetupError, instance
from kvmendian.evidence.logs import tables
from kvmendian.evidence.logs.finding import as_shown
from kvmendian.evidence.logs.reading import Reading, read
from kvmendian.render.shapes import safe

from .explorer import Explorer
from .live import Checked, Live, RefusedError, atlas

if TYPE_CHECKING:
    from kvmendian.evidence.logs.finding import Finding

_LONGEST = 200_000  # characters to which a kernel answers; the browser reads longer ones alone


class Reader(Live):
    """A text field; below it what `kvmendian.read` finds in it, each finding with its picture.

    `text` is what stands in the field. Syndromes and trace lines are read in the browser, with no
    kernel; where one runs, its answer has instructions, error texts and bytes too. `save_html`
    writes a page that does the same offline. Raises `SetupError` for what is no text.

    >>> reader = Reader("ESR_EL2 = 0x93c08046")
    >>> reader.reading.findings[0].register
    'x0'
    """

    _title = "kvmendian Reader"

    text = Checked("").tag(sync=True)
    _view = traitlets.Unicode("reader").tag(sync=True)
    _tables: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    _answer: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(self, text: str = "") -> None:
        """Start with this text in the field."""
        instance("text", text, str, '"ESR_EL2 = 0x93c08046"')
        super().__init__(
            text=text, _tables=tables.document(), _answer=_answer(text), _atlas=atlas()
        )

    @traitlets.validate("text")
    def _validate(self, proposal: Any) -> Any:  # noqa: ANN401 - traitlets' protocol
        try:
            return instance("text", proposal["value"], str, '"ESR_EL2 = 0x93c08046"')
        except SetupError as error:
            raise RefusedError(error.given, error.allowed, error.hint) from None

    @traitlets.observe("text")
    def _read(self, change: Any) -> None:  # noqa: ANN401 - same
        self._answer = _answer(change["new"])

    @property
    def reading(self) -> Reading:
        """What is found in the text."""
        return read(self.text)

    def _state(self) -> dict[str, Any]:
        names = ("text", "_view", "_tables", "_answer")
        return {name: getattr(self, name) for name in names} | {"_defaults": {"text": ""}}

    def _fallback(self) -> str:
        return f"<pre>{safe(str(self.reading))}</pre>"

    def _beside(self) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.reading.table().html()}

    def __repr__(self) -> str:
        """Say how much text there is, and what is found."""
        return f"<Reader: {len(self.text):,} characters, {self.reading.table().caption}>"


def _answer(text: str) -> dict[str, Any]:
    """Return what the kernel says of a text, for the browser; nothing for a very long one."""
    if len(text) > _LONGEST:
        return {}
    found = read(text)
    return {
        "text": text,
        "findings": [as_shown(each) for each in found.findings],
        "unread": found.unread,
        "cut": found.cut,
    }


def picture(finding: Finding) -> Explorer:
    """Return the picture of the first setup of a finding, with the value that the text has.

    Where the text leaves the guest's order open, the other one stands below.
    """
    setup = finding.setups[0]
    state = setup.fields() | ({} if finding.start is None else {"value": finding.start})
    other = None if finding.guest else {"guest": "big" if setup.guest == "little" else "little"}
    return Explorer(**state, compare=other)
