"""The lessons as a course: short cells, prose, exercises, links, spelling, every claim."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from contextlib import redirect_stdout
from importlib import util
from io import StringIO

import nbformat
import pytest
from browser.lab import NOTEBOOKS

from kvmendian import CLAIMS

ROOT = NOTEBOOKS.parent
LESSONS = sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb"))
PAGES = [*sorted(NOTEBOOKS.glob("*.ipynb")), *sorted(NOTEBOOKS.glob("solutions/*.ipynb")),
         *sorted(NOTEBOOKS.glob("*.md")), ROOT / "README.md"]  # fmt: skip


def stem(path):
    return f"{path.parent.name}/{path.stem}"


def cells(path, kind):
    return [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == kind]


def prose(path):
    return path.read_text() if path.suffix == ".md" else "\n\n".join(cells(path, "markdown"))


def test_the_course_is_complete():
    assert [path.stem[:2] for path in LESSONS] == [f"{n:02d}" for n in range(10)]


@pytest.mark.parametrize("path", LESSONS, ids=stem)
def test_a_lesson_is_mostly_prose_and_short_cells(path):
    code, text = cells(path, "code"), cells(path, "markdown")
    assert len(text) >= len(code)
    lengths = [len([line for line in cell.splitlines() if line.strip()]) for cell in code]
    assert statistics.median(lengths) <= 4
    assert text[0].startswith("# ")
    assert "## The names" in prose(path)
    assert sum("assert " in cell for cell in code) >= len(code) / 3


@pytest.mark.parametrize("path", LESSONS[1:], ids=stem)
def test_a_lesson_has_exercises_and_ends_with_what_to_take_along(path):
    asks = sum("Predict(" in cell for cell in cells(path, "code"))
    notebook = nbformat.read(path, as_version=4)
    solved = sum("solution" in cell.metadata.get("kvmendian", {}) for cell in notebook.cells)
    assert asks >= 1
    assert asks + solved >= 3
    assert "## What to take along" in prose(path)


def anchors(path):
    headings = re.findall(r"^#{1,6} (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-") for text in headings}


@pytest.mark.parametrize("path", PAGES, ids=stem)
def test_every_link_leads_somewhere(path):
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if link.startswith(("http://", "https://")):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_the_spelling():
    """Codespell knows common misspellings, British and American."""
    files = [str(path) for path in PAGES]
    said = subprocess.run(
        [sys.executable, "-m", "codespell_lib", *files], capture_output=True, text=True, check=False
    )
    assert said.stdout == ""
    assert said.returncode == 0, said.stderr


def sections():
    """Return the sections of 04 by the number of their claim: (heading and prose, code)."""
    found, number = {}, None
    for cell in nbformat.read(NOTEBOOKS / "04-the-thread.ipynb", as_version=4).cells:
        parts = re.split(r"^(?=#{1,3} )", cell.source, flags=re.MULTILINE)
        for part in parts if cell.cell_type == "markdown" else ():
            heading = re.match(r"### (\d+)\. ", part)
            if part.startswith("#"):
                number = int(heading[1]) if heading else None
            if number:
                found.setdefault(number, ([], []))[0].append(part)
        if cell.cell_type == "code" and number:
            found[number][1].append(cell.source)
    return found


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: f"{claim.number}")
def test_every_claim_has_its_section(claim):
    text, code = ("\n".join(part) for part in sections()[claim.number])
    assert "assert " in code
    assert f'CLAIMS["{claim.id}"].verdict()' in code  # a table; some have a picture as well
    first = claim.who.split(",")[0] if claim.where != "the same mail" else "The same mail"
    assert first in text
    assert re.search(r"20(13|14|18|21|26)|same mail", text)


def test_nothing_else_is_called_a_claim_there():
    assert sorted(sections()) == [claim.number for claim in CLAIMS.values()]


def builder():
    spec = util.spec_from_file_location("build", NOTEBOOKS / "build.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", LESSONS, ids=stem)
def test_the_solutions_are_made_from_the_lesson(path):
    made = builder().solutions(path)
    committed = NOTEBOOKS / "solutions" / path.name
    assert committed.exists() == (made is not None)
    if made:
        advice = "run `make solutions`"
        assert committed.read_text() == nbformat.writes(made) + "\n", advice


def ran_by_stages(*, solved):
    """Run 08, with its solutions or without; return what each referee's cell printed."""
    lesson, scope, said = next(p for p in LESSONS if p.stem.startswith("08")), {}, []
    for cell in nbformat.read(lesson, as_version=4).cells:
        if cell.cell_type == "code":
            written = cell.metadata.get("kvmendian", {}).get("solution", cell.source)
            with redirect_stdout(StringIO()) as out:
                exec(written if solved else cell.source, scope)  # noqa: S102 - the lesson's own
            said += [out.getvalue()] if "not yet" in cell.source and out.getvalue() else []
    return said


