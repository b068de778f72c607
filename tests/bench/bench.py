"""`make bench`: the figures of the README, as ratios within one run, each with a checksum.

A checksum is worked out from what was measured, so that doing less work cannot look faster.
Absolute times are printed for orientation; only ratios and the goals beside them mean anything.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import time
import zlib
from typing import TYPE_CHECKING

import numpy as np

import kvmendian
from kvmendian import DESIGNS, Setup, apply, prove
from kvmendian.model import proofs as _proofs, road as _road

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Row = tuple[str, str, str, bool, str]

ACCESSES = 10_000_000
ROUNDS = 7


def best(run: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, object]:
    """Return the shortest time in seconds of some rounds, and the last result."""
    times, result = [], None
    for _ in range(rounds):
        result = None  # free the last one before the next is made
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return min(times), result


def checksum(array: np.ndarray) -> str:
    return f"{zlib.crc32(np.ascontiguousarray(array).view(np.uint8)):08x}"


def batches() -> Iterator[Row]:
    """10^7 four-byte stores against numpy's copy, or copy and byteswap, of the same array."""
    values = np.random.default_rng(20140121).integers(0, 1 << 32, ACCESSES, dtype=np.uint32)
    for host in ("little", "big"):
        for guest in ("little", "big"):
            setup = Setup(width=4, host=host, guest=guest)
            native = guest == sys.byteorder
            plain = values.copy if native else values.byteswap
            theirs, expected = best(plain)
            ours, data = best(lambda setup=setup: apply(setup, values).mmio_data)
            assert data.tobytes() == expected.tobytes(), "the batch is wrong"
            ratio = theirs / ours
            name = f"apply, host {host}, guest {guest}"
            against = "copy" if native else "copy and byteswap"
            says = f"{ratio:.2f} x numpy's {against} ({ours * 1e3:.1f} ms)"
            yield name, says, ">= 0.8 x", ratio >= 0.8, checksum(data)


def traces() -> Row:
    """Stories a second on a warm setup, each read to the end."""
    setup = Setup(op="store", width=4, guest="big", host="little", design="merged-2014")
    values = np.random.default_rng(1).integers(0, 1 << 32, 20_000).tolist()

    def run() -> int:
        total = 0
        for value in values:
            story = setup.trace(value)
            total ^= zlib.crc32(story.mmio_data) ^ story.device_value ^ story.honours_abi
        return total

    seconds, total = best(run)
    rate = len(values) / seconds
    return "trace(), warm", f"{rate:,.0f} a second", ">= 30,000", rate >= 30_000, f"{total:08x}"


def proofs() -> Iterator[Row]:
    """One proof per design, with every cache emptied first, and again warm."""
    for name in DESIGNS:

        def cold(name: str = name) -> object:
            _road._road.cache_clear()  # noqa: SLF001 - measuring without it is the point
            _proofs._setups.cache_clear()  # noqa: SLF001 - same
            return prove(name)

        seconds, report = best(cold)
        warm, _ = best(lambda name=name: prove(name))
        says = f"{seconds * 1e3:.1f} ms cold, {warm * 1e3:.1f} ms warm"
        found = f"{len(report.failures)} of {report.tried} fail"
        yield f"prove({name!r})", says, "< 50 ms", seconds < 0.05, found


def imports() -> Row:
    """`import kvmendian` against `import numpy`, in fresh processes, bare Python taken off."""

    def run(code: str) -> float:
        return best(lambda: subprocess.run([sys.executable, "-c", code], check=True), 15)[0]

    bare, ours, numpy = run("pass"), run("import kvmendian"), run("import numpy")
    ratio = (ours - bare) / (numpy - bare)
    code = (
        "import kvmendian, sys; print(*sorted({'numpy','ipywidgets','anywidget'} & {*sys.modules}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    says = f"{ratio:.2f} x numpy ({(ours - bare) * 1e3:.0f} ms over bare Python)"
    good = ratio <= 0.45 and not loaded.stdout.strip()
    return "import kvmendian", says, "<= 0.45 x", good, loaded.stdout.strip() or "loads none of 3"


def main() -> int:
    """Print the table; return 1 if a goal was missed."""
    print(f"kvmendian {kvmendian.__version__}, Python {platform.python_version()}, ", end="")
    print(f"numpy {np.__version__}, {platform.machine()}, {platform.system()}\n")
    print(f"{'what':<36}{'measured':<46}{'goal':<12}{'':<7}checksum")
    missed = 0
    for row in (*batches(), traces(), *proofs(), imports()):
        name, measured, goal, good, check = row
        print(f"{name:<36}{measured:<46}{goal:<12}{'ok' if good else 'MISSED':<7}{check}")
        missed += not good
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
