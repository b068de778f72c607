"""A design in a file: the kernel's C, or Python with the two functions."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kvmendian.errors import SetupError, clip, show

from .designs import Design

if TYPE_CHECKING:
    from .designs import Buffer


def from_file(path: str, sign_extend: Any = "after", buffer: Buffer = "native") -> Design:  # noqa: ANN401 - Design checks it
    """Read a design from a file, named like the file: C is read, Python is run.

    A file of Python has `guest_to_host` and `host_to_guest`, or one `Design`. Raises `SetupError`
    for a file that cannot be read, or has neither.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        given = f"{show(path)}: {getattr(error, 'strerror', None) or 'no text in UTF-8'}"
        raise SetupError(given, "a file of C or Python", "prove FILE.c") from None
    if file.suffix != ".py":
        return Design.from_c(text, file.stem or "mine", sign_extend, buffer)
    try:
        names = runpy.run_path(str(file))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the file may do anything; say whose it was
        given = f"{show(path)} raised {type(error).__name__}: {clip(str(error))}"
        raise SetupError(given, "a file that runs", f"python {path}") from None
    made = [one for one in names.values() if isinstance(one, Design)]
    functions = [names.get(name) for name in ("guest_to_host", "host_to_guest")]
    if all(map(callable, functions)):
        return Design(file.stem, functions[0], functions[1], sign_extend, buffer)  # type: ignore[arg-type]
    if made:
        return made[-1]
    raise SetupError(
        f"{show(path)} without the two functions",
        "guest_to_host and host_to_guest, or a Design",
        "def guest_to_host(data, width, guest_is_big, host_is_big): return data",
    )
