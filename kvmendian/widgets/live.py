"""What every live picture shares: one module and one atlas a page, a saved page, a static form."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets
from ipywidgets import widget_serialization

from kvmendian.errors import SetupError, show
from kvmendian.render import browser, page


class RefusedError(SetupError, traitlets.TraitError):
    """A `SetupError` that traitlets knows too, so that a refused change is rolled back."""


class Checked(traitlets.Any):
    """A trait whose every value goes to its widget's validator, None too."""

    allow_none = False


def to_browser(value: int, _: object) -> int | str:
    """Write a value for the browser: as hex where a number would lose bits there."""
    return value if value < 2**53 else hex(value)


def from_browser(value: object, _: object) -> object:
    """Take a value as the browser sends it: hex text, or a number from a linked control."""
    try:
        return int(value, 0) if isinstance(value, str) else value
    except ValueError:
        return value  # the validator says what is wrong with it


class _Shared(ipywidgets.Widget):
    """Something that all pictures of a page read: a model without a view."""

    code = traitlets.Unicode().tag(sync=True)
    style = traitlets.Unicode().tag(sync=True)
    packed = traitlets.Bytes().tag(sync=True)


_shared: dict[bytes, _Shared] = {}


def shared(packed: bytes = b"") -> _Shared:
    """Return the one model of the module (nothing given), or of an atlas; a closed one is renewed.

    >>> shared() is shared(), shared().packed
    (True, b'')
    """
    found = _shared.get(packed)
    if found is None or found.comm is None:
        made = {"packed": packed} if packed else {"code": page.module(), "style": page.style()}
        found = _shared[packed] = _Shared(**made)
    return found


class Live(anywidget.AnyWidget):
    """A picture that lives in the browser, with or without a kernel.

    A subclass says in `_view` which one it is (`render/view/app.js`), in `_title` what a page of it
    is called, in `_state` what such a page begins with, and in `_fallback` and `_beside` what can
    be shown where nothing runs. `_atlas=atlas()` gives it the roads of the six designs.

    >>> Live().packed
    b''
    """

    _esm = page.read("stub.js")
    _title = "kvmendian"

    _view = traitlets.Unicode().tag(sync=True)
    _core = traitlets.Instance(ipywidgets.Widget).tag(sync=True, **widget_serialization)
    _atlas = traitlets.Instance(ipywidgets.Widget, allow_none=True).tag(
        sync=True, **widget_serialization
    )

    def __init__(self, **traits: Any) -> None:  # noqa: ANN401 - by name
        """Point at the module; `_atlas` may be given as a `shared` model."""
        super().__init__(_core=shared(), **traits)

    @property
    def packed(self) -> bytes:
        """The atlas that the picture reads, gzipped; empty where it needs none."""
        return self._atlas.packed if self._atlas is not None else b""

    def _state(self) -> dict[str, Any]:
        """Return what a page without a kernel begins with: traits as JSON values."""
        return {"_view": self._view}

    def _fallback(self) -> str:
        """Return an SVG for where no script runs."""
        return ""

    def _page(self) -> str:
        return page.page(self._state(), self.packed, self._title, self._fallback())

    def save_html(self, path: str | Path) -> Path:
        """Write one page that does the same offline, from `file://`, and return its path.

        Raises `SetupError` where no file can be written there.

        >>> from tempfile import TemporaryDirectory
        >>> from kvmendian import Explorer
        >>> with TemporaryDirectory() as folder:
        ...     Explorer().save_html(f"{folder}/page.html").name
        'page.html'
        """
        try:
            target = Path(path)
            target.write_text(self._page(), encoding="utf-8")
        except (OSError, TypeError, ValueError) as error:
            name = Path(path).name[:60] if isinstance(path, (str, Path)) else ""
            name = name if name.isprintable() and name else "explorer.html"
            reason = error.strerror if isinstance(error, OSError) else error
            given, allowed = f"path={show(path)}: {reason}", "a file in a folder that is there"
            raise SetupError(given, allowed, f"path={name!r}") from None
        return target

    def _beside(self) -> dict[str, str]:
        """Return what stands beside the widget, by MIME type, for where no widget can run."""
        return {"text/plain": repr(self)}

    def _repr_mimebundle_(self, **more: Any) -> Any:  # noqa: ANN401 - Jupyter's protocol
        """Show the widget, and beside it what can be shown where no widget can run.

        With KVMENDIAN_STATIC set, show what a page without a kernel makes live: a static export.
        """
        beside = self._beside()
        if os.environ.get("KVMENDIAN_STATIC"):
            live = page.embedded(self._state(), self.packed, self._fallback())
            return beside | {"text/html": live}
        bundle = super()._repr_mimebundle_(**more)
        data, *rest = bundle if isinstance(bundle, tuple) else (bundle,)
        data = {**data, **beside} if data else data
        return (data, *rest) if isinstance(bundle, tuple) else data


def atlas(designs: tuple[Any, ...] = ()) -> _Shared:
    """Return the model of the atlas of the six designs, and of some more."""
    return shared(browser.packed(designs))
