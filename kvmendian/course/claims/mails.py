"""The thread as mails in time: who wrote which claims when, and what each mail answers.

Who, when and where are the claims' own. Here stands only what a claim does not say: which claims
share a mail, and whom it answers, with how that is known. What could not be found is left empty:
replies that nobody here has read are given to no one. Order within a day is that of the archive's
numbers, or of who quotes whom.

Sources: linux-arm-kernel, January 2014, 223318 (Maydell, quotes Zyngier's of the same day) and
223327 (Dall); quote levels of Dall's mail of 21 January; qemu-devel 2014-01/msg02759 (Kamensky);
kvm/msg99587 (Dall's draft); 6acdb1603a7d; lkml 2606.2/11420 (Zyngier's question of 2026).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Known: TypeAlias = Literal["quoted", "content", "under"]
"""How an answer is known: it quotes or names the other; its words take the other up; it stands in
the other's thread, and whom it answers was not found."""


class Mail(NamedTuple):
    """One mail, log or patch. `claims` are numbers; `answers` the `id` of another, and how known.

    `date` is ISO 8601, as far as it is known. `who` is empty where the claims say it.

    >>> MAILS["dall-21"].claims, MAILS["dall-21"].answers
    ((8, 9, 11, 14), ('kamensky-20', 'quoted'))
    """

    id: str
    date: str
    claims: tuple[int, ...]
    answers: tuple[str, Known] | None = None
    says: str = ""
    who: str = ""
    what: str = ""


_ALL = (
    Mail(
        "log-2013", "2013-02-12", (23,),
        says="A commit's log, written in February and committed in November 2013.",
    ),
    Mail(
        "patch", "2013", (), who="Victor Kamensky", what="patch",
        says="Patch 5/5, MMIO for a big-endian host with a little-endian guest: the mails of 6, 20 "
        "and 21 January stand under its repost, all but the last. The day it was sent first was "
        "not found.",
    ),
    Mail(
        "zyngier-6", "2014-01-06", (1,), ("patch", "under"),
    ),
    Mail(
        "maydell-6", "2014-01-06", (2,), ("zyngier-6", "quoted"),
        "Quotes Zyngier's mail of 18:20 the same day.",
    ),
    Mail(
        "dall-6", "2014-01-06", (3, 5), ("patch", "under"),
    ),
    Mail(
        "kamensky-6", "2014-01-06", (4, 6, 16, 17), ("dall-6", "content"),
        "Claims 6 and 17 are about Dall's unconditional swap.",
    ),
    Mail(
        "dall-20", "2014-01-20", (5, 18, 19), ("kamensky-6", "quoted"),
        "The mail of 21 January quotes both, one level apart.",
    ),
    Mail(
        "kamensky-20", "2014-01-20", (7, 10, 12, 13, 15), ("dall-20", "quoted"),
        "The mail of 21 January quotes both, one level apart.",
    ),
    Mail(
        "dall-21", "2014-01-21", (8, 9, 11, 14), ("kamensky-20", "quoted"),
        "Answers Kamensky's mail of the day before, piece by piece.",
    ),
    Mail(
        "kamensky-21", "2014-01-21", (20, 21), None,
        "Written in the evening, in another thread (KVM and variable-endianness guest CPUs), "
        "after a chat the night before in which Dall had asked him to go on there.",
    ),
    Mail(
        "draft", "2014-01", (22,), None,
        "A draft patch for the API's documentation.",
    ),
    Mail(
        "sentence", "2014-01-28", (), ("kamensky-21", "content"), who="Christoffer Dall",
        what="sentence",
        says="The sentence of the API's documentation: the definition of claim 20, without the "
        "short form of claim 21. 6acdb1603a7d, written that day, committed on 27 March, v3.15.",
    ),
    Mail(
        "merged", "2014-06-12", (), None, who="Victor Kamensky", what="merged",
        says="The code that was merged: a little guest's data are converted too. 27f194fd360a, "
        "written on 12 June, committed on 11 July, v3.17.",
    ),
    Mail("log-2018", "2018", (25,), says="A commit's log."),
    Mail("patch-2021", "2021-10-12", (24,), says="A patch."),
    Mail(
        "question-2026", "2026-06-23", (), None, who="Marc Zyngier", what="review",
        says="The question of the review: can a sign be extended after the swap?",
    ),
    Mail(
        "fix-2026", "2026-07-06", (26,), ("question-2026", "quoted"),
        "Answers Zyngier's review, and is the fix that was merged.",
    ),
)  # fmt: skip

MAILS: Mapping[str, Mail] = {mail.id: mail for mail in _ALL}
"""All of them by id, oldest first."""

OWN_READING: Mapping[str, tuple[int, str, str]] = {
    "Christoffer Dall": (
        22,
        "a value, the host's order",
        (
            "mmio.data holds the value on the bus, as an integer of the host's: so his draft of "
            "late January says"
        ),
    ),
    "Victor Kamensky": (
        20,
        "bytes, as in memory",
        (
            "mmio.data is memory, as the guest's own instruction would find or leave it: so his "
            "mail of the evening of 21 January says"
        ),
    ),
}
"""What mmio.data was to those who said so themselves: the claim that says it, short, and whole."""
