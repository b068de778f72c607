"""Forward questions: right by other people's code, mistakes by name, reasons that fit."""

from __future__ import annotations

import re
import struct
from itertools import islice

import pytest

from kvmendian import DESIGNS, Setup, SetupError
from kvmendian.course.questions import (
    ASKS,
    LEVELS,
    LONGEST,
    PARTIES,
    Question,
    asking,
    fresh,
    reasons,
    spell,
)
from kvmendian.course.questions.mistakes import KINDS

VALUE = 0x8192A3B4C5D6E718
MANY = 1000


def every_question():
    for setup in Setup.all():
        if setup.driver not in ("raw", "accessor"):
            continue
        for ask in ASKS:
            try:
                yield Question(ask, setup, VALUE & (1 << 8 * setup.width) - 1)
            except SetupError:
                assert setup.op == "load" or ask == "register"


@pytest.fixture(scope="module", params=LEVELS)
def many(request):
    return request.param, list(islice(fresh(request.param, seed=1), MANY))


def test_answers_are_right_by_other_peoples_code():
    """Of kernels that keep the sentence: Python's struct says what the bytes and numbers are."""
    letter = {1: "B", 2: "H", 4: "I", 8: "Q"}
    mark = {"little": "<", "big": ">"}
    seen = 0
    for q in every_question():
        s = q.setup
        if s.design_name != "sign-fixed-2026" or s.driver != "raw":
            continue
        pack = lambda order, value, s=s: struct.pack(mark[order] + letter[s.width], value)  # noqa: E731
        unpack = lambda order, data, s=s, up=False: struct.unpack(  # noqa: E731
            mark[order] + (letter[s.width].lower() if up else letter[s.width]), data
        )[0]
        if s.op == "store":
            data = pack(s.guest, q.value)
            wanted = {
                "mmio_data": data,
                "ram_bytes": data,
                "device_value": unpack(s.device_order, data),
            }
        else:
            data = pack(s.device_order, q.value)
            number = unpack(s.guest, data, up=s.signed) & (1 << s.register_width) - 1
            wanted = {"mmio_data": data, "register": number}
        assert q.right == wanted[q.ask]
        seen += 1
    assert seen > 300


def names_its_step(feedback):
    assert len(feedback.says) <= LONGEST, feedback.says
    assert feedback.step in feedback.says
    assert feedback.says.startswith("Not yet: ")
    assert len(feedback.step) > 10
    return True


def test_every_answer_is_accepted_and_every_mistake_has_one_name():
    kinds = set()
    for q in every_question():
        right = q.answer(spell(q.right))
        assert right.right
        assert len(right.says) <= LONGEST, right.says
        for mistake in q.mistakes:
            assert mistake.answer != q.right
            feedback = q.answer(spell(mistake.answer))
            assert not feedback.right
            assert (feedback.kind, names_its_step(feedback)) == (mistake.kind, True)
            kinds.add(mistake.kind)
    never_enumerated = {"length", "unknown", "sign-stopped-at-32", "halfwords-reversed"}
    assert set(KINDS) - kinds <= never_enumerated | {"decimal"}


