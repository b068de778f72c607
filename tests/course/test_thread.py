"""The thread's picture: made of the claims' own data, and nothing given to who did not write it."""

from __future__ import annotations

import itertools
import json
import re
from xml.etree import ElementTree as ET

import pytest

from kvmendian import CLAIMS, SetupError, Thread
from kvmendian.course import thread
from kvmendian.course.claims.mails import MAILS, OWN_READING
from kvmendian.render import threadpicture

BY_NUMBER = {claim.number: claim for claim in CLAIMS.values()}
FOUND = thread.document()
TWICE = {5: ("6 Jan 2014", "20 Jan 2014")}


def test_every_claim_stands_in_its_mail_and_claim_5_in_two():
    numbers = [number for mail in MAILS.values() for number in mail.claims]
    assert sorted({*numbers}) == sorted(BY_NUMBER)
    assert sorted(numbers) == sorted([*BY_NUMBER, *TWICE])


@pytest.mark.parametrize("mail", FOUND["mails"], ids=lambda mail: mail["id"])
def test_who_and_when_are_the_claims_own(mail):
    for claim in mail["claims"]:
        own = BY_NUMBER[claim["number"]]
        assert own.who.startswith(mail["who"])
        assert claim["text"] == own.text
        if own.number in TWICE:
            assert mail["when"] in TWICE[own.number]
        elif own.id == "extend-after-the-swap":
            assert own.when.endswith(mail["when"])
        else:
            assert own.when == mail["when"]


def test_mails_are_in_time_and_answer_only_what_was_there():
    dates = [mail.date for mail in MAILS.values()]
    order = [*MAILS]
    assert all(a[: len(b)] <= b or a <= b for a, b in itertools.pairwise(dates))
    for mail in MAILS.values():
        if mail.answers:
            assert order.index(mail.answers[0]) < order.index(mail.id)


def test_nothing_is_given_to_those_whose_mails_could_not_be_read():
    """Replies by Graf and Wood, Maydell's opening mail of the other thread: FACTS, section 3."""
    text = json.dumps(FOUND)
    assert not re.search(r"Graf|Wood|Agraf", text)
    assert [m["id"] for m in FOUND["mails"] if m["who"] == "Peter Maydell"] == ["maydell-6"]
    quoted = {(k, m.answers[0]) for k, m in MAILS.items() if m.answers and m.answers[1] == "quoted"}
    assert quoted == {
        ("maydell-6", "zyngier-6"),  # linux-arm-kernel 2014-January/223318
        ("dall-20", "kamensky-6"),  # quote levels of the mail of 21 January
        ("kamensky-20", "dall-20"),
        ("dall-21", "kamensky-20"),
        ("fix-2026", "question-2026"),  # lkml 2606.2/11420
    }


def test_a_reading_is_given_to_who_said_so_himself():
    for who, (number, short, whole) in OWN_READING.items():
        assert BY_NUMBER[number].who == who
        assert short
        assert whole
    others = {mail["who"] for mail in FOUND["mails"]} - {*OWN_READING}
    january = [mail for mail in FOUND["mails"] if mail["who"] in others and "Jan" in mail["day"]]
    assert january
    assert all("not found" in mail["reading"] for mail in january)


def test_the_picture_is_xml_and_links_every_claim_once_a_mail():
    root = ET.fromstring(threadpicture.draw(FOUND, 3))  # noqa: S314 - our own
    links = [one for one in root.iter() if one.get("class") == "kvl-claim"]
    assert [one.get("href") for one in links] == [
        f"#claim-{claim['number']}" for mail in FOUND["mails"] for claim in mail["claims"]
    ]
    assert [one.get("data-x") for one in links] == [str(k) for k in range(len(links))]
    assert sum(one.get("aria-current") == "true" for one in links) == 1


def test_no_mail_stands_on_another():
    root = ET.fromstring(threadpicture.draw(FOUND))  # noqa: S314 - our own
    mails = [one for one in root.iter() if one.get("class") == "kvl-mail"]
    boxes = [[float(one.get(name)) for name in ("x", "y", "width", "height")] for one in mails]
    assert len(boxes) == len(MAILS)
    for (x, y, wide, high), (x2, y2, wide2, high2) in itertools.combinations(boxes, 2):
        assert x + wide <= x2 or x2 + wide2 <= x or y + high <= y2 or y2 + high2 <= y
        assert x2 + wide2 <= threadpicture.WIDTH


def test_the_widget_refuses_a_number_that_no_claim_has():
    shown = Thread(claim=3)
    with pytest.raises(SetupError, match="claim"):
        shown.claim = 27
    with pytest.raises(SetupError):
        Thread(claim="x")
    assert shown.claim == 3
    assert shown.scenario.id == "nothing-swaps-on-a-big-host"
    shown._scenes = {"3": {"reading": 1, "case": 0, "answered": "holds"}}  # noqa: SLF001 - as sent
    assert (shown.scenario.answered, shown.scenario.reading) == ("holds", 1)
    assert shown.scenario.right is False
    shown.claim = None
    assert shown.scenario is None
    bundle = shown._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["image/svg+xml"].startswith("<svg")
    assert "claims 1" not in data["text/plain"]
