"""`Explorer`: every toggle live, in the browser, with or without a kernel."""

from __future__ import annotations

from inspect import Parameter, Signature, signature
from itertools import islice
from typing import TYPE_CHECKING, Any

import traitlets

from kvmendian.errors import SetupError, instance, integer, nearest, show
from kvmendian.model.designs import Design
from kvmendian.model.kernels import DESIGNS
from kvmendian.model.setups import CHOICES, SLOTS, Setup, known
from kvmendian.model.story import Story, trace
from kvmendian.render import svg
from kvmendian.render.presets import PRESETS

from .live import Checked, Live, RefusedError, atlas, from_browser, to_browser

if TYPE_CHECKING:
    from collections.abc import Iterable

    import ipywidgets

FIELDS = tuple(Setup().fields())
CONTROLS = (*FIELDS, "value", "presets", "compare")
"""What `only` may name."""


class Explorer(Live):
    """The live picture of one access.

    Every field of `Setup` is a trait, and so are these:

    * `value`: int, as `Setup.trace` takes it;
    * `step`: 0 for the whole road, k to stop at the k-th place;
    * `compare`: None, or a dict of the one field that a second road has otherwise.

    `only` names the controls to show (`CONTROLS`; an empty list shows none), `designs` more
    designs of your own. A refused change raises `SetupError` and leaves everything as it was.

    >>> explorer = Explorer(host="big", design="be-guests-2013")
    >>> explorer.guest = "big"
    >>> explorer.story.honours_abi
    True
    """

    _title = "kvmendian Explorer"

    op = Checked("store").tag(sync=True)
    width = Checked(4).tag(sync=True)
    guest = Checked("little").tag(sync=True)
    host = Checked("little").tag(sync=True)
    device = Checked("little").tag(sync=True)
    target = Checked("little").tag(sync=True)
    design = Checked("sign-fixed-2026").tag(sync=True)
    driver = Checked("raw").tag(sync=True)
    signed = Checked(default_value=False).tag(sync=True)
    register_width = Checked(64).tag(sync=True)
    arch = Checked("arm64").tag(sync=True)
    value = Checked(0x11223344).tag(sync=True, to_json=to_browser, from_json=from_browser)
    step = Checked(0).tag(sync=True)
    compare = traitlets.Any(None).tag(sync=True)
    only = traitlets.Any(None).tag(sync=True)
    _view = traitlets.Unicode("explorer").tag(sync=True)
    _presets: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def __init__(
        self,
        *,
        only: Iterable[str] | None = None,
        designs: Iterable[Design] = (),
        compare: dict[str, Any] | None = None,
        **state: Any,  # noqa: ANN401 - a setup's fields, value and step
    ) -> None:
        """Start anywhere. Raises `SetupError` for an impossible start."""
        known(state, (*FIELDS, "value", "step", "compare", "only", "designs"))
        hint = "[DESIGNS['swab']]"
        extra = [
            instance("designs", one, Design, hint) for one in _listed("designs", designs, hint)
        ]
        if isinstance(state.get("design"), Design) and state["design"].name not in DESIGNS:
            extra.append(state["design"])
        self._own = {design.name: design for design in extra}
        if isinstance(state.get("design"), Design):
            state["design"] = state["design"].name
        wanted = None if only is None else _listed("only", only, "['guest', 'width']")
        for name in wanted or ():
            if not isinstance(name, str) or name not in CONTROLS:
                hint = f"only=[{nearest(name, CONTROLS)!r}]"
                raise SetupError(f"only={show(wanted)}", ", ".join(CONTROLS), hint)
        fields = {name: state.get(name, default) for name, default in Setup().fields().items()}
        setup = self._setup({**fields, "register_width": state.get("register_width")})
        fields["register_width"] = setup.register_width
        if "value" not in state:
            state["value"] = 0x1122334455667788 >> (64 - 8 * setup.width)
        other = self._other(fields, compare)
        state["value"], state["step"] = _check(setup, state["value"], state.get("step", 0), other)
        super().__init__(
            **{**fields, **state},
            compare=compare,
            only=wanted,
            _atlas=self._roads(tuple(extra)),
            _presets=[dict(preset) for preset in PRESETS],
        )

    def _roads(self, designs: tuple[Design, ...]) -> ipywidgets.Widget:
        """Return the atlas of the six designs and of these; for a subclass to have another."""
        return atlas(designs)

    def _setup(self, fields: dict[str, Any]) -> Setup:
        """Build the setup, with a learner's own design for its name."""
        design = fields["design"]
        own = self._own.get(design) if isinstance(design, str) else None
        return Setup(**{**fields, "design": own or design})

    def _other(self, fields: dict[str, Any], compare: object) -> Setup | None:
        """Build the second setup of a comparison; None if there is none."""
        if compare is None:
            return None
        if not isinstance(compare, dict) or len(compare) != 1 or not set(compare) <= set(FIELDS):
            given = f"compare={show(compare)}"
            raise SetupError(given, "None, or one field of Setup", "compare={'design': 'swab'}")
        more = {"register_width": None} if "arch" in compare else {}  # it goes with the slot
        return self._setup({**fields, **more, **compare})

    @traitlets.validate(*FIELDS, "value", "step", "compare")
    def _validate(self, proposal: Any) -> Any:  # noqa: ANN401 - traitlets' protocol
        """Let a change through if everything together makes sense."""
        name, given = proposal["trait"].name, proposal["value"]
        fields = {field: getattr(self, field) for field in FIELDS}
        rest = {key: getattr(self, key) for key in ("value", "step", "compare")}
        (fields if name in fields else rest)[name] = given
        try:
            setup = self._setup(fields)
            other = self._other(fields, rest["compare"])
            checked = dict(
                zip(rest, _check(setup, rest["value"], rest["step"], other), strict=False)
            )
        except SetupError as error:
            hint = error.hint
            if name == "arch" and given in CHOICES["arch"]:  # the register's width goes with it
                hint = f"explorer.set(arch={given!r}, register_width={8 * SLOTS[given]})"
            raise RefusedError(error.given, error.allowed, hint) from None
        if name in ("value", "step"):
            return checked[name]
        return getattr(setup, name) if name in FIELDS and name != "design" else given

    @property
    def setup(self) -> Setup:
        """The setup on screen."""
        return self._setup({field: getattr(self, field) for field in FIELDS})

    @property
    def story(self) -> Story:
        """The story on screen: `trace` of the setup and the value."""
        return trace(self.setup, self.value)

    def set(self, **changes: Any) -> None:  # noqa: ANN401 - traits by name
        """Change several traits at once, where one after the other would not make sense.

        Raises `SetupError` where they do not go together; then all are as they were.

        >>> explorer = Explorer(op="load", width=4)
        >>> explorer.set(width=1, value=0x80)
        """
        known(changes, (*FIELDS, "value", "step", "compare"))
        fields = {field: changes.get(field, getattr(self, field)) for field in FIELDS}
        rest = {key: changes.get(key, getattr(self, key)) for key in ("value", "step", "compare")}
        _check(
            self._setup(fields), rest["value"], rest["step"], self._other(fields, rest["compare"])
        )
        with self.hold_trait_notifications():
            for name, value in changes.items():
                setattr(self, name, value)

    def _state(self) -> dict[str, Any]:
        state = {field: getattr(self, field) for field in FIELDS}
        state |= {"value": hex(self.value), "step": self.step, "compare": self.compare}
        state |= {"only": self.only, "_view": self._view, "_presets": list(PRESETS)}
        state["_defaults"] = {**Setup().fields(), "value": "0x11223344", "step": 0, "compare": None}
        return state

    def _fallback(self) -> str:
        return svg.story(self.story)

    def _beside(self) -> dict[str, str]:
        picture = {"text/html": svg.html(self.story), "image/svg+xml": svg.story(self.story)}
        return super()._beside() | picture

    def __repr__(self) -> str:
        """One line that rebuilds the state: only what is not a default."""
        plain = {**Setup(arch=self.arch).fields(), "arch": "arm64", "step": 0}
        plain |= {"compare": None, "only": None}
        parts = [
            f"{name}={getattr(self, name)!r}"
            for name in plain
            if getattr(self, name) != plain[name]
        ]
        parts.append(f"value={self.value:#x}")
        return f"{type(self).__name__}({', '.join(parts)})"