CASES = [
    ("host-for-guest", "mmio_data", {"guest": "big", "device": "big"}, 0x11223344, "44 33 22 11"),
    ("device-for-guest", "mmio_data", {"device": "big"}, 0x11223344, "11 22 33 44"),
    ("msb-for-little", "mmio_data", {}, 0x11223344, "11 22 33 44"),
    ("lsb-for-big", "ram_bytes", {"guest": "big"}, 0x11223344, "44 33 22 11"),
    ("guest-for-device", "device_value", {"device": "big"}, 0x11223344, "0x11223344"),
    ("guest-for-device", "mmio_data", {"op": "load", "device": "big"}, 0x11223344, "44 33 22 11"),
    ("host-for-native", "device_value",
     {"guest": "big", "device": "native", "host": "big"}, 0x11223344, "0x11223344"),
    ("accessor-forgotten", "mmio_data",
     {"guest": "big", "host": "big", "driver": "accessor"}, 0x11223344, "11 22 33 44"),
    ("accessor-forgotten", "register",
     {"guest": "big", "driver": "accessor"}, 0x11223344, "0x11223344"),
    ("accessor-added", "register", {"driver": "accessor"}, 0x11223344, "0x44332211"),
    ("accessor-too-soon", "register",
     {"op": "load", "guest": "big", "driver": "accessor"}, 0x11223344, "0x11223344"),
    ("sign-forgotten", "register", {"op": "load", "width": 2, "signed": True}, 0x8001, "0x8001"),
    ("sign-stopped-at-32", "register",
     {"op": "load", "width": 2, "signed": True}, 0x9134, "0xffff9134"),
    ("sign-wrong-byte", "register",
     {"op": "load", "width": 2, "signed": True}, 0x0180, "0xffffffffffff0180"),
    ("sign-added", "register", {"op": "load", "width": 2}, 0x8001, "0xffffffffffff8001"),
    ("not-truncated", "register",
     {"op": "load", "width": 1, "signed": True, "register_width": 32}, 0x81, "0xffffffffffffff81"),
    ("ram-rule", "mmio_data", {"host": "big"}, 0x11223344, "00 00 00 00"),
    ("design", "mmio_data", {"host": "big", "design": "swab"}, 0x11223344, "00 00 00 00"),
    ("rule-assumed", "mmio_data", {"host": "big", "design": "swab"}, 0x11223344, "44 33 22 11"),
    ("one-swap", "device_value", {}, 0x11223344, "0x44332211"),
    ("halves-exchanged", "mmio_data", {}, 0x11223344, "33 44 11 22"),
    ("rev16", "mmio_data", {}, 0x11223344, "22 11 44 33"),
    ("words-reversed", "mmio_data", {"width": 8}, 0x1122334455667788, "44 33 22 11 88 77 66 55"),
    ("halves-exchanged", "mmio_data", {"width": 8}, 0x1122334455667788, "5566778811223344"),
    ("halfwords-reversed", "mmio_data", {"width": 8}, 0x1122334455667788, "7788556633441122"),
    ("digits-reversed", "mmio_data", {}, 0x12345678, "87 65 43 21"),
    ("bits-reversed", "mmio_data", {}, 0x01020304, "20 c0 40 80"),
    ("decimal", "mmio_data", {"width": 2}, 0x1122, "34 17"),
    ("decimal-as-hex", "register", {"op": "load", "width": 2}, 0x1122, "0x4386"),
    ("address-for-value", "mmio_data", {}, 0x11223344, "+0 +1 +2 +3"),
    ("address-for-value", "mmio_data", {}, 0x11223344, "0 1 2 3"),
    ("length", "mmio_data", {"width": 2}, 0x1122, "11 22 33 44"),
    ("unknown", "mmio_data", {}, 0x11223344, "de ad be ef"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "ask", "fields", "value", "answer"), CASES, ids=lambda c: str(c)[:20]
)
def test_each_kind_of_mistake(kind, ask, fields, value, answer):
    feedback = Question(ask, Setup(**fields), value).answer(answer)
    assert not feedback.right
    assert feedback.kind == kind
    assert names_its_step(feedback)


def test_every_kind_has_a_case():
    assert set(KINDS) - {case[0] for case in CASES} <= {"host-for-device"}


def test_places_count_the_bytes_that_were_asked():
    load = Question("register", Setup(op="load", width=2), 0x9134)
    assert "1 of 2 bytes is in place" in load.answer("0x9135").says
    assert "0 of 4 bytes" in Question("mmio_data", Setup(), 0x11223344).answer("ab cd ef ba").says


# --- reasons ----------------------------------------

WORDS = {"guest": "guest", "host": "host", "device": "device", "driver": "accessor",
         "design": "kernel|KVM|" + "|".join(DESIGNS)}  # fmt: skip


def named(text):
    return {party for party, words in WORDS.items() if re.search(words, text)}


def test_reasons_and_hints_name_only_who_takes_part(many):
    _, questions = many
    for q in questions:
        takes = set(asking.parties(q.ask, q.setup))
        for text in (*q.hints, q.answer(q.sample).says):
            assert named(text) <= takes, (q.text, text)


def test_who_takes_part_is_as_the_model_says():
    """Whoever changes an answer, in whatever setup, takes part."""
    for q in every_question():
        takes = asking.parties(q.ask, q.setup)
        for who in PARTIES:
            if who not in takes and who != "driver":
                changed = reasons.otherwise(q.ask, q.story, who)
                assert changed is None, (who, q)
    assert asking.parties("ram_bytes", Setup(host="big", design="swab")) == ("guest",)
    assert asking.parties("mmio_data", Setup(op="load", design="swab")) == ("device",)


