"""The argument of January 2014 as mails in time: data for the picture, from the claims' own.

>>> document()["people"][:4]
['Marc Zyngier', 'Peter Maydell', 'Christoffer Dall', 'Victor Kamensky']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .claims import CLAIMS
from .claims.mails import MAILS, OWN_READING

if TYPE_CHECKING:
    from .claims import Claim
    from .claims.mails import Mail

TITLE = "The argument, mail by mail: who answers whom"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BY_NUMBER = {claim.number: claim for claim in CLAIMS.values()}


def document() -> dict[str, Any]:
    """Return the thread as plain JSON data: people, and mails with their claims, oldest first.

    >>> [claim["number"] for claim in document()["mails"][8]["claims"]]
    [8, 9, 11, 14]
    """
    mails = [_mail(mail) for mail in MAILS.values()]
    order = 0
    for mail in mails:
        for claim in mail["claims"]:
            claim["order"] = order
            order += 1
    people = list(dict.fromkeys(mail["who"] for mail in _by_row(mails)))
    said = {name: OWN_READING[name][1] for name in people if name in OWN_READING}
    return {"title": TITLE, "people": people, "said": said, "mails": mails}


def _by_row(mails: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort so that who answers whom stand close: by when each first made a claim."""
    first: dict[str, int] = {}
    for mail in mails:
        if mail["claims"]:
            first.setdefault(mail["who"], len(first))
    return sorted(mails, key=lambda mail: first[mail["who"]])


def author(claim: Claim) -> str:
    """Return who made a claim, without whom they answered.

    >>> author(CLAIMS["extend-after-the-swap"])
    'Fuad Tabba'
    """
    return claim.who.split(", ", 1)[0]


def _mail(mail: Mail) -> dict[str, Any]:
    claims = [_BY_NUMBER[number] for number in mail.claims]
    who = mail.who or author(claims[0])
    number, _, reading = OWN_READING.get(who, (0, "", "not found in what could be read"))
    return {
        "id": mail.id,
        "who": who,
        "day": _day(mail),
        "when": claims[0].when if claims and len(mail.date) < len("2014-01-06") else day(mail.date),
        "where": claims[0].where if claims else "",
        "what": mail.what,
        "says": mail.says,
        "answers": list(mail.answers) if mail.answers else None,
        "reading": reading if mail.date.startswith("2014-01") and claims else "",
        "stated": number,
        "claims": [_claim(claim, who) for claim in claims],
    }


def _claim(claim: Claim, who: str) -> dict[str, Any]:
    return {
        "number": claim.number,
        "id": claim.id,
        "who": who,
        "when": claim.when,
        "where": claim.where,
        "text": claim.text,
    }


def _day(mail: Mail) -> str:
    """Return what stands over a mail: a day of the argument, else a year."""
    if mail.date.startswith("2014") and len(mail.date) > len("2014-01"):
        return day(mail.date).removesuffix(" 2014")
    return "late Jan" if mail.date == "2014-01" else mail.date[:4]


def day(date: str) -> str:
    """Return an ISO date as it is written in the course.

    >>> day("2014-01-06"), day("2018")
    ('6 Jan 2014', '2018')
    """
    year, *more = date.split("-")
    if not more:
        return year
    words = [_MONTHS[int(more[0]) - 1], year]
    return " ".join([str(int(more[1])), *words] if len(more) > 1 else words)


def text(found: dict[str, Any]) -> str:
    """Return the mails as lines of text, oldest first.

    >>> text(document()).splitlines()[3]
    '6 Jan 2014    Peter Maydell: claim 2, answers Marc Zyngier (6 Jan 2014)'
    """
    by_id = {mail["id"]: mail for mail in found["mails"]}
    lines = []
    for mail in found["mails"]:
        numbers = ", ".join(str(claim["number"]) for claim in mail["claims"])
        many = "s" * (len(mail["claims"]) > 1)
        what = f"claim{many} {numbers}" if numbers else mail["what"]
        to, known = mail["answers"] or ("", "")
        other = by_id.get(to)
        did = {"quoted": "answers", "content": "takes up", "under": "stands under"}.get(known, "")
        more = f", {did} {other['who']} ({other['when']})" if other else ""
        lines.append(f"{mail['when']:<14}{mail['who']}: {what}{more}")
    return "\n".join(lines)
