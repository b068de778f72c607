"""Pictures and text: true to the story, whole for every setup, and safe with anybody's words."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kvmendian import DESIGNS, Design, Setup, truth_table
from kvmendian.model.lanes import SECOND, SOURCE, ZERO, letter, sign_of
from kvmendian.render import spoken, svg, text, words
from kvmendian.render.places import split
from kvmendian.render.theme import CSS, FILLS, look

SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert('x')</script>\"&\n\x00]]>"


def parse(told):
    return ET.fromstring(svg.story(told))  # noqa: S314 - we made this document


def classes(node):
    return (node.get("class") or "").split()


def words_of(root):
    return [node.text or "" for node in root.iter(SVG + "text")]


def test_the_picture_in_the_readme_is_what_the_library_draws_today():
    told = Setup(arch="arm", host="big", design="be-guests-2013").trace(0x11223344)
    path = Path(__file__).parents[2] / "notebooks" / "pictures" / "first-access.svg"
    drawn = path.read_text(encoding="utf-8").rstrip("\n")
    assert drawn == svg.story(told), "make picture draws it again"
    assert str(path.relative_to(path.parents[2])) in (path.parents[2] / "README.md").read_text()


@pytest.mark.parametrize("design", DESIGNS)
def test_every_picture_and_text_is_whole(design):
    """Well-formed, one row per stage, every moving byte with letter, digits and colour."""
    for setup in Setup.all(design=design, target="little"):
        told = setup.trace(0x8182838485868788 >> (64 - setup.value_bits))
        root = parse(told)
        shown = words_of(root)
        for stage in told.stages:
            assert shown.count(stage.place) >= 1, (setup, stage.place)
            kept, _ = split(stage, told, fold_signs=False)
            for k in kept:
                assert letter(stage.lanes[k]) in shown
        rows = [node for node in root.iter(SVG + "g") if "cell" in classes(node)]
        cells = sum(len(split(stage, told, fold_signs=False)[0]) for stage in told.stages)
        assert len(rows) == cells + 2 * setup.width  # and the two strips of the yardstick
        stops = [node.get("aria-label") for node in rows if node.get("tabindex") == "0"]
        heard = [spoken.byte(told, k) for k in range(setup.width)]
        assert sorted(stops) == heard, "each byte of mmio.data, and no other, takes the focus"
        lines = str(told).splitlines()
        assert max(map(len, lines)) <= 88
        assert sum(bool(re.match(r"\d+\. ", line)) for line in lines) == len(told.stages)


def test_text_and_picture_say_the_same_bytes_as_the_story():
    for setup in Setup.all(device="little", target="little", driver="raw", width=4):
        told = setup.trace(0x11223344)
        yard = str(told).split("The yardstick")[1].splitlines()[1:6]
        found = {
            line.split()[0]: line.split()[1 : 1 + setup.width] for line in yard if line.strip()
        }
        assert bytes.fromhex("".join(found["mmio.data"])) == told.mmio_data
        assert bytes.fromhex("".join(found["RAM"])) == told.ram_bytes


def test_integers_have_powers_and_no_addresses_and_bytes_the_reverse():
    told = Setup(width=2, host="big").trace(0x1122)
    by_place = {stage.place: "\n".join(text.cells(stage, told)) for stage in told.stages}
    assert by_place["val"].startswith("[")
    assert "+" not in by_place["val"]
    assert by_place["mmio.data"].startswith("| +0 ")
    root = parse(told)
    powers = [word for word in words_of(root) if re.fullmatch("2[⁰¹²³⁴⁵⁶⁷⁸⁹]+", word)]
    addresses = [word for word in words_of(root) if re.fullmatch(r"\+\d", word)]
    integers = [s for s in told.stages if s.kind == "integer"]
    memories = [s for s in told.stages if s.kind == "bytes"]
    assert len(powers) == sum(len(split(s, told)[0]) for s in integers)
    assert len(addresses) == sum(len(split(s, told)[0]) for s in memories) + 2 * 2


def test_lines_cross_where_somebody_swaps_and_only_there():
    """Between two rows, bytes change sides exactly where the ledger has a real swap."""
    for setup in Setup.all(design="sign-fixed-2026", width=4, signed=False):
        told = setup.trace(0x11223344)
        swapped = {entry.stage for entry in told.swaps if entry.swapped}
        for number in range(1, len(told.stages)):
            a, b = told.stages[number - 1], told.stages[number]
            assert (screen(a, 4) != screen(b, 4)) == (number in swapped), (setup, number)


def screen(stage, width):
    """Return the moving lanes from left to right, as the picture has them."""
    order = list(stage.lanes)
    if stage.kind == "integer" or stage.order == "little":
        order.reverse()
    return [lane for lane in order if lane < width and lane != ZERO]


def test_the_missing_and_the_surplus_swap_have_a_shape_of_their_own():
    def dashed(**fields):
        root = parse(Setup(**fields).trace(0x11223344))
        return sum("no" in classes(n) for n in root.iter(SVG + "path"))

    assert dashed(host="big") == 0
    assert dashed(host="big", design="be-guests-2013") == 2
    assert dashed(host="big", guest="big", design="swab") == 2


@pytest.mark.parametrize("name", [EVIL, 'a"b', "two\nlines", "<b>", "&amp;"])
def test_a_learners_name_is_escaped_everywhere(name):
    mine = Design(name, lambda d, w, g, h: d, lambda d, w, g, h: d)
    told = Setup(design=mine).trace(1)
    drawn = svg.story(told)
    assert "<script" not in drawn
    root = ET.fromstring(drawn)  # noqa: S314 - we made this document
    assert {node.tag for node in root.iter()} <= {
        SVG + t for t in ["svg", "desc", "style", "rect", "text", "tspan", "path", "g", "circle"]
    }
    told_all = root.get("aria-label") + root.find(SVG + "desc").text
    shown = name.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    assert " ".join(shown.split()) in " ".join(told_all.split())
    html = truth_table(mine)._repr_html_()
    assert "<script" not in html
    assert "<b>" not in html


def test_no_picture_asks_for_anything_from_anywhere():
    drawn = svg.story(Setup().trace(1))
    assert set(re.findall(r"https?://[^\"'\s]+", drawn)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"url\(|@import|<image|href", drawn)


def test_a_page_and_a_file_get_the_same_picture():
    told = Setup().trace(1)
    bundle = told._repr_mimebundle_()
    assert list(bundle) == ["text/plain", "text/html", "image/svg+xml"]
    words, picture = bundle["text/html"].split('<div class="kve-picture" style="display:none">')
    assert picture == f"{bundle['image/svg+xml']}</div>"
    assert ET.fromstring(words).text == bundle["text/plain"]  # noqa: S314 - we made this document


def test_every_byte_and_its_sign_fill_have_one_class_and_a_rule():
    for lane in (*SOURCE, ZERO, *SECOND):
        byte = look(lane)[0]
        assert look(sign_of(lane))[0] == byte
        assert f".kve:has(.{byte}:is(:hover,:focus-visible)) .{byte}" in CSS
    assert len({look(lane)[0] for lane in (*SOURCE, ZERO, *SECOND)}) == 17


def test_the_description_tells_every_place_with_its_bytes_and_every_step():
    for setup in Setup.all(design="be-guests-2013", target="little", register_width=64):
        told = setup.trace(0x8182838485868788 >> (64 - setup.value_bits))
        says = spoken.description(told)
        for stage in told.stages:
            place = stage.place
            holds = (
                f"{place} is {words.full(told, stage.value)}"
                if stage.bytes is None
                else (f"{place} holds {stage.bytes.hex(' ')}")
            )
            assert holds in says, (setup, place)
        for entry in told.swaps:
            assert f"{entry.who} {words.did(entry.swapped, entry.needed)}." in says
        assert f"mmio.data holds {told.mmio_data.hex(' ')}, and " in says
        assert len(says) < 1600, "a few sentences"
        assert ".." not in says
        assert spoken.name(told).endswith(".")


def luminance(colour):
    channels = [int(colour[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("fill", FILLS)
def test_black_text_on_a_byte_has_contrast_of_seven_to_one(fill):
    assert (luminance(fill) + 0.05) / 0.05 >= 7


def test_verdicts_name_what_went_wrong():
    def said(**fields):
        told = Setup(**fields).trace(0x8122)
        return ": ".join(words.verdict(told)), words.why(told.road)

    verdict, why = said(host="big", design="be-guests-2013", width=2)
    assert verdict.startswith("Wrong: mmio.data is not what RAM would hold; the device gets 0x2281")
    assert "nobody makes up the difference" in why
    verdict, why = said(host="big", guest="big", design="swab", width=2)
    assert "one swap too many" in why
    verdict, why = said(guest="big", width=2)
    assert verdict.startswith("Kernel right, driver wrong")
    verdict, why = said(op="load", width=2, signed=True, design="merged-2014")
    assert verdict == "Wrong: x0 is 0x8122; the same bytes in RAM would give 0xffffffffffff8122."
    assert "cuts the sign extension off" in why
    told = Setup(host="big", design="be-guests-2013", width=2).trace(0x1111)
    assert words.verdict(told)[0] == "Right for this value, not for every one"
    told = Setup(width=1, guest="big").trace(1)
    assert words.why(told.road).startswith("One byte has no order")
    verdict, why = said(host="big", guest="big", design="swab-le-buffer", width=2)
    assert "swaps twice" in why
    verdict, why = said(host="big", design="memcpy-2012", width=2)
    assert "the first are the most significant" in why
    verdict, why = said(host="big", design="memcpy-2012", width=8)
    assert "nobody makes up the difference" in why
    load = {"op": "load", "width": 2, "signed": True}
    verdict, why = said(**load, host="big", guest="big", design="swab-le-buffer")
    assert "by the sign of the wrong byte" in why  # the little buffer put the other byte on top
    verdict, why = said(**load, host="big", guest="big", design="be-guests-2013")
    assert "cuts the sign extension off" in why
    odd = Design("odd", *2 * [lambda d, w, g, h: d << 8])
    assert "in a way of its own" in said(design=odd, width=2)[1]
    high = Design("high", *2 * [lambda d, w, g, h: d | d << 32])
    assert "bytes above them" in said(design=high, op="load", width=2)[1]


def test_truth_table_prints_every_design_and_marks_the_wrong_ones_in_words():
    printed = str(truth_table())
    assert all(name in printed for name in DESIGNS)
    assert max(map(len, printed.splitlines())) <= 98
    wrong = sum(not right for right in truth_table().cells.values())
    assert printed.count("WRONG") == wrong > 0
    assert truth_table()._repr_html_().count("WRONG") == wrong
