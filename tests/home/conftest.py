"""The site, built once for all tests that look at it."""

from __future__ import annotations

import gallery
import pytest


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder (some way below a server's root) and the pages in it."""
    folder = tmp_path_factory.mktemp("web") / "some" / "where"
    return folder, gallery.write(folder)