def _signature() -> Signature:
    """Return what `Explorer(` completes: the fields of `Setup` with their types, and the rest."""
    fields = signature(Setup).parameters.values()
    own = [p for p in signature(Explorer.__init__).parameters.values() if p.name in _OWN]
    more = [
        Parameter("value", Parameter.KEYWORD_ONLY, default=0x11223344, annotation="int"),
        Parameter("step", Parameter.KEYWORD_ONLY, default=0, annotation="int"),
    ]
    return Signature([p.replace(kind=Parameter.KEYWORD_ONLY) for p in (*fields, *more, *own)])


_OWN = ("only", "designs", "compare")
Explorer.__signature__ = _signature()


def _check(setup: Setup, value: object, step: object, other: Setup | None) -> tuple[int, int]:
    """Return value and step as plain integers, if they go with both setups. 0: the whole road."""
    number = setup.check_value(value)
    if other is not None:
        other.check_value(value)
    return number, integer("step", step, 0, _MOST)


def _listed(name: str, given: Any, hint: str) -> list[Any]:  # noqa: ANN401 - what a user hands over
    """Return what can be walked over as a list, or refuse it; a text is no list of letters."""
    try:
        if not isinstance(given, str):
            return list(islice(given, 100))
    except Exception:  # noqa: BLE001, S110 - no list, or one that raises
        pass
    raise SetupError(f"{name}={show(given)}", "a list", f"{name}={hint}")


_MOST = 11  # places on the longest road: a sign-extending load whose driver reverses twice
