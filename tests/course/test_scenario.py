"""Scenarios: every case of every claim is there with its answer, and nothing is told early.

What the browser gets is `document`; it is held here against `verdict()` and against the roads.
"""

from __future__ import annotations

import gzip
import itertools
import json
import re
from collections import defaultdict

import pytest

from kvmendian import CLAIMS, Scenario, Setup, SetupError
from kvmendian.course.claims.cases import round_trip
from kvmendian.course.scenario import ANSWERS, board, document, packed
from kvmendian.course.scenario.grid import fields_of
from kvmendian.course.scenario.plays import PLAYS
from kvmendian.model import lanes
from kvmendian.render import claim_card
from kvmendian.widgets.live import RefusedError

IDS = list(CLAIMS)
every_claim = pytest.mark.parametrize("claim", IDS)
SHOWS_A_DIFFERENCE = {  # readings whose yes is that the two things compared are not equal
    ("trap-loses-the-lane-swap", 0),
    *(("nothing-swaps-on-a-big-host", k) for k in range(3)),
    ("somebody-has-to-say", 0),
    ("native-should-be-little", 0),
    ("a-little-register-file-swaps-for-ever", 0),
    ("the-guests-own-rev-breaks", 0),
    ("every-consumer-must-think", 0),
    ("a-value-is-no-memory", 0),
}
TWO_AT_ONCE = {  # compare more than one thing, or count swaps
    *(("trap-loses-the-lane-swap", k) for k in (1, 2, 3)),
    ("swab-needs-a-second-swap", 1),
    ("an-emulator-is-no-specification", 0),
}


def findings(claim):
    verdict = CLAIMS[claim].verdict()
    return (*verdict.findings, *verdict.also)


@every_claim
def test_every_case_has_the_answer_of_the_verdict(claim):
    blocks = board(claim).grid.blocks
    assert len(blocks) == len(findings(claim))
    for block, finding in zip(blocks, findings(claim), strict=True):
        counted = [one for one in block.entries if one.counted]
        assert [one.case for one in counted] == list(finding.reading.cases())
        assert {one.case for one in counted if one.yes} == set(finding.held)
        assert {one.case for one in counted if not one.yes} == set(finding.broken)
        for one in block.entries:  # the neighbours too
            assert one.yes == bool(finding.reading.holds(one.case))


@every_claim
def test_the_document_says_the_same(claim):
    made = json.loads(gzip.decompress(packed(claim)))
    outcome = CLAIMS[claim].verdict().outcome
    assert made["outcome"] == outcome
    assert made["truth"] == (outcome if outcome in ANSWERS else "depends")
    assert made["count"] == [
        sum(len(f.held) for f in CLAIMS[claim].verdict().findings),
        sum(len(f.held) + len(f.broken) for f in CLAIMS[claim].verdict().findings),
    ]
    for block, finding in zip(made["blocks"], findings(claim), strict=True):
        assert block["outcome"] == finding.outcome
        rows = [row for row in block["cases"] if row[3]]
        assert [row[1] for row in rows] == [int(c in finding.held) for c in finding.reading.cases()]
    first = made["first"]
    counters = [f.counterexample for f in CLAIMS[claim].verdict().findings if f.broken]
    assert (first is None) == (not counters)
    if first:
        assert board(claim).entry(*first).case == counters[0]


@every_claim
def test_a_square_folds_cases_of_one_answer_and_none_is_lost(claim):
    made = document(board(claim))
    folded = {"device", "declared", "target", *made["folded"]}
    for number, block in enumerate(board(claim).grid.blocks):
        squares = defaultdict(list)
        for k, at in enumerate(block.at):
            squares[at].append(k)
        assert sum(map(len, squares.values())) == len(block.entries)
        assert len(squares) == block.squares == made["blocks"][number]["squares"]
        rows = made["blocks"][number]["cases"]
        for inside in squares.values():
            assert len({tuple(rows[k][1:4]) for k in inside}) == 1  # yes, wrong bytes, counted
            for name in fields_of(block.entries[0].case).keys() - folded:
                assert len({block.entries[k].fields[name] for k in inside}) == 1, name
        combinations = {tuple(row[5]) for row in rows}
        assert len(combinations) == len(rows)  # a case can be reached by its toggles


@every_claim
def test_the_toggles_decide(claim):
    """Toggles, width and access together tell yes from no; what is folded alone never does."""
    laid = board(claim).grid
    shown = {*laid.toggles, "width", "access"}
    for block in laid.blocks:
        answers = defaultdict(set)
        for one in block.entries:
            answers[tuple((k, v) for k, v in one.fields.items() if k in shown)].add(one.yes)
        assert all(len(found) == 1 for found in answers.values())
    assert set(laid.deciding) <= shown
    assert len(laid.toggles) <= 3
    assert not set(laid.toggles) & set(laid.folded)


