"""`Explorer`: every toggle live, in the browser, with or without a kernel."""

from __future__ import annotations

import os
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from kvmendian.errors import SetupError, show
from kvmendian.model.designs import DESIGNS, Design
from kvmendian.model.setups import CHOICES, SLOTS, Setup
from kvmendian.model.story import Story, trace
from kvmendian.render import browser, page, svg
from kvmendian.render.presets import PRESETS

if TYPE_CHECKING:
    from collections.abc import Iterable

FIELDS = tuple(Setup().fields())
CONTROLS = (*FIELDS, "value", "presets", "compare")
"""What `only` may name."""


class RefusedError(SetupError, traitlets.TraitError):
    """A `SetupError` that traitlets knows too, so that a refused change is rolled back."""


def to_browser(value: int, _: object) -> int | str:
    """Write a value for the browser: as hex where a number would lose bits there."""
    return value if value < 2**53 else hex(value)


def from_browser(value: object, _: object) -> object:
    """Take a value as the browser sends it: hex text, or a number from a linked control."""
    try:
        return int(value, 0) if isinstance(value, str) else value
    except ValueError:
        return value  # the validator says what is wrong with it


class Checked(traitlets.Any):
    """A trait whose every value goes to its widget's validator, None too."""

    allow_none = False


class Explorer(anywidget.AnyWidget):
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

    _esm = page.module()
    _css = page.style()

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
    _atlas = traitlets.Bytes().tag(sync=True)
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
        extra = list(designs)
        if isinstance(state.get("design"), Design) and state["design"].name not in DESIGNS:
            extra.append(state["design"])
        self._own = {design.name: design for design in extra}
        if isinstance(state.get("design"), Design):
            state["design"] = state["design"].name
        unknown = set(state) - {*FIELDS, "value", "step"}
        if unknown:
            name = min(unknown)
            allowed = ", ".join((*FIELDS, "value", "step", "compare", "only", "designs"))
            raise SetupError(f"{name}={show(state[name])}", allowed, 'Explorer(host="big")')
        wanted = None if only is None else [str(name) for name in only]
        for name in wanted or ():
            if name not in CONTROLS:
                raise SetupError(f"only={wanted}", ", ".join(CONTROLS), 'only=["guest", "width"]')
        fields = {name: state.get(name, default) for name, default in Setup().fields().items()}
        setup = self._setup({**fields, "register_width": state.get("register_width")})
        fields["register_width"] = setup.register_width
        if "value" not in state:
            state["value"] = 0x1122334455667788 >> (64 - 8 * setup.width)
        _check(setup, state["value"], state.get("step", 0), self._other(fields, compare))
        super().__init__(
            **{**fields, **state},
            compare=compare,
            only=wanted,
            _atlas=browser.packed(tuple(extra)),
            _presets=[dict(preset) for preset in PRESETS],
        )

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
            raise SetupError(given, "None, or one field of Setup", 'compare={"design": "swab"}')
        return self._setup({**fields, **compare})

    @traitlets.validate(*FIELDS, "value", "step", "compare")
    def _validate(self, proposal: Any) -> Any:  # noqa: ANN401 - traitlets' protocol
        """Let a change through if everything together makes sense."""
        name, given = proposal["trait"].name, proposal["value"]
        fields = {field: getattr(self, field) for field in FIELDS}
        rest = {key: getattr(self, key) for key in ("value", "step", "compare")}
        (fields if name in fields else rest)[name] = given
        try:
            setup = self._setup(fields)
            _check(setup, rest["value"], rest["step"], self._other(fields, rest["compare"]))
        except SetupError as error:
            hint = error.hint
            if name == "arch" and given in CHOICES["arch"]:  # the register's width goes with it
                hint = f"explorer.set(arch={given!r}, register_width={8 * SLOTS[given]})"
            raise RefusedError(error.given, error.allowed, hint) from None
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
        unknown = set(changes) - {*FIELDS, "value", "step", "compare"}
        if unknown:
            raise SetupError(
                f"set({min(unknown)}=…)", "traits of Explorer", "set(width=1, value=1)"
            )
        fields = {field: changes.get(field, getattr(self, field)) for field in FIELDS}
        rest = {key: changes.get(key, getattr(self, key)) for key in ("value", "step", "compare")}
        _check(
            self._setup(fields), rest["value"], rest["step"], self._other(fields, rest["compare"])
        )
        with self.hold_trait_notifications():
            for name, value in changes.items():
                setattr(self, name, value)

    def save_html(self, path: str | Path) -> Path:
        """Write one page that does the same offline, from `file://`, and return its path.

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     Explorer().save_html(f"{folder}/page.html").name
        'page.html'
        """
        target = Path(path)
        target.write_text(self._page(), encoding="utf-8")
        return target

    def _page(self) -> str:
        state = {field: getattr(self, field) for field in FIELDS}
        state |= {"value": hex(self.value), "step": self.step, "compare": self.compare}
        state |= {"only": self.only, "_view": self._view, "_presets": list(PRESETS)}
        state["_defaults"] = {**Setup().fields(), "value": "0x11223344", "step": 0, "compare": None}
        return page.page(state, self._atlas, "kvmendian Explorer", svg.story(self.story))

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

    def _repr_mimebundle_(self, **more: Any) -> Any:  # noqa: ANN401 - Jupyter's protocol
        """Show the widget, and beside it the static picture for where no widget can run.

        With KVMENDIAN_STATIC set, show a page of its own instead: what a static export needs.
        """
        beside = {
            "text/plain": repr(self),
            "text/html": svg.html(self.story),
            "image/svg+xml": svg.story(self.story),
        }
        if os.environ.get("KVMENDIAN_STATIC"):
            return beside | {"text/html": page.frame(self._page(), "kvmendian Explorer")}
        bundle = super()._repr_mimebundle_(**more)
        data, *rest = bundle if isinstance(bundle, tuple) else (bundle,)
        data = {**data, **beside} if data else data
        return (data, *rest) if isinstance(bundle, tuple) else data


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


def _check(setup: Setup, value: object, step: object, other: Setup | None) -> None:
    """Raise `SetupError` unless value, step and the second setup go with the first."""
    setup.check_value(value)
    if other is not None:
        other.check_value(value)
    if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= _MOST:
        given = f"step={show(step)}"
        raise SetupError(given, f"0 (the whole road) to {_MOST}", "step=0")


_MOST = 10  # places on the longest road: a sign-extending load with an accessor
