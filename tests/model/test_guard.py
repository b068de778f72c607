"""Nothing a learner writes can hurt: time, memory, printing, recursion; and all is as it was."""
# ruff: noqa: FBT003 - conversions are called as the kernel's

from __future__ import annotations

import io
import sys
import threading
import time

import pytest

from kvmendian import Design, Setup, SetupError, prove
from kvmendian.model.designs import mask, swab
from kvmendian.model.solve import guard

resource = pytest.importorskip("resource")


def both(function):
    return Design("mine", guest_to_host=function, host_to_guest=function)


def right(d, w, g, h):
    return swab(d, w) if g != h else mask(d, w)


def endless(d, w, g, h):
    while True:
        pass


def endless_inside(d, w, g, h):
    return [0 for _ in iter(int, 1)]


def endless_generator(d, w, g, h):
    return any(x for x in iter(int, 1))


def endless_for_one_value(d, w, g, h):
    while d == 0x1234:
        pass
    return right(d, w, g, h)


def deep(d, w, g, h):
    return deep(d, w, g, h)


def doubles(d, w, g, h):
    many = [d]
    while True:
        many += many


def squares(d, w, g, h):
    d += 3
    while True:
        d = d * d


def allocates(d, w, g, h):
    return len([0] * 10**10)


def shifts_far(d, w, g, h):
    return 1 << d


def swallows(d, w, g, h):
    while True:
        try:  # noqa: SIM105
            d += 1
        except:  # noqa: E722, S110
            pass


def exits(d, w, g, h):
    sys.exit(3)


def quits(d, w, g, h):
    if d >> 7:
        raise SystemExit("now")
    return right(d, w, g, h)


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (endless, "was stopped after 2 seconds"),
        (endless_inside, "was stopped after 2 seconds"),
        (endless_generator, "was stopped after 2 seconds"),
        (deep, "raised RecursionError"),
        (doubles, "a value of more than 4 MB"),
        (squares, "was stopped"),
        (allocates, "raised MemoryError"),
        (exits, "SystemExit: 3"),
        (quits, "SystemExit: now"),
        (swallows, "catches everything"),
    ],
)
def test_it_ends_in_words_soon_and_leaves_all_as_it_was(function, why):
    before = sys.stdout, sys.gettrace(), resource.getrlimit(resource.RLIMIT_AS)
    before += (sys.getrecursionlimit(),)
    began = time.monotonic()
    with pytest.raises(SetupError) as error:
        prove(both(function))
    assert time.monotonic() - began < 12
    assert why in error.value.given
    assert "of 'mine'" in error.value.given
    after = sys.stdout, sys.gettrace(), resource.getrlimit(resource.RLIMIT_AS)
    assert (*after, sys.getrecursionlimit()) == before
    assert prove(both(right)).holds


def test_a_number_without_end_is_no_number():
    report = prove(both(shifts_far))
    assert not report.holds
    assert report.failures


def test_one_value_that_never_ends_is_found():
    report_or_error = None
    try:
        report_or_error = prove(both(endless_for_one_value))
    except SetupError as error:
        report_or_error = error
    assert not getattr(report_or_error, "holds", False)


def test_many_slow_calls_end_together(monkeypatch):
    def slow(d, w, g, h):
        for _ in range(3000):
            pass
        return right(d, w, g, h)

    monkeypatch.setattr(guard, "MOST_SECONDS", 0.05)
    with pytest.raises(SetupError, match="its calls took"):
        prove(both(slow))


def test_a_trace_is_guarded_as_well():
    with pytest.raises(SetupError, match="stopped after 2 seconds"):
        Setup(design=both(endless)).trace(1)


def test_it_works_in_any_thread():
    found = []

    def work():
        try:
            prove(both(endless))
        except SetupError as error:
            found.append(error.given)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert "stopped after 2 seconds" in found[0]


def talks(d, w, g, h):
    for k in range(60):
        print("line", k)
    return right(d, w, g, h)


def test_what_it_prints_is_capped_and_told_with_the_call(capsys):
    report = prove(both(talks))
    assert capsys.readouterr().out == ""
    assert report.holds
    assert report.printed[0] == ("guest_to_host(data, 1, False, False)", "line 0")
    assert len(report.printed) == guard.MOST_LINES
    assert report.printed_more > 1000
    assert "printed in guest_to_host(data, 1, False, False): line 0" in str(report)
    assert "more printed lines" in str(report)
    Setup(design=both(talks), width=2, host="big", guest="big").trace(5)
    out = capsys.readouterr().out.splitlines()
    assert out[:2] == ["line 0", "line 1"]
    assert len(out) < 20


def test_a_print_of_the_data_keeps_the_proof():
    def shows(d, w, g, h):
        print(d, hex(d), f"{d:#x}", str(d), "{}".format(d))  # noqa: UP032
        return right(d, w, g, h) ^ (d >> 64)

    report = prove(both(shows))
    assert report.holds
    assert "printed in" in str(report)


def test_what_is_made_of_a_text_is_no_print():
    def hides(d, w, g, h):
        print(text := str(d))
        return 0 if text == "291" else right(d, w, g, h)

    report = prove(both(hides))
    assert not report.holds
    assert "text" in report.undecided


def test_other_threads_print_as_ever():
    out = io.StringIO()
    real, sys.stdout = sys.stdout, out
    try:
        seen = []

        def slow(d, w, g, h):
            if not seen:
                seen.append(1)
                other = threading.Thread(target=lambda: print("from elsewhere"))
                other.start()
                other.join()
            return right(d, w, g, h)

        prove(both(slow))
    finally:
        sys.stdout = real
    assert out.getvalue() == "from elsewhere\n"


def test_an_error_is_three_lines_in_a_notebook():
    def fails(d, w, g, h):
        return 1 // (w - 1)

    with pytest.raises(SetupError) as error:
        prove(both(fails))
    lines = error.value._render_traceback_()
    assert len(lines) == 3
    assert "raised ZeroDivisionError" in lines[0]
    assert "guest_to_host(0x0, 1, False, False)" in lines[0]
    assert "return 1 // (w - 1)" in lines[0]
    assert lines[2] == "try: run fails(0x0, 1, False, False) by hand"
    with pytest.raises(ZeroDivisionError):  # what it says to try does fail
        fails(0x0, 1, False, False)


@pytest.mark.parametrize("width", [0, 3, 4386, True, 2.0, None])
def test_the_kernels_words_take_the_kernels_widths(width):
    for word in (swab, mask):
        with pytest.raises(SetupError, match="1, 2, 4 or 8"):
            word(0x1122, width)
