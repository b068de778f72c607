"""What does not run in Python as WebAssembly, by name, and fewer examples than at home.

A pytest plugin there. All that is not named here must pass.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

NUMPY = "numpy has no wheel there"
FILES = {
    "kvmendian/model/atlas.py": NUMPY,
    "tests/model/test_atlas.py": NUMPY,
    "tests/machine/test_guest_numpy.py": NUMPY,
    "kvmendian/machine/unicorn_cpu.py": "unicorn has no wheel there",
    "tests/machine/test_arm.py": "unicorn has no wheel there",
}
TESTS = {
    "kvmendian.model.lanes.gather": NUMPY,
    "kvmendian.machine.arm.run": "unicorn has no wheel there",
    "test_importing_the_library_does_not_import_it_or_bitstring": "there are no processes there",
}

settings.register_profile("pyodide", max_examples=10, deadline=None)
settings.load_profile("pyodide")


def pytest_ignore_collect(collection_path, config) -> bool | None:
    return str(collection_path.relative_to(config.rootpath)) in FILES or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.name in TESTS:
            item.add_marker(pytest.mark.skip(reason=TESTS[item.name]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for path, reason in FILES.items():
        terminalreporter.write_line(f"NOT RUN {path}: {reason}")
