"""The boundary to capstone: the text of one instruction word, as a disassembler writes it.

Needs the extra `arm` (`pip install 'kvmendian[arm]'`). What the text means is said elsewhere.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from kvmendian.errors import bytes_like, one_of

if TYPE_CHECKING:
    from .encodings import Isa

MISSING = "Nothing disassembles it here: pip install 'kvmendian[arm]' brings capstone."
"""The sentence that stands where capstone is not installed."""


def available() -> bool:
    """Return whether capstone is installed.

    >>> available() in (True, False)
    True
    """
    return find_spec("capstone") is not None


@lru_cache(maxsize=4096)
def disassemble(code: bytes, isa: Isa = "a64") -> str | None:
    """Return one instruction in text; None where these bytes are none, or capstone is missing.

    `code` is 2 or 4 bytes as they lie in memory: instructions are little-endian in A64 and in
    BE-8 (QEMU, `bswap_code`). Raises `SetupError` for another length or instruction set.

    >>> disassemble(bytes.fromhex("034400b8")) in ("str w3, [x0], #4", None)
    True
    """
    isa = one_of("isa", isa, ("a64", "a32", "t32"))
    code = bytes_like("code", code, (2, 4))
    if not available():
        return None
    for found in _engine(isa).disasm(code, 0):
        if found.size == len(code):
            return f"{found.mnemonic} {found.op_str}".strip()
    return None


@cache
def _engine(isa: Isa) -> Any:  # noqa: ANN401 - capstone has no types
    import capstone  # noqa: PLC0415 - it loads only where it is used

    architecture, mode = {
        "a64": (capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM),
        "a32": (capstone.CS_ARCH_ARM, capstone.CS_MODE_ARM | capstone.CS_MODE_V8),
        "t32": (capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB | capstone.CS_MODE_V8),
    }[isa]
    return capstone.Cs(architecture, mode)
