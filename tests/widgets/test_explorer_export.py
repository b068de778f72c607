"""The Explorer where there never was a kernel: an exported notebook, opened from a file."""

from __future__ import annotations

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbconvert.preprocessors import ExecutePreprocessor

pytestmark = pytest.mark.browser

SOURCE = "from kvmendian import Explorer\nExplorer(host='big', design='be-guests-2013')"
NOTHING_FROM_OUTSIDE = {"require_js_url": "", "mathjax_url": ""}


@pytest.fixture
def exported(tmp_path, monkeypatch):
    """Return the address of a notebook that nbconvert ran and made a page of."""
    monkeypatch.setenv("KVMENDIAN_STATIC", "1")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SOURCE)])
    ExecutePreprocessor(kernel_name="python3", store_widget_state=False).preprocess(notebook)
    html, _ = HTMLExporter(**NOTHING_FROM_OUTSIDE).from_notebook_node(notebook)
    path = tmp_path / "notebook.html"
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


def test_an_exported_notebook_is_live_and_asks_nobody(page, exported):
    page.goto(exported)
    root = page.locator(".kvmendian-explorer")
    root.wait_for()
    assert root.get_attribute("data-honours-abi") == "false"
    design = page.get_by_role("group", name="KVM design")
    design.get_by_role("radio", name="merged-2014").check()
    assert root.get_attribute("data-honours-abi") == "true"