def test_what_is_said_of_a_sign_is_what_the_lanes_say():
    said = set()
    for q in every_question():
        s = q.setup
        if q.ask != "register" or not s.signed or q.story.road.arithmetic:
            continue
        reason, low = q.hints[1], q.right & (1 << 8 * s.width) - 1
        above = q.right >> 8 * s.width
        ones = (1 << s.register_width - 8 * s.width) - 1
        if "repeated" in reason:
            assert above == (ones if low >> 8 * s.width - 1 else 0), (q, reason)
            said.add("repeated")
        if "cuts it off" in reason:
            assert above == 0
            assert all(lane == 8 for lane in q.story.road.register[s.width :])
            said.add("cut")
    assert said == {"repeated", "cut"}


def test_who_decided_is_judged_by_changing_it(many):
    _, questions = many
    for q in questions:
        found = reasons.deciders(q.ask, q.story)
        assert set(found) <= set(asking.parties(q.ask, q.setup)) | {"nobody"}
        for pick in (*PARTIES, "nobody"):
            feedback = q.who(pick)
            assert feedback.right == (pick in found)
            assert len(feedback.says) <= LONGEST
            other = re.search(r"it would be ([^.]+)\.", feedback.says)
            assert other is None or other[1] != q.sample
    with pytest.raises(SetupError, match="pick"):
        questions[0].who("me")


@pytest.mark.parametrize(("fields", "ask", "found"), [
    ({}, "ram_bytes", ("guest",)),
    ({"guest": "big"}, "mmio_data", ("guest", "design")),
    ({"op": "load"}, "mmio_data", ("device",)),
    ({"guest": "big", "driver": "accessor"}, "register", ("guest", "device", "driver")),
    ({"guest": "big"}, "device_value", ("guest", "device", "design")),
    ({"width": 1}, "mmio_data", ("nobody",)),
    ({"host": "big", "design": "be-guests-2013"}, "mmio_data", ("host", "design")),
])  # fmt: skip
def test_who_decides(fields, ask, found):
    assert reasons.deciders(ask, Setup(**fields).trace(0x91)) == found


# --- mistakes that a person could make ----------------------------------------

LITTLE, BIG = "little", "big"


def today(q, **mind):
    """Answer for today's kernel by Python's own integers, for somebody who has `mind` in mind."""
    s = q.setup
    guest, device = mind.get("guest", s.guest), mind.get("device", s.device_order)
    driver, signed = mind.get("driver", s.driver), mind.get("signed", s.signed)
    width, value = s.width, q.value
    turn = lambda v: int.from_bytes(v.to_bytes(width, LITTLE), BIG)  # noqa: E731
    accessor = driver == "accessor" and guest != device
    if s.op == "store":
        x0 = turn(value) if accessor else value
        data = x0.to_bytes(width, guest)
        got = int.from_bytes(data, device)
        return {"mmio_data": data, "ram_bytes": data, "register": x0, "device_value": got}[q.ask]
    data = value.to_bytes(width, device)
    bits = mind.get("bits", s.register_width)
    x0 = int.from_bytes(data, guest, signed=signed) & (1 << bits) - 1
    return {"mmio_data": data, "register": x0}[q.ask]


def could_happen(q, mistake):
    """Whether one misconception gives this, and the question gives cause for it."""
    s, kind, text = q.setup, mistake.kind, q.text
    device = s.device_order
    differ, other = s.guest != device, {LITTLE: BIG, BIG: LITTLE}
    reverse = mistake.answer == (today(q)[::-1] if isinstance(q.right, bytes) else mistake.answer)
    minds = {
        "host-for-guest": ({"guest": s.host}, s.host != s.guest and "host" in text),
        "device-for-guest": ({"guest": device}, differ and "device" in text),
        "guest-for-device": ({"device": s.guest}, differ and "guest" in text),
        "host-for-device": ({"device": s.host}, s.host != device and "host" in text),
        "host-for-native": ({"device": s.host}, s.device == "native"),
        "accessor-forgotten": ({"driver": "raw"}, s.driver == "accessor" and differ),
        "sign-added": ({"signed": True}, not s.signed and s.op == "load"),
        "sign-forgotten": ({"signed": False}, s.signed),
        "not-truncated": ({"bits": 64}, s.register_width == 32),
        "msb-for-little": ({"guest": other[s.guest], "device": other[device]}, "little" in text),
        "lsb-for-big": ({"guest": other[s.guest], "device": other[device]}, "big" in text),
    }
    if kind in minds:
        mind, cause = minds[kind]
        return cause and (asking.about_designs(s) or today(q, **mind) == mistake.answer)
    if kind == "accessor-added":
        cause = differ == (s.driver == "raw") and "device" in text
        return cause and (asking.about_designs(s) or reverse)
    if kind in ("design", "rule-assumed"):
        return asking.about_designs(s)
    return not (kind == "ram-rule" and asking.about_designs(s))


