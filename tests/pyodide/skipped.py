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
SOLVER = "bitwuzla has no wheel there"
TESTS = {
    "test_every_c_function_is_judged_right": SOLVER,
    "test_a_design_of_c_is_a_design_like_any_other": "the widgets are not tried there",
    "test_on_arm_a_long_has_four_bytes": SOLVER,
    "test_prove_on_the_command_line": SOLVER,
    "test_without_a_solver_nothing_is_claimed": "a minute there; it runs at home",
    "test_a_learners_wrong_answers_get_the_smallest_counterexample": "slow there; it runs at home",
    "test_every_python_function_is_judged_right": SOLVER,
    "test_the_smallest_counterexample_stays_small": SOLVER,
    "test_a_symbol_computes_as_integers_do": SOLVER,
    "test_the_verdict_is_that_of_brute_force": SOLVER,
    "test_a_truth_table_of_a_design_that_computes": SOLVER,
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
        name = getattr(item, "originalname", item.name)  # without [parameters]
        if name in TESTS:
            item.add_marker(pytest.mark.skip(reason=TESTS[name]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for path, reason in FILES.items():
        terminalreporter.write_line(f"NOT RUN {path}: {reason}")