def test_the_stages_say_not_yet_until_they_are_solved():
    before = ran_by_stages(solved=False)
    assert len(before) == 10
    assert all(text.startswith("not yet") for text in before)
    assert sum("smallest counterexample" in text for text in before) == 7
    after = ran_by_stages(solved=True)
    assert not any("not yet" in text for text in after)
    assert [text for text in after if "is done" in text] == [
        f"stage {number} is done\n" for number in range(1, 6)
    ]
    assert sum("for every value" in text for text in after) == 2  # in Python, in C
    assert "the tests missed it" in after[-1]


def test_the_answers_of_the_stages_are_folded_or_in_metadata():
    lesson = next(path for path in LESSONS if path.stem.startswith("08"))
    text = re.sub(r"<details>.*?</details>", "", prose(lesson), flags=re.DOTALL)
    seen = text + "".join(cells(lesson, "code"))
    answers = ("guest_is_big != host_is_big", "guest_is_big == host_is_big", "swab(data, width) if",
               "if guest_is_big else le_to_cpu", "swab(data, 4) if", "swab16(data);")  # fmt: skip
    assert [answer for answer in answers if answer in seen] == []


BREAK = """
import sys, nbformat
from kvmendian.model.designs import swab
from kvmendian.model.kernels import DESIGNS
path, name = sys.argv[1:]
for field in ("guest_to_host", "host_to_guest"):
    right = getattr(DESIGNS[name], field)
    broken = lambda data, width, *orders, right=right: swab(right(data, width, *orders), width)
    object.__setattr__(DESIGNS[name], field, broken)
scope = {}
for cell in nbformat.read(path, as_version=4).cells:
    if cell.cell_type == "code":
        exec(cell.source, scope)
"""
SHOWN_BY = [
    ("memcpy-2012", "02"), ("memcpy-2012", "04"), ("be-guests-2013", "00"),
    ("be-guests-2013", "03"), ("be-guests-2013", "04"), ("merged-2014", "04"),
    ("merged-2014", "07"), ("swab", "04"),
    ("swab", "05"), ("swab-le-buffer", "04"), ("sign-fixed-2026", "00"), ("sign-fixed-2026", "03"),
    ("sign-fixed-2026", "04"), ("sign-fixed-2026", "05"), ("sign-fixed-2026", "06"),
    ("sign-fixed-2026", "07"), ("be-guests-2013", "08"), ("swab", "08"), ("sign-fixed-2026", "08"),
    ("sign-fixed-2026", "09"),
]  # fmt: skip


@pytest.mark.parametrize(("design", "number"), SHOWN_BY)
def test_a_broken_design_breaks_the_lessons_about_it(design, number):
    path = next(path for path in LESSONS if path.stem.startswith(number))
    ran = subprocess.run(
        [sys.executable, "-c", BREAK, str(path), design],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "AssertionError" in ran.stderr.splitlines()[-1], ran.stderr[-500:]
