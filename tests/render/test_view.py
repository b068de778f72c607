"""The browser's code under Python's discipline: short lines, one way down, strict tools."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kvmendian.render import page

VIEW = Path(page.__file__).with_name("view")
ALONE = {  # beside the module, and what stands before each
    **dict.fromkeys(("page.js", "embed.js"), page.SCRIPTS),
    **dict.fromkeys(("pulse.js", "stub.js", "fold.js"), ()),
    "answer.js": ("fold.js",),
}
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+\.js)";$', re.MULTILINE)
TOOLS = {
    "fmt --check": ["export const  two = 2\n"],
    "lint": [
        "const nobodyReadsThis = 1;\n",
        "export const [eqeqeq] = [(a, b) => a == b];\n",
        "export const say = () => console.log('no-console');\n",
    ],
    "check": [
        "const nobodyReadsThis = 1;\n",
        "export const bare = (implicitlyAny) => implicitlyAny;\n",
        "export const letter = letterOf('notANumber');\n",
        "export const lost = nobodyWroteThis;\n",
        "export const { id } = document.querySelector('perhapsNull');\n",
    ],
}


def deno(tool: str, folder: Path = VIEW) -> subprocess.CompletedProcess[str]:
    config = ["--config", folder / "deno.json"]
    command = [sys.executable, "-m", "deno", *tool.split(), *config, folder]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("path", sorted(VIEW.iterdir()), ids=lambda path: path.name)
def test_lines_are_short(path):
    assert max(map(len, path.read_text(encoding="utf-8").splitlines())) <= 100


def test_every_file_is_shown():
    assert {path.name for path in VIEW.glob("*.js")} == {*page.SCRIPTS, *ALONE}
    assert {path.name for path in VIEW.glob("*.css")} == {*page.STYLES, "answer.css", "fold.css"}


@pytest.mark.parametrize("name", [*page.SCRIPTS, *ALONE])
def test_a_script_imports_from_those_before_it_alone(name):
    """So they may stand one after the other in one module, and no circle is possible."""
    text = (VIEW / name).read_text(encoding="utf-8")
    before = ALONE[name] if name in ALONE else page.SCRIPTS[: page.SCRIPTS.index(name)]
    found = IMPORT.findall(text)
    assert {*found} <= {*before}
    assert len(found) == len(re.findall(r"^import\b|\bimport\((?!url)", text, re.MULTILINE))
    assert not re.search(r"^import|^export (?!default)|@import", page.read(name), re.MULTILINE)


def test_no_name_is_given_twice_in_the_module():
    whole = page.module()
    named = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", whole, re.MULTILINE)
    assert len(named) == len({*named}) > len(page.SCRIPTS)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_tools_find_nothing(tool):
    told = deno(tool)
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize("tool", TOOLS)
def test_the_tools_are_strict(tool, tmp_path):
    """Each of these lines is found: nothing that is wrong hides what is wrong as well."""
    folder = tmp_path / "view"
    shutil.copytree(VIEW, folder)
    with (folder / "values.js").open("a", encoding="utf-8") as script:
        script.write("\n" + "".join(TOOLS[tool]))
    told = deno(tool, folder)
    assert told.returncode != 0
    said = re.sub(r"\x1b\[[\d;]*m", "", told.stdout + told.stderr)
    assert not [line for line in TOOLS[tool] if line.strip() not in said], said
