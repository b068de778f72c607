"""Every kind of question: one right answer, by another judge; every other one a named mistake."""

from __future__ import annotations

import itertools
import re
from functools import cache
from itertools import islice

import pytest
from amount import many

from kvmendian import Setup, SetupError
from kvmendian.course.questions import KINDS, LEVELS, LONGEST, asking, fresh
from kvmendian.course.questions.finding import FAULTS
from kvmendian.course.questions.ordering import RIVALS

MANY = many(1000, 250)
SETUP = re.compile(r"guest (\w+), host (\w+), device (\w+), (raw|accessor)(?:, (.+))?")


@pytest.fixture(scope="module")
def asked():
    """Return a function of kind and level: many questions, drawn once."""
    drawn = {}

    def ask(kind, level):
        if (kind, level) not in drawn:
            drawn[kind, level] = list(islice(fresh(level, 18, kind), MANY))
        return drawn[kind, level]

    return ask


every = pytest.mark.parametrize(("kind", "level"), list(itertools.product(KINDS, LEVELS)))
at_each_level = pytest.mark.parametrize("level", LEVELS)


@every
def test_many_of_each_kind_and_level(asked, kind, level):
    questions = asked(kind, level)
    assert len({q.text for q in questions}) > (0.5 if kind == "ordering" else 0.9) * MANY
    for q in questions:
        right = q.answer(q.sample)
        assert right.right
        assert right.says.startswith("Right")
        assert len(right.says) <= LONGEST
        assert q.sample not in q.hints
        assert all(20 < len(hint) < 220 for hint in q.hints)
        assert q.show.startswith(q.sample)
    assert questions[:9] == list(islice(fresh(level, 18, kind), 9))
    assert questions[0].next.text == questions[1].text


@every
def test_what_is_offered_and_wrong_has_a_name_and_a_next_step(asked, kind, level):
    for q in asked(kind, level)[:300]:
        if q.takes == "one":
            wrong = [f for f in (q.answer(k + 1) for k in range(len(q.options))) if not f.right]
            assert len(wrong) == len(q.options) - 1 >= 3
            assert len(set(q.options)) == len(q.options)
        elif q.takes == "text":
            wrong = [q.answer(m.answer if isinstance(m.answer, bytes) else hex(m.answer))
                     for m in q.mistakes]  # fmt: skip
            assert wrong
        elif q.takes == "some":
            wrong = [q.answer("1 2 3 4 5 6"), q.answer(q.sample[:1])]
        else:
            order = q.sample.split()
            wrong = [q.answer(order[:-1]), q.answer(order[1:]), q.answer(order[::-1])]
        for feedback in wrong:
            assert not feedback.right
            assert feedback.kind
            assert feedback.step in feedback.says
            assert 30 < len(feedback.says) <= LONGEST, feedback.says


@every
def test_a_place_in_the_list_is_no_rule_that_pays(asked, kind, level):
    picks = [q.answer for q in asked(kind, level) if q.takes == "one"]
    for place in range(1, 5):
        assert sum(answer(place).right for answer in picks) <= max(1, len(picks)) * 0.5


@pytest.mark.parametrize(
    "text", ["", "z", "9", "0", "1 1", "<b>", "éé", "a b c d e f g h", None, 1.5]
)
@pytest.mark.parametrize("kind", ["inverse", "diagnosis", "finding", "sorting", "ordering"])
def test_nonsense_is_refused_in_words(kind, text):
    with pytest.raises(SetupError, match=r"numbers from 1 to|one of them|the lines in order"):
        next(fresh(1, 7, kind)).answer(text)


def test_a_choice_is_made_by_letter_number_or_words():
    q = next(fresh(1, 7, "inverse"))
    letter = q.sample
    number = ord(letter) - 96
    for text in (letter, letter.upper(), f"{letter})", str(number), number, q.options[number - 1]):
        assert q.answer(text).right


# --- inverse ------------------------------------------------------------------------------


def setup_of(label, q):
    guest, host, device, driver, design = SETUP.fullmatch(label).groups()
    orders = {"guest": guest, "host": host, "device": device, "driver": driver}
    same = {name: getattr(q.told.setup, name) for name in ("op", "width", "signed",
                                                            "register_width")}  # fmt: skip
    return Setup(**orders, **same, design=design or "sign-fixed-2026")


def left(setup, q, answer):
    story = setup.trace(q.told.value)
    if answer.startswith("0x"):
        value = story.register if "in x0" in q.asks else story.device_value
        return hex(value) == answer
    return story.mmio_data.hex(" ") == answer


