"""What a lesson shows of small size needs no numpy; only arrays do."""

from __future__ import annotations

import subprocess
import sys

import pytest

SMALL = {
    "truth_table": "from kvmendian import truth_table; assert len(truth_table().cells) == 264 + 32",
    "as HTML": "from kvmendian import truth_table; assert 'WRONG' in truth_table()._repr_html_()",
    "prove": "from kvmendian import prove; assert not prove('swab').holds",
    "claims": "from kvmendian import CLAIMS; assert all(str(c.verdict()) for c in CLAIMS.values())",
    "recordings": (
        "from kvmendian.evidence import recordings as r\n"
        "told = r.replay(r.load('merged-2014', 'big')); assert told.agreeing == 287"
    ),
    "packed atlas": "from kvmendian.render.browser import packed; assert len(packed()) > 10_000",
    "story": "from kvmendian import Setup; assert '11' in str(Setup().trace(0x11))",
    "command": "from kvmendian.__main__ import main; assert not main(['--table', 'swab'])",
    "widget": "from kvmendian import Explorer, Predict; Explorer(); Predict(seed=1)",
}


@pytest.mark.parametrize("what", SMALL)
def test_it_works_without_numpy(what: str) -> None:
    code = f"import sys; sys.modules['numpy'] = None\n{SMALL[what]}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_arrays_do_need_it() -> None:
    code = "import sys; sys.modules['numpy'] = None\nfrom kvmendian import Atlas"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "numpy" in done.stderr