@every_claim
def test_what_a_picture_compares_is_the_answer(claim):
    for number, block in enumerate(board(claim).grid.blocks):
        for k, one in enumerate(block.entries):
            picture = board(claim).picture(number, k)
            assert picture.compared
            if (claim, number) in SHOWS_A_DIFFERENCE:
                assert picture.equal != one.yes, one
            elif (claim, number) not in TWO_AT_ONCE:
                assert picture.equal == one.yes, one


@every_claim
def test_what_a_picture_says_is_what_its_lanes_are(claim):
    """Each hex number in the sentence is a column's content; "the same" where they are equal."""
    for number, block in enumerate(board(claim).grid.blocks):
        for k in range(len(block.entries)):
            picture = board(claim).picture(number, k)
            contents = {c.content(picture.value).removeprefix("0x") for c in picture.columns}
            said = re.findall(
                r"\b(?:0x)?((?:[0-9a-f]{2} )*[0-9a-f]{2}|[0-9a-f]{4,16})\b(?=[,.;:]| )",
                re.sub(r"\b20\d\d\b|\d+ bytes", "", picture.sentence),
            )
            said = [one for one in said if re.fullmatch(r"[0-9a-f ]+", one)]
            assert set(said) <= contents, (picture.sentence, contents)
            if "the same" in picture.sentence:
                assert any(a.lanes == b.lanes for a, b in picture.compared)


def test_what_comes_back_is_said_to_come_back():
    """Claim 14: its yes asks for it, in every width."""
    shown = board("an-emulator-is-no-specification")
    for k, one in enumerate(shown.grid.blocks[0].entries):
        same = "as it was" in shown.picture(0, k).sentence
        assert same == round_trip(one.case)
        assert same or not one.yes


@pytest.mark.parametrize(("reading", "era"), [(0, "2014"), (1, "today")])
def test_the_one_who_swaps_in_qemu_is_the_one_who_did_then(reading, era):
    """The load goes by the target in 2014, by the host today; the rest is adjust_endianness."""
    shown = board("qemu-knows-the-device")
    for k, one in enumerate(shown.grid.blocks[reading].entries):
        case, picture = one.case, shown.picture(reading, k)
        loads = case.target if era == "2014" else case.host
        swaps = [("_p", loads != case.host), ("adjust_endianness", loads != case.device_order)]
        did = [who for who, swapped in swaps if swapped and case.width > 1]
        drawn = [c.who for c in picture.crossings if c.column == 2 and c.swapped]
        assert len(drawn) == len(did) % 2
        assert all(who.endswith(did[0]) for who in drawn)
        if case.width > 1:
            assert len(re.findall(r"(?<!not )\bswaps\b", picture.why)) == len(did)


@every_claim
def test_each_square_is_said_to_stand_for_what_it_stands_for(claim):
    made = document(board(claim))
    for number, block in enumerate(board(claim).grid.blocks):
        sizes = {block.at.count(at) for at in block.at}
        assert made["blocks"][number]["each"] == (sizes.pop() if len(sizes) == 1 else 0)
    assert "device" not in made["folded"] or claim != "native-should-be-little"


@every_claim
def test_one_byte_has_no_order_is_said_where_nothing_differs(claim):
    """And of one byte alone; and one byte is swapped nowhere."""
    for number, block in enumerate(board(claim).grid.blocks):
        for k in range(len(block.entries)):
            picture = board(claim).picture(number, k)
            if picture.why.startswith("One byte has no order"):
                above = any(column.rest for column in picture.columns)
                assert picture.width == 1
                assert picture.equal or above, picture.sentence
            if picture.width == 1:
                assert not any(one.swapped or one.needed for one in picture.crossings)


def down(column):
    """Return the lanes that are drawn, from top to bottom: memory as its reader has it."""
    shown = [k for k in range(len(column.lanes)) if k not in column.rest]
    by_address = column.kind == "bytes" and column.order == "big"
    return [column.lanes[k] for k in (shown if by_address else shown[::-1])]


@every_claim
def test_lines_cross_where_somebody_swaps(claim):
    for number, block in enumerate(board(claim).grid.blocks):
        for k in range(len(block.entries)):
            picture = board(claim).picture(number, k)
            for here, (a, b) in enumerate(itertools.pairwise(picture.columns), 1):
                if b.against is None:
                    common = {*down(a)} & {*down(b)} - {lanes.ZERO}
                    ends = [[lane for lane in down(c) if lane in common] for c in (a, b)]
                    swapped = any(c.column == here and c.swapped for c in picture.crossings)
                    assert (ends[0] != ends[1]) == swapped, (a.place, b.place)