@at_each_level
def test_of_the_setups_one_alone_gives_these_bytes(asked, level):
    lazy = 0
    for q in asked("inverse", level):
        answer = re.search(r"(?:leaves|gives the device) ((?:0x)?[0-9a-f ]+?)(?: in |\?)", q.asks)[
            1
        ]
        fits = [left(setup_of(label, q), q, answer) for label in q.options]
        assert fits.count(True) == 1
        assert q.answer(fits.index(True) + 1).right
        if level == 1:
            assert "accessor" not in q.text
        written = asking.hexa(q.told.value, q.told.setup.width)[2:]
        shown = bytes.fromhex(answer.removeprefix("0x").zfill(len(written)))
        as_big = shown == bytes.fromhex(written)
        devices = [setup_of(label, q).device_order for label in q.options]
        wanted = "big" if as_big else "little"  # who believes that the device's order decides
        lazy += wanted in devices and q.answer(devices.index(wanted) + 1).right
    assert lazy <= MANY / 2


# --- diagnosis ----------------------------------------------------------------------------


def culprits(q):
    """Judge a scene from its words alone, by Python's own integers."""
    guest, device, width = re.match(r"A (\w+)-endian guest, a (\w+) device, (\d)", q.asks).groups()
    width = int(width)
    numbers = {name: int(text, 16) for name, text in re.findall(
        r"(software means|software gets|x0 holds|x0 gets|device gets|device holds) (0x[0-9a-f]+)",
        q.asks)}  # fmt: skip
    data = bytes.fromhex(re.search(r"mmio.data is ([0-9a-f ]+)", q.asks)[1])

    def turn(value):
        return int.from_bytes((value % (1 << 8 * width)).to_bytes(width, "little"), "big")

    found = []
    if "device holds" in numbers:
        signed = "extends the sign" in q.asks
        if numbers["device holds"].to_bytes(width, device) != data:
            found.append("the VMM")
        if int.from_bytes(data, guest, signed=signed) % (1 << 64) != numbers["x0 gets"]:
            found.append("KVM")
        x0 = numbers["x0 gets"]
        if numbers["software gets"] != (x0 if guest == device else turn(x0)):
            found.append("the driver")
    else:
        x0, means = numbers["x0 holds"], numbers["software means"]
        if x0 != (means if guest == device else turn(means)):
            found.append("the driver")
        if x0.to_bytes(width, guest) != data:
            found.append("KVM")
        if int.from_bytes(data, device) != numbers["device gets"]:
            found.append("the VMM")
    return found or ["nobody"]


@at_each_level
def test_one_is_wrong_and_the_words_tell_who(asked, level):
    seen = set()
    for q in asked("diagnosis", level):
        (who,) = culprits(q)
        assert q.answer(who).right
        assert all(not q.answer(other).right for other in q.options if other != who)
        seen.add(("a load" in q.asks, who))
    assert len(seen) == (4 if level == 1 else 8)


# --- finding ------------------------------------------------------------------------------

TEST = re.compile(r"(\w+) guest, (\w+) host: (store|load) (\d) bytes?(?: of a little device that "
                  r"holds)?,? (0x[0-9a-f]+)(, sign-extending to (\d+) bits)?, (.+)")  # fmt: skip


def fails(label, design):
    """Whether a test tells a kernel from a right one: both are run, and what is seen compared."""
    guest, host, op, width, value, signed, bits, look = TEST.fullmatch(label).groups()
    fields = {"guest": guest, "host": host, "op": op, "width": int(width), "signed": bool(signed),
              "register_width": int(bits or 64)}  # fmt: skip
    one, other = (Setup(**fields, design=name).trace(int(value, 16))
                  for name in (design, "sign-fixed-2026"))  # fmt: skip
    if look.startswith("load them again"):
        back = Setup(**fields | {"op": "load"}, design=design)
        return back.trace(one.device_value).register != int(value, 16)
    if "mmio.data" in look:
        return one.mmio_data != other.mmio_data
    low = 8 * int(width) if "low bytes" in look else 64
    return (one.register ^ other.register) % (1 << low) != 0


@at_each_level
def test_of_the_tests_one_alone_finds_the_fault(asked, level):
    for q in asked("finding", level):
        design = next(name for name, words in FAULTS.items() if words in q.asks)
        found = [fails(label, design) for label in q.options]
        assert found.count(True) == 1, q.text
        assert q.answer(found.index(True) + 1).right


# --- numbers ------------------------------------------------------------------------------


