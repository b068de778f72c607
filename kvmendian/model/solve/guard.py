"""A learner's function, run so that it cannot hurt: limits of time, memory and printing.

The time is watched by a trace function, which Python calls at each line: it works in every thread
and on every system, and needs no signal that others may use. It cannot end one long call into C
(`sum(range(10**12))`), for there no line of Python goes by; nor does a limit of memory exist where
the system has none for a process (Linux has).
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING, Any, TextIO

from .paths import UndecidedError
from .purity import own

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

SECONDS = 2.0
"""The longest that one call of a learner's function may take."""
MOST_SECONDS = 30.0
"""The longest that all calls of one proof may take together."""
MOST_BYTES = 1 << 22
"""The largest value that a function may keep in a variable."""
MOST_MEMORY = 1 << 30
"""What one call may add to the memory of the process, where the system can limit it."""
MOST_LINES = 4
"""Printed lines that are kept; the rest is counted."""


class StoppedError(BaseException):
    """A limit was reached; the text says which. No `Exception`: `except Exception` lets it by."""


class Printed:
    """What a learner's functions printed: the first lines, with the call, and how many more."""

    def __init__(self, real: TextIO | None = None) -> None:
        """Keep all for later, or pass the first on to a stream at once."""
        self.lines: list[tuple[str, str]] = []
        self.more = 0
        self.call = ""
        self.spent = 0.0
        """Seconds that the calls took together."""
        self._real, self._rest = real, ""

    def write(self, text: str) -> None:
        """Take a piece of text; what has no line's end yet waits for it."""
        *whole, self._rest = (self._rest + text).split("\n")
        self._rest = self._rest[-1000:]
        for line in whole:
            if len(self.lines) >= MOST_LINES:
                self.more += 1
                continue
            self.lines.append((self.call, line[:200]))
            if self._real is not None:
                self._real.write(line[:200] + "\n")

    def end(self) -> None:
        """Count a last line without an end; say how many were not shown."""
        if self._rest:
            self.write("\n")
        if self._real is not None and self.more:
            self._real.write(f"… and {self.more:,} more lines\n")


class _Sink:
    """A standard output that takes what one thread prints and passes on what others do."""

    def __init__(self, real: TextIO, printed: Printed) -> None:
        self._real, self._printed, self._thread = real, printed, threading.get_ident()

    def write(self, text: str) -> int:
        if threading.get_ident() == self._thread:
            self._printed.write(str(text))
            return len(text)
        return self._real.write(text)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - all else is the real one's
        return getattr(self._real, name)


_state = threading.local()


@contextmanager
def collecting() -> Iterator[Printed]:
    """Keep what learners' functions print from now on, instead of showing it."""
    before = getattr(_state, "printed", None)
    printed = before or Printed()
    _state.printed = printed
    try:
        yield printed
    finally:
        _state.printed = before
        printed.end()


def call(function: Callable[..., Any], *args: Any, name: str = "", seconds: float = SECONDS) -> Any:  # noqa: ANN401 - whatever the function takes and gives
    """Call a learner's function within the limits. Raises `StoppedError`, or what it raises.

    The trace function, the standard output and the limit of memory are as before afterwards.
    """
    real, collected = sys.stdout, getattr(_state, "printed", None)
    printed = collected or Printed(real)
    printed.call = name
    if printed.spent > MOST_SECONDS:
        raise StoppedError(f"was stopped: its calls took {MOST_SECONDS:g} seconds together")
    began = time.monotonic()
    tracer = sys.gettrace()
    sys.stdout = _Sink(real, printed)
    try:
        with _limited_memory():
            sys.settrace(_watch(began + seconds, seconds))
            try:
                return function(*args)
            except (Exception, KeyboardInterrupt, StoppedError, UndecidedError):
                raise
            except BaseException as error:  # noqa: BLE001 - SystemExit would end more than the function
                raise RuntimeError(f"{type(error).__name__}: {error}") from None
            finally:
                sys.settrace(tracer)
    finally:
        sys.stdout = real
        printed.spent += time.monotonic() - began
        if collected is None:
            printed.end()


def _watch(deadline: float, seconds: float) -> Callable[..., Any]:
    def late() -> None:
        if time.monotonic() > deadline:
            raise StoppedError(f"was stopped after {seconds:g} seconds")

    steps = count(1)

    def line(frame: FrameType, _event: str, _: object) -> Any:  # noqa: ANN401 - itself
        late()
        if next(steps) % 16 == 0:
            for value in frame.f_locals.values():
                if sys.getsizeof(value, 0) > MOST_BYTES:
                    size = f"{MOST_BYTES >> 20} MB"
                    raise StoppedError(f"was stopped: it made a value of more than {size}")
        return line

    def enter(frame: FrameType, _event: str, _: object) -> Any:  # noqa: ANN401
        late()
        if own(frame.f_code.co_filename):
            return None
        frame.f_trace_opcodes = True  # Python 3.11 goes round `while True: pass` without a line
        return line

    return enter


@contextmanager
def _limited_memory() -> Iterator[None]:
    """Let the process grow by so much and no more, where the system can say so."""
    try:
        import resource  # noqa: PLC0415 - not on Windows

        with open("/proc/self/statm", "rb", buffering=0) as file:  # noqa: PTH123 - each call pays
            pages = int(file.read(64).split()[0])
        before = resource.getrlimit(resource.RLIMIT_AS)
        most = pages * resource.getpagesize() + MOST_MEMORY
        if before[0] not in (resource.RLIM_INFINITY, -1):
            most = min(most, before[0])
        resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, before)
