"""Every generated sentence against the lanes of its road, in every setup of every design.

`said_of_why`, `said_of_steps` and `said_of_others` have what each sentence claims; a sentence
without a template fails, and so does a template that nobody uses any more.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from facts import Facts
from said_of_others import LEDGER, LOADS, STORES, TAKES
from said_of_steps import STEP
from said_of_why import WHY
from templates import split

from kvmendian import Design, Setup
from kvmendian.evidence import recordings
from kvmendian.model import lanes, reasons
from kvmendian.model.designs import mask, swab
from kvmendian.render import places, spoken, text, words

DISTINCT = 0x8192A3B4C5D6E7F8
PALINDROME = 0x8181818181818181
KINDS = {"why": WHY, "step": STEP, "ledger": LEDGER}


def _halves(data, width, *_):
    return lanes.as_int(lanes.swap(lanes.SOURCE, width, max(1, width // 2)), data)


def both(name, function, **more):
    return Design(name, guest_to_host=function, host_to_guest=function, **more)


OWN = (
    both("all-eight", lambda data, width, *_: swab(data, 8)),
    both("one-byte", lambda data, width, *_: mask(data, 1) if width > 1 else data),
    both("as-it-is", lambda data, *_: data),
    both("upper-too", lambda data, width, g, h: swab(data, width) if g != h else data),
    both("sums", lambda data, width, *_: data + 1),
    both("other-byte", lambda data, width, *_: data << 8),
    both("dirty", lambda data, width, g, h: (swab(data, width) if g != h else data) | data << 32),
)
"""Learner's functions that are wrong in ways of their own."""

SETUPS = [*Setup.all(), *(s for own in OWN for s in list(Setup.all(design=own))[::5])]
SEEN: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}


def stories():
    """Every setup with a value: the lanes are those of every other value."""
    for setup in SETUPS:
        yield Facts(setup.trace(DISTINCT >> (64 - setup.value_bits)))


def judge(kind, said, f, *where):
    found = split(said, KINDS[kind], SEEN[kind])
    assert found is not None, f"no template: {said!r} ({f.s})"
    for name, m in found:
        assert KINDS[kind][name][1](f, m, *where), f"{name}: {said!r} ({f.s})"


def test_the_sentence_of_why_is_true_and_so_are_those_of_the_places_and_of_the_ledger():
    for f in stories():
        judge("why", words.why(f.story.road), f)
        for k, step in enumerate(f.road.steps):
            judge("step", step.why, f, k)
        for entry in f.road.swaps:
            judge("ledger", entry.why, f, entry.stage)
    for kind, templates in KINDS.items():
        assert set(SEEN[kind]) == set(templates), kind


def test_who_swaps_and_who_should_is_what_the_lanes_say():
    for f in stories():
        did = [words.did(e.swapped, e.needed).split(", but ") for e in f.road.swaps]
        for entry, (swaps, *should) in zip(f.road.swaps, did, strict=True):
            k = entry.stage
            own = f.loose and f.road.steps[k].place == "data′"
            if swaps == "swaps":
                assert own or f.turned(k), (f.s, entry)
            else:
                assert swaps == "does not swap"
                assert own or f.kept(k) or (not f.turned(k) and not f.s.kernel.reasons), (
                    f.s,
                    entry,
                )
            if not should or own:
                continue
            assert should == ["should not" if entry.swapped else "should"]
            assert f.road.steps[k].zone != "VMM"
            if k in f.driven:
                turns = len(f.turns_of("guest CPU")) + (-1 if entry.swapped else 1)
                zeros = f.kept(k) and f.turned(k)  # nothing is there that could be turned
                assert zeros or turns == (f.s.guest != f.s.device_order), (f.s, entry)
                assert not f.low_is_right or not f.driver_is_right, (f.s, entry)
            elif not f.turns_of("host kernel") or f.turned(k):
                assert not f.low_is_right, (f.s, entry)
                assert f.if_turned(k) or not f.s.kernel.reasons, (f.s, entry)
        head = re.fullmatch(r"Who could swap: (\d+) steps\. Who did: (.*)\.",
                            words.ledger_head(f.road.swaps))  # fmt: skip
        count = (
            {"none": 0, "one of them": 1}.get(head[2]) if head[2][0] in "no" else int(head[2][0])
        )
        swapped = [swaps for swaps, *_ in did if swaps == "swaps"]
        assert (int(head[1]), count) == (len(did), len(swapped))


def number(content, f):
    return lanes.as_int(content, f.story.value, f.road.computed)


