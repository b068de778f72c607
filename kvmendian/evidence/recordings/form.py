"""How twelve recordings are kept: one form with blanks, and what each kernel wrote into them.

A form is the sections of a recording, row by row. A field stands in it where every kernel said the
same; where they did not it is null, a blank. A kernel's answers are a list a row, in the order of
the blanks. The order of the host, which is in every row of a recording, is in neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Rows: TypeAlias = list[dict[str, Any]]
Sections: TypeAlias = dict[str, Rows]
Answers: TypeAlias = dict[str, list[list[Any]]]


def fill(form: Sections, answers: Answers, host: str) -> Sections:
    """Return a recording as its kernel gave it, with `host` ("LE", "BE") first in each row.

    Raises `ValueError` where there are not as many answers as blanks.

    >>> fill({"rows": [{"insn": "str", "mmio_data": None}]}, {"rows": [["11 22"]]}, "BE")
    {'rows': [{'host': 'BE', 'insn': 'str', 'mmio_data': '11 22'}]}
    """
    return {
        name: [
            {"host": host} | _filled(row, given)
            for row, given in zip(rows, answers[name], strict=True)
        ]
        for name, rows in form.items()
    }


def _filled(row: dict[str, Any], given: list[Any]) -> dict[str, Any]:
    blanks = [name for name, value in row.items() if value is None]
    return row | dict(zip(blanks, given, strict=True))


def split(recordings: Sequence[Sections]) -> tuple[Sections, list[Answers]]:
    """Return the form of recordings that answer the same questions, and the answers of each.

    Raises `ValueError` where they do not have the same rows and fields, or hold a null.

    >>> form, answers = split([{"rows": [{"host": "LE", "insn": "str", "mmio_data": "11 22"}]},
    ...                        {"rows": [{"host": "BE", "insn": "str", "mmio_data": "22 11"}]}])
    >>> form, answers[1]
    ({'rows': [{'insn': 'str', 'mmio_data': None}]}, {'rows': [['22 11']]})
    """
    if len({tuple(sections) for sections in recordings}) != 1:
        raise ValueError("the recordings have not the same sections")
    form: Sections = {}
    answers: list[Answers] = [{} for _ in recordings]
    for name in recordings[0]:
        rows = zip(*(sections[name] for sections in recordings), strict=True)
        form[name] = [_shared(row) for row in rows]
        for told, sections in zip(answers, recordings, strict=True):
            told[name] = [
                [row[field] for field, value in blank.items() if value is None]
                for blank, row in zip(form[name], sections[name], strict=True)
            ]
    return form, answers


def _shared(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return what all say of one row, with a blank where they do not agree."""
    first, *others = told = [{k: v for k, v in row.items() if k != "host"} for row in rows]
    if any(list(row) != list(first) or None in row.values() for row in told):
        raise ValueError(f"the recordings have not the same fields in the row {first}")
    return {
        name: value if all(row[name] == value for row in others) else None
        for name, value in first.items()
    }