@every_claim
def test_a_setup_is_drawn_as_it_is_told(claim):
    for number, block in enumerate(board(claim).grid.blocks):
        for k, one in enumerate(block.entries):
            story = board(claim).story(number, k)
            if not isinstance(one.case, Setup):
                assert story is None
                continue
            picture = board(claim).picture(number, k)
            (mmio, *_) = [c for c in picture.columns if c.place == "mmio.data"]
            assert lanes.evaluate(mmio.lanes, picture.value) == story.mmio_data
            assert [c.place for c in picture.columns].count(one.case.register_name) >= 1


def test_every_claim_has_words_for_each_of_its_readings():
    assert list(PLAYS) == IDS
    for claim in IDS:
        parts = PLAYS[claim].parts
        assert len(parts) == len(findings(claim))
        assert len(parts) == 1 or all(part.name for part in parts)
        assert all(len(part.name) <= 26 and part.yes != part.no for part in parts)
        assert PLAYS[claim].ask.endswith("?")


@every_claim
def test_nothing_is_told_before_the_answer(claim):
    scenario, made = Scenario(claim), document(board(claim))
    bundle, _ = scenario._repr_mimebundle_()
    outcome = made["outcome"]
    for mime in ("text/plain", "text/html", "image/svg+xml"):
        text = bundle[mime].replace(CLAIMS[claim].text, "")
        for word in (
            "fails",
            "each tried",
            'var(--wrong)"',
            outcome if len(outcome) > 5 else "Yes in",
        ):
            assert word not in text, (mime, word)
    svg = bundle["image/svg+xml"]
    counted = [block for block in made["blocks"] if not block["also"]]
    assert svg.count('stroke-dasharray="3 3"') == sum(block["squares"] for block in counted)
    assert "holds" not in repr(scenario)
    scenario.answered = "fails"
    assert "each tried" in scenario._repr_mimebundle_()[0]["image/svg+xml"]
    assert claim_card.plain(made, "holds").splitlines()[-1].lower().startswith(outcome.lower())


class TestScenario:
    def test_explore_plays_a_claim(self):
        scenario = CLAIMS["just-swab"].explore()
        assert repr(scenario) == "Scenario('just-swab')"
        assert scenario.setup == board("just-swab").setup(0, scenario.case)
        assert scenario.story.mmio_data == scenario.setup.trace(0x11223344).mmio_data
        assert scenario.right is None
        assert eval(repr(scenario), {"Scenario": Scenario}).case == scenario.case  # noqa: S307

    @pytest.mark.parametrize(
        "change",
        [{"reading": 2}, {"reading": -1}, {"case": 24}, {"case": "x"}, {"answered": "maybe"},
         {"reading": True}, {"answered": 3}],
    )  # fmt: skip
    def test_a_refused_change_leaves_everything(self, change):
        scenario = Scenario("just-swab", reading=1, case=3, answered="holds")
        before = repr(scenario)
        for attempt in (lambda: scenario.set(**change), lambda: Scenario("just-swab", **change)):
            with pytest.raises(SetupError):
                attempt()
        for name, value in change.items():
            with pytest.raises(RefusedError):
                setattr(scenario, name, value)
        assert repr(scenario) == before

    def test_an_unknown_claim_is_refused(self):
        with pytest.raises(SetupError, match="an id of CLAIMS"):
            Scenario("just-swap")
        with pytest.raises(SetupError):
            Scenario(None)

    def test_set_moves_between_readings_of_unlike_length(self):
        scenario = Scenario("no-order-in-registers", reading=1, case=11)
        with pytest.raises(RefusedError):
            scenario.reading = 2
        scenario.set(reading=2, case=3)
        assert (scenario.reading, scenario.case, scenario.story) == (2, 3, None)

    def test_links_carry_the_case(self):
        from ipywidgets import IntSlider
        from traitlets import link

        scenario, slider = Scenario("only-big-guests"), IntSlider(min=0, max=23)
        link((scenario, "case"), (slider, "value"))
        slider.value = 7
        assert scenario.setup == board("only-big-guests").setup(0, 7)

    def test_many_scenarios_share_their_data(self):
        one, two = Scenario("only-big-guests"), Scenario("only-big-guests", case=3)
        assert one.get_state()["_atlas"] == two.get_state()["_atlas"]
        assert len(one.packed) < 20_000