@pytest.mark.parametrize("value", [DISTINCT, PALINDROME, 0, 0x80], ids=hex)
def test_the_verdict_says_what_the_bytes_say(value):
    for setup in SETUPS[:: 1 if value == DISTINCT else 3]:
        f = Facts(setup.trace(value >> (64 - setup.value_bits) if value > 0x80 else value))
        low = (1 << 8 * setup.width) - 1
        data, ram = (lanes.evaluate(x, f.story.value, f.road.computed)
                     for x in (f.road.mmio, f.road.ram))  # fmt: skip
        register, expected = number(f.road.register, f), number(f.road.expected, f)
        device, software = number(f.road.device, f) & low, number(f.road.software, f)
        keeps = data == ram and register == expected
        always = f.road.honours_abi or f.loose
        judgement, sentence = words.verdict(f.story)
        driver = device == software & low
        wanted = "Wrong" if not keeps else "Right" if driver else "Kernel right, driver wrong"
        luck = "Right for this value, not for every one"
        assert judgement == (luck if keeps and not always else wanted), (setup, value)
        m = re.fullmatch(STORES if setup.op == "store" else LOADS, sentence)
        assert m, sentence
        said = {name: int(text, 16) for name, text in m.groupdict().items() if text}
        if setup.op == "store":
            assert (m[1] == "holds") == keeps
            assert said["device"] == device
            meant = said.get("software", said.get("meant"))
            assert meant == (None if driver else software & low)
        elif "register" in said:
            assert (said["register"], said["promised"]) == (register, expected)
            assert register != expected or data != ram
            assert not keeps
        else:
            assert keeps
            assert said["software"] == (software if driver else software & low)
            assert said.get("device", software & low) == device
            assert ("device" in said) == (not driver)


SAID = (
    r"(?P<zone>In the (?P<name>[\w ]+?)(?: \((?P<order>little|big)\))?, "
    r"(?P<places>[^.]*(?:\.\w[^.]*)*)\. )"
    r"|(?P<told>Bytes are told from \+0 up\. )"
    r"|(?P<head>Who could swap: \d+ steps\. Who did: [\w ]+\. )"
    r"|(?P<yard>The yardstick: mmio\.data holds (?P<data>[0-9a-f ]+), and (?P<ram>so does RAM, at "
    r"every address|RAM [0-9a-f ]+)\. )"
    r"|(?P<swap>(?P<who>[\w ]+?) (?P<did>(?:swaps|does not swap)(?:, but should(?: not)?)?)\. )"
)  # fmt: skip


def test_a_picture_in_words_tells_the_lanes():
    for f in stories():
        said = spoken.description(f.story)
        first = f"{spoken.capital(words.subtitle(f.story).replace(' · ', ', '))}. "
        why, last = f"{words.why(f.story.road)} ", words.evidence(f.story.evidence)
        assert said.startswith(first + why)
        assert said.endswith(last)
        body = said[len(first) + len(why) : len(said) - len(last)]
        at, stages, entries = 0, iter(enumerate(f.road.steps)), iter(f.road.swaps)
        while at < len(body):
            m = re.compile(SAID).match(body, at)
            assert m, (f.s, body[at : at + 90])
            at = m.end()
            if m["zone"]:
                _the_zone(f, m, stages)
            elif m["yard"]:
                data, ram = (lanes.evaluate(x, f.story.value, f.road.computed).hex(" ")
                             for x in (f.road.mmio, f.road.ram))  # fmt: skip
                assert m["data"] == data
                assert m["ram"] == (
                    "so does RAM, at every address" if data == ram else f"RAM {ram}"
                )
            elif m["swap"]:
                entry = next(entries)
                assert (m["who"], m["did"]) == (entry.who, words.did(entry.swapped, entry.needed))
        assert not list(stages)
        assert not list(entries)


def _the_zone(f, m, stages):
    orders = {"guest CPU": f.s.guest, "device": f.s.device_order, "kvm_run page": None}
    assert m["order"] == orders.get(m["name"], f.s.host)
    for place in m["places"].split(", "):
        _, step = next(stages)
        name, verb, held = re.fullmatch(r"(\S+) (is|holds) (.*)", place).groups()
        content = lanes.evaluate(step.lanes, f.story.value, f.road.computed)
        assert (name, verb) == (step.place, "is" if step.kind == "integer" else "holds")
        assert step.zone == m["name"]
        if verb == "holds":
            assert bytes.fromhex(held) == content
        else:
            assert int(held, 16) == int.from_bytes(content, "little")