def test_each_mistake_could_be_made_by_a_person_with_one_misconception(many):
    _, questions = many
    for q in questions:
        for mistake in q.mistakes:
            assert could_happen(q, mistake), (q.text, mistake)
            old = [n for n in DESIGNS if n in mistake.says + mistake.step]
            assert not old or asking.about_designs(q.setup)


# --- what is asked ----------------------------------------


def test_fresh_questions_are_fresh_and_repeatable(many):
    level, questions = many
    assert questions[:100] == list(islice(fresh(level, seed=1), 100))
    assert len(set(questions)) > 0.99 * MANY
    assert questions[7].next == questions[8]
    assert questions[:20] != list(islice(fresh(level, seed=2), 20))
    if level == 1:
        assert {(q.setup.op, q.setup.driver) for q in questions} == {("store", "raw")}
    if level == 3:
        assert {q.setup.signed for q in questions} == {False, True}
        assert {q.setup.design_name for q in questions} == set(DESIGNS)


def test_no_rule_of_thumb_is_right_more_than_half_the_time(many):
    _, questions = many
    hits = dict.fromkeys(("reverse", "as written", "device", "device, of numbers too"), 0)
    for q in questions:
        s = q.setup
        written = q.value.to_bytes(s.width, BIG)
        number = isinstance(q.right, int)
        device = s.device_order if "device" in q.text else LITTLE
        laid = q.value.to_bytes(s.width, device)
        rules = {"reverse": written[::-1], "as written": written, "device": laid,
                 "device, of numbers too": laid[::-1] if number else laid}  # fmt: skip
        for rule, guess in rules.items():
            hits[rule] += (int.from_bytes(guess, BIG) if number else guess) == q.right
    assert max(hits.values()) <= MANY / 2, hits


def test_no_coincidences(many):
    """No answer is right by luck: all bytes differ, in digits and bits too, and signs show."""
    _, questions = many
    for q in questions:
        s, data = q.setup, q.value.to_bytes(q.setup.width, BIG)
        turned = {int(f"{b:02x}"[::-1], 16) for b in data} | {
            int(f"{b:08b}"[::-1], 2) for b in data
        }
        assert len(set(data)) == s.width
        assert not set(data) & turned
        assert not set(data) & {0, 0xFF, *range(8)}
        if s.op == "load" and s.design_name == "sign-fixed-2026":
            loaded = int.from_bytes(q.value.to_bytes(s.width, s.device_order), s.guest, signed=True)
            assert loaded < 0
    assert Question("register", Setup(op="load", width=2), 0x8001)  # by hand whatever you like


def test_one_byte_is_rare_native_is_asked_for_and_widths_are_mixed(many):
    level, questions = many
    widths = [q.setup.width for q in questions]
    assert widths.count(1) <= MANY / 20
    assert all(widths.count(width) > MANY / 8 for width in (2, 4, 8))
    assert not any(q.setup.device == "native" for q in questions)
    assert any(q.setup.device == "native" for q in islice(fresh(level, 1, native=True), 100))
    assert {q.setup.driver for q in questions} <= {"raw", "accessor"}


@pytest.mark.parametrize(("call", "word"), [
    (lambda: fresh(4), "level"),
    (lambda: fresh(1, "x"), "seed"),
    (lambda: fresh(kind="backward"), "kind"),
    (lambda: Question("mmio_data", Setup(), 1).next, "fresh"),
])  # fmt: skip
def test_what_cannot_be_asked_is_refused(call, word):
    with pytest.raises(SetupError, match=word):
        call()
