"""Make what is made from the lessons: solutions, and pages and slides that need no network.

`make solutions` writes `notebooks/solutions/`, which is committed; a test holds it and the lessons
together. `make slides` runs each lesson and writes `notebooks/slides/`, one page a lesson, which
is not committed; `gallery.py` makes a site of the same pages.

A lesson's exercise is a `Predict(…)` cell, whose answer the model computes, or a cell with a
solution in its metadata (`kvmendian.solution`).
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import HTMLExporter
from nbconvert.preprocessors import ExecutePreprocessor

from kvmendian.render.page import once
from kvmendian.render.theme import CSS

HERE = Path(__file__).parent
_STATIC = "import os; os.environ['KVMENDIAN_STATIC'] = '1'"  # in the kernel: here are threads
_BOXES = "from kvmendian.widgets.static import show_boxes; show_boxes()"
_FIRST = f"--IPKernelApp.exec_lines={_STATIC}; {_BOXES}"
LESSONS = sorted(HERE.glob("[0-9][0-9]-*.ipynb"))


def call_of_predict(source: str) -> str | None:
    """Return the `Predict(…)` of a cell that asks one fixed question, or None."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Predict":
            fresh = any(word.arg in ("level", "seed") for word in node.keywords)
            return None if fresh else ast.get_source_segment(source, node)
    return None


def names(source: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell binds, and those that it uses."""
    bound, used = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            (bound if isinstance(node.ctx, ast.Store) else used).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
    return bound, used


def before(cells: list[str], source: str) -> list[int]:
    """Return which of the earlier cells a cell needs, and these need, in their order."""
    bound, used = names(source)
    needed: set[int] = set()
    for name in used - bound:
        binding = [k for k, cell in enumerate(cells) if name in names(cell)[0]]
        if binding:
            last = binding[-1]
            needed |= {last, *before(cells[:last], cells[last])}
    return sorted(needed)


def solutions(path: Path) -> Any | None:
    """Return the notebook with a lesson's solutions; None if it has no exercise."""
    lesson = nbformat.read(path, as_version=4)
    title = lesson.cells[0].source.splitlines()[0].removeprefix("# ")
    stem = path.stem.split("-", 1)[1]
    made: list[Any] = []
    earlier: list[str] = []
    shown: set[int] = set()
    asked = ""

    def add(kind: str, text: str) -> None:
        make = getattr(nbformat.v4, f"new_{kind}_cell")
        made.append(make(text, id=f"solved-{stem}-{len(made):02d}"))

    link = f"Made from [the lesson](../{path.name}) by `make solutions`."
    add("markdown", f"# Solutions: {title}\n\n{link}")
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            asked = cell.source
            continue
        call = call_of_predict(cell.source)
        solved = cell.metadata.get("kvmendian", {}).get("solution")
        if call and not solved:
            solved = cell.source.replace(call, f"print({call}.question.solution)")
        if solved:
            add("markdown", _prompt(asked))
            for number in before(earlier, solved):
                if number not in shown:
                    add("code", earlier[number])
                    shown.add(number)
            add("code", solved)
            shown.add(len(earlier))
        earlier.append(solved or cell.source)
    return nbformat.v4.new_notebook(cells=made, metadata=lesson.metadata) if made[1:] else None


def _prompt(text: str) -> str:
    """Keep the last paragraph, which asks; links point one folder up."""
    last = [part for part in text.split("\n\n") if part.strip()][-1]
    return last.replace("](", "](../").replace("](../http", "](http")


def write_solutions() -> None:
    """Write every lesson's solutions."""
    folder = HERE / "solutions"
    folder.mkdir(exist_ok=True)
    for path in LESSONS:
        made = solutions(path)
        if made:
            nbformat.write(made, folder / path.name)


def run(path: Path) -> Any:
    """Return a notebook with its outputs; widgets show what works without a kernel."""
    notebook = nbformat.read(path, as_version=4)
    runner = ExecutePreprocessor(timeout=300, extra_arguments=[_FIRST])
    runner.preprocess(notebook, {"metadata": {"path": str(HERE)}})
    notebook.metadata.pop("widgets", None)
    for data in (out.get("data", {}) for cell in notebook.cells for out in cell.get("outputs", [])):
        if "text/html" in data:
            data.pop("application/vnd.jupyter.widget-view+json", None)
    return notebook


def as_page(notebook: Any) -> str:
    """Return a notebook as one page; nothing in it asks the network.

    What the pictures share, style sheet, module and atlas, stands in the page once.
    """
    exporter = HTMLExporter(require_js_url="", mathjax_url="", jquery_url="", mermaid_js_url="")
    page, style = once(str(exporter.from_notebook_node(notebook)[0])), f"<style>{CSS}</style>"
    if style not in page:
        return page
    return page.replace(style, "").replace("</head>", f"{style}</head>", 1)


def slides(path: Path) -> str:
    """Run a lesson and return it as one page of slides."""
    deck = (HERE / "deck.html").read_text(encoding="utf-8")
    return as_page(run(path)).replace("</body>", f"{deck}</body>")


def write_slides() -> None:
    """Write every lesson's slides."""
    folder = HERE / "slides"
    folder.mkdir(exist_ok=True)
    for path in [*LESSONS, HERE / "explorer.ipynb"]:
        (folder / f"{path.stem}.html").write_text(slides(path), encoding="utf-8")
        print(f"notebooks/slides/{path.stem}.html")


if __name__ == "__main__":
    {"solutions": write_solutions, "slides": write_slides}[sys.argv[1]]()