@at_each_level
def test_numbers_are_read_as_python_reads_them(asked, level):
    hits = {"big": 0, "little": 0}
    for q in asked("numbers", level):
        piece = q.data[q.offset : q.offset + q.width]
        number = int.from_bytes(piece, q.order, signed=q.signed)
        assert q.right == number % (1 << 64)
        assert q.answer(str(number)).right
        assert q.answer(hex(number)).right
        for order in hits:
            hits[order] += int.from_bytes(piece, order, signed=q.signed) == number
        with pytest.raises(SetupError, match="no addresses"):
            q.answer(piece.hex(" "))
    assert max(hits.values()) <= MANY / 2


# --- sorting ------------------------------------------------------------------------------

BYTES = r"regs\[|data_buf|mmio\.data|RAM|ordinary memory"
FINISHED = (r"(ldr|str)[bh]? [wx]\d+, \[x\d+(, (#\d+|x\d+))?\]|ldrs[bhw] x\d+, \[x\d+(, #\d+)?\]"
            r"|(ldar|stlr|ldur|sttr) [wx]\d+, \[x\d+(, #-?\d+)?\]")  # fmt: skip


@at_each_level
def test_what_belongs_together(asked, level):
    for q in asked("sorting", level):
        mark = re.compile(BYTES if level == 1 else f"({FINISHED})$")
        right = [k for k, label in enumerate(q.options, 1)
                 if (mark.search(label) if level == 1 else mark.match(label))]  # fmt: skip
        assert q.answer(right).right, q.text
        assert 2 <= len(right) <= 4
        assert not q.answer(right[:-1]).right
        assert not q.answer(list(range(1, 7))).right


# --- ordering -----------------------------------------------------------------------------


def runs(lines, width, guest, host, value, *, signed):  # noqa: C901, PLR0913 - C
    """Run lines as C would, on Python's integers; None where they are no kernel."""
    swap = lambda v, n=width: int.from_bytes((v % (1 << 8 * n)).to_bytes(n, "little"), "big")  # noqa: E731
    to = {"be": lambda v: swap(v) if host == "little" else v % (1 << 8 * width),
          "le": lambda v: swap(v) if host == "big" else v % (1 << 8 * width)}  # fmt: skip
    data, out = None, None
    for line in lines:
        if "vcpu_get_reg" in line:
            data = value
        elif "mmio_read_buf" in line:
            data = int.from_bytes(value.to_bytes(width, guest), host)
        elif data is None or out is not None:
            return None
        elif "mmio_write_buf" in line:
            out = (data % (1 << 8 * width)).to_bytes(width, host)
        elif "vcpu_set_reg" in line:
            out = data
        elif "sign_extend" in line:
            top = 1 << 8 * width - 1
            data = ((data ^ top) - top) % (1 << 64) if signed else data
        elif "?" in line:
            data = to["be" if guest == "big" else "le"](data)
        elif "guest is big" in line:
            data = (swap(data) if "swab" in line else to["be"](data)) if guest == "big" else data
        elif "guest is little" in line:
            data = to["le"](data) if guest == "little" else data
        else:
            data = to[re.search("be|le", line)[0]](data)
    return out


@cache
def holds(lines, op):
    for width, guest, host in itertools.product((1, 2, 4, 8), ("little", "big"), ("little", "big")):
        for signed in (False, True) if op == "signed load" else (False,):
            for value in (0x8192A3B4C5D6E7F8, 0x1122334455667788):
                low = value % (1 << 8 * width)
                if op == "store":
                    wanted = low.to_bytes(width, guest)
                else:
                    top = 1 << 8 * width - 1
                    wanted = ((low ^ top) - top) % (1 << 64) if signed else low
                given = value if op == "store" else low
                if runs(lines, width, guest, host, given, signed=signed) != wanted:
                    return False
    return True


@at_each_level
def test_orders_are_judged_as_if_they_were_run(asked, level):
    right = 0
    for q in asked("ordering", level)[:6]:
        numbers = range(1, len(q.lines) + 1)
        for count in range(2, len(q.lines) + 1):
            for order in itertools.permutations(numbers, count):
                lines = [q.lines[k - 1] for k in order]
                feedback = q.answer(list(order))
                wanted = holds(tuple(re.sub(r"\d\d", "", line.code) for line in lines), q.op)
                if q.op == "signed load" and not any(line.does == "sign" for line in lines):
                    wanted = False
                assert feedback.right == wanted, (q.text, order, feedback)
                assert len(feedback.says) <= LONGEST
                right += wanted
        assert sum(line.does in RIVALS for line in q.lines) == 1
    assert right >= 6
