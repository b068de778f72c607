"""Real Arm instructions, run by Unicorn (QEMU's CPU as a library): no model of ours takes part.

`run` executes a few lines of A32, T32 or A64 and tells what registers and memory were before and
after, and every data access with its bytes **in address order**. Two windows of ordinary memory are
there, `RAM` and `DEVICE`; bytes are read from memory after each instruction, because Unicorn's own
hooks report a store's register before the E bit has had its say.

Needs the extra `arm` (`pip install 'kvmendian[arm]'`); without an assembler (keystone) the lines of
`encodings.ENCODINGS` still run. What this cannot show: syndromes, caches, ordering; and Unicorn
shares its CPU with QEMU, so it is no second opinion on QEMU.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, NamedTuple

from kvmendian.display import Drawn
from kvmendian.errors import (
    SetupError,
    bytes_like,
    fits,
    index,
    instance,
    integer,
    nearest,
    one_of,
    show,
)

from .encodings import ENCODINGS, Isa

if TYPE_CHECKING:
    from collections.abc import Mapping

RAM, DEVICE = 0x1000_0000, 0x2000_0000
"""Addresses of the two windows; x1 and r1 hold DEVICE unless told otherwise."""

WINDOW = 0x1000  # bytes of each
_CODE = 0x8000
_LONGEST = 4000  # characters: a few lines, not a program
# A statement after its labels. Keystone never returns from one that begins with most other signs.
_STATEMENT = re.compile(r"(?:[\w.$]+:\s*)*+(?:[\w.$#{]|$)", re.ASCII)
_MOST = (1 << 20) - 1  # instructions; half a second ends most loops before
_ISAS: tuple[Isa, ...] = ("a32", "t32", "a64")
_MICROSECONDS = 500_000


class Access(NamedTuple):
    """One data access: `data` are the bytes at `address` and above, lowest address first.

    >>> print(Access("store", DEVICE + 4, bytes.fromhex("1122")))
    store 2 at device+4: 11 22
    """

    kind: Literal["load", "store"]
    address: int
    data: bytes

    @property
    def where(self) -> tuple[str, int]:
        """The window, and the address within it."""
        base, name = (DEVICE, "device") if self.address >= DEVICE else (RAM, "RAM")
        return name, self.address - base

    def __str__(self) -> str:
        """Say it in a line."""
        name, at = self.where
        return f"{self.kind} {len(self.data)} at {name}+{at}: {self.data.hex(' ')}"


@dataclass(frozen=True)
class Run(Drawn):
    """What came of it. Registers are unsigned; `ram` and `device` are the windows' first 64 bytes.

    `run["r0"]` is a register afterwards; raises `SetupError` for one that there is not.

    >>> if available():
    ...     assert run("ldr r0, [r1]", device=bytes.fromhex("11223344"))["r0"] == 0x44332211
    """

    code: str
    isa: Isa
    big: bool
    before: Mapping[str, int]
    after: Mapping[str, int]
    accesses: tuple[Access, ...]
    device: bytes = field(repr=False)
    ram: bytes = field(repr=False)

    @property
    def used(self) -> dict[str, int]:
        """The registers afterwards that the code names or changes; w0 is the low half of x0."""
        named = {
            f"x{n}" if kind == "w" else kind + n
            for kind, n in re.findall(r"\b([rxw])(\d+)\b", self.code)
        }
        return {
            name: value
            for name, value in self.after.items()
            if name in named or value != self.before[name]
        }

    def __getitem__(self, register: str) -> int:
        """Return a register after the run, by its name."""
        try:
            return self.after[one_of("register", register, self.after)]
        except SetupError as error:
            hint = f"[{nearest(register, self.after)!r}]"
            raise SetupError(error.given, ", ".join(self.after), hint) from None

    def __repr__(self) -> str:
        """Say in a line what ran."""
        lines, order = "; ".join(self.code.splitlines()), "big" if self.big else "little"
        return f"<Run: {show(lines)}, {self.isa}, {order}, {len(self.accesses)} accesses>"


def available() -> bool:
    """Say whether Unicorn is installed, so that `run` can work.

    >>> available() in (True, False)
    True
    """
    return find_spec("unicorn") is not None


def run(  # noqa: PLR0913 - one for each thing that a learner may set
    code: str | bytes,
    *,
    isa: Isa | None = None,
    big: bool = False,
    el: int = 1,
    device: bytes = b"",
    ram: bytes = b"",
    limit: int = 1000,
    **registers: int,
) -> Run:
    r"""Execute a few lines, or machine code in address order, which needs its `isa`.

    Of lines `isa` is found from the registers' names if left out (never T32).

    `big` sets the order of data at the start: CPSR.E, or SCTLR_EL1.EE, or E0E with `el=0`. `device`
    and `ram` fill the windows from their first byte. `limit` is the number of instructions after
    which a loop is ended. Raises `SetupError` for what cannot be assembled or does not run to its
    end, within half a second.

    >>> if available():
    ...     print(run("setend be\nstr r0, [r1]", r0=0x11223344).accesses[0])
    store 4 at device+0: 11 22 33 44
    """
    if not available():
        raise SetupError(
            "unicorn is not installed", "the extra arm", "pip install 'kvmendian[arm]'"
        )
    text = _text(code)
    found: Isa = one_of("isa", "a32" if isa is None else isa, _ISAS)
    if isa is None:
        found = "a64" if re.search(r"\b[xw](\d+|zr)\b", text) else "a32"
        if not isinstance(code, str):
            what = f"machine code {show(text)} without isa"
            raise SetupError(what, "isa='a32', 't32' or 'a64' beside it", "isa='a64'")
    el, big = one_of("el", el, (1, 0)), one_of("big", big, (False, True))
    limit = integer("limit", limit, 1, _MOST)
    device = bytes_like("device", device, range(WINDOW + 1))
    ram = bytes_like("ram", ram, range(WINDOW + 1))
    image = assemble(code, found) if isinstance(code, str) else bytes.fromhex(text)

    from .unicorn_cpu import Cpu  # noqa: PLC0415 - Unicorn loads only where it is used

    cpu = Cpu(found, big=big, el=el)
    cpu.write(DEVICE, device.ljust(WINDOW, b"\0"))
    cpu.write(RAM, ram.ljust(WINDOW, b"\0"))
    given = {"x1" if found == "a64" else "r1": DEVICE, **registers}
    bits = 64 if found == "a64" else 32
    for name, value in given.items():
        if name not in cpu.names:
            number = index(value)
            hint = (
                f"{nearest(name, cpu.names)}={0x11 if number is None else number & 0xFFFFFFFF:#x}"
            )
            allowed = f"{cpu.names[0]} to {cpu.names[-1]}"
            raise SetupError(f"{name}={show(value)}", allowed, hint)
        cpu.set(name, fits(name, value, bits))
    before = cpu.registers()
    accesses = cpu.execute(_CODE, image, limit, _MICROSECONDS)
    return Run(
        text.strip(),
        found,
        big,
        before,
        cpu.registers(),
        tuple(Access(*access) for access in accesses),
        cpu.read(DEVICE, 64),
        cpu.read(RAM, 64),
    )


def assemble(code: str, isa: Isa) -> bytes:
    """Return machine code in address order: ready-made, or by keystone where that is installed.

    One instruction a line. Raises `SetupError` for what cannot be assembled.

    >>> assemble("setend be", "a32").hex()
    '000201f1'
    """
    code, isa = _text(instance("code", code, str, "'str r0, [r1]'")), one_of("isa", isa, _ISAS)
    lines = [re.sub(r"(//|@|;).*", "", line).strip() for line in code.splitlines()]
    wanted = [" ".join(line.lower().split()) for line in lines if line]
    if not wanted:
        raise SetupError(f"code={show(code)}", "one instruction a line", "code='str r0, [r1]'")
    made = [ENCODINGS.get((isa, line)) for line in wanted]
    if all(made):
        return b"".join(piece for piece in made if piece)
    missing = next(line for line, piece in zip(wanted, made, strict=True) if piece is None)
    odd = next((line for line in wanted if not _STATEMENT.match(line)), None)
    if odd is not None:
        raise SetupError(f"code={show(odd)}", f"{isa}, one instruction a line", "'str r0, [r1]'")
    if find_spec("keystone") is None:
        allowed = "without keystone-engine: " + ", ".join(k[1] for k in ENCODINGS if k[0] == isa)
        raise SetupError(f"code={show(missing)}", allowed, "pip install 'kvmendian[arm]' on x86")

    from .unicorn_cpu import keystone  # noqa: PLC0415 - same

    return keystone("\n".join(wanted), isa)


def _text(code: object) -> str:
    """Return lines as they are, machine code as hex. Raises `SetupError` for anything else."""
    if isinstance(code, str):
        if len(code) > _LONGEST:
            given = f"code of {len(code)} characters"
            raise SetupError(given, f"up to {_LONGEST}", "code='str r0, [r1]'")
        if "\0" in code:  # where keystone, which is C, would stop to read
            raise SetupError(f"code={show(code)}", "text without NUL", "code='str r0, [r1]'")
        return code
    try:
        return bytes_like("code", code, range(2, _LONGEST // 3, 2)).hex(" ")
    except SetupError as error:
        allowed = "lines of text, or " + error.allowed
        raise SetupError(error.given, allowed, "code='str r0, [r1]'") from None