def test_each_step_is_named_after_a_function_that_takes_it():
    for f in stories():
        for k, step in enumerate(f.road.steps):
            taken = [
                does for pattern, does in TAKES.items() if re.fullmatch(pattern, step.function)
            ]
            assert len(taken) == 1, step.function
            m = next(filter(None, (re.fullmatch(p, step.function) for p in TAKES)))
            assert taken[0](f, m, k), (f.s, step)
        letter = {1: "b", 2: "h", 4: "", 8: ""}[f.s.width]
        m = re.fullmatch(r"(str|ldr)(s?)([bhw]?) ([wxr])0, \[[xr]1\]", reasons.instruction(f.s))
        wide = f.s.width == 8 or (f.s.signed and f.s.register_width == 64)
        assert m[1] == ("str" if f.s.op == "store" else "ldr")
        assert (m[2] == "s") == f.s.signed
        assert m[3] == ("w" if f.s.signed and f.s.width == 4 else letter)
        assert m[4] == ("r" if f.s.arch == "arm" else "x" if wide else "w")


def test_what_is_summed_up_in_a_word_is_that():
    seen = set()
    for f in stories():
        for stage in f.story.stages:
            shown, rest = places.split(stage, f.story)
            assert sorted([*shown, *rest]) == list(range(len(stage.lanes))) or stage.zone in (
                "VMM", "device")  # fmt: skip
            if not rest:
                continue
            label = places.rest_label(stage, rest)
            m = re.fullmatch(
                r"(above|\+(\d) to \+(\d)), (not moved|zeros|sign of ([A-H]2?))", label
            )
            assert m, (label, f.s)
            left = {stage.lanes[k] for k in rest}
            if m[4] == "not moved":
                assert left <= set(lanes.SOURCE) - set(f.road.mmio)
            elif m[4] == "zeros":
                assert left == {lanes.ZERO}
            else:
                assert {lanes.letter(lane) for lane in left} == {"s" + m[5]}
            assert (m[1] == "above") == (stage.kind == "integer")
            if m[2]:
                assert list(rest) == list(range(int(m[2]), int(m[3]) + 1))
            seen.add(m[4][:4])
    assert seen == {"not ", "zero", "sign"}


def test_what_a_real_kernel_did_is_what_was_recorded():
    names = ("design", "host", "guest", "op", "width", "signed")
    known: dict[tuple[object, ...], list[Any]] = {}
    for name, host in product(recordings.NAMES, ("little", "big")):
        for row in recordings.load(name, host).rows:
            state = tuple(getattr(row.setup, name) for name in names)
            known.setdefault((*state, row.value, row.insn), []).append(row)
    told = 0
    for setup in (s for s in SETUPS if s.kernel.reasons):
        found = setup.trace(0).evidence
        said = words.evidence(found)
        if found is None:
            assert said == "Computed: no kernel was recorded in this state."
            continue
        m = re.fullmatch(
            r"Recorded: Linux [\d.]+ as a (little|big)-endian host, this design, (\S+) [^:]*: for "
            r"(0x\w+) (the same bytes and register|something else) \(mmio\.data ([0-9a-f ]+), "
            r"register (0x\w+)\)\.", said)  # fmt: skip
        state = (getattr(setup, name) for name in names)
        rows = known[*state, int(m[3], 16), found.insn]
        assert m[1] == setup.host
        assert (bytes.fromhex(m[5]), int(m[6], 16)) in {(r.mmio_data, r.register) for r in rows}
        model = rows[0].setup.trace(rows[0].value)
        same = (model.mmio_data, model.register) == (rows[0].mmio_data, rows[0].register)
        assert same == (m[4] == "the same bytes and register")
        told += 1
    assert told > 5_000


def test_the_text_form_tells_the_yardstick():
    for setup in SETUPS[::11]:
        f = Facts(setup.trace(DISTINCT >> (64 - setup.value_bits)))
        said = text.story(f.story)
        wrong = sum(a != b for a, b in zip(f.story.mmio_data, f.story.ram_bytes, strict=True))
        judged = re.search(r"   (?:equal at every address|different at (\d) of (\d))\n", said)
        assert judged[1] is None if not wrong else (int(judged[1]), int(judged[2])) == (
            wrong, setup.width)  # fmt: skip
        m = re.search(r"would load (0x\w+);\n  [xr]0 is (0x\w+)\.", said)
        register, expected = number(f.road.register, f), number(f.road.expected, f)
        assert (m is None) == (register == expected)
        assert m is None or (int(m[1], 16), int(m[2], 16)) == (expected, register)
