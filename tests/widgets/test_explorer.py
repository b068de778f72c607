"""The Explorer as Python sees it: traits, links, refusals, its `repr`, and the saved page."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys

import ipywidgets
import pytest
import traitlets

from kvmendian import DESIGNS, Design, Explorer, Memory, MmioData, Register, Setup, SetupError
from kvmendian.model.designs import swab
from kvmendian.render import browser, page
from kvmendian.render.presets import PRESETS
from kvmendian.widgets.explorer import CONTROLS, FIELDS

EVIL = "<img src=x onerror=alert(1)>"


def state(explorer):
    names = (*FIELDS, "value", "step", "compare", "only")
    return {name: getattr(explorer, name) for name in names}


def test_it_starts_with_the_defaults_of_a_setup_and_tells_the_same_story():
    explorer = Explorer()
    assert explorer.setup == Setup()
    assert explorer.story == Setup().trace(0x11223344)


def test_it_starts_anywhere():
    for setup in list(Setup.all())[::7]:
        explorer = Explorer(**setup.fields())
        assert explorer.setup == setup
        assert explorer.story.value == explorer.value


def test_every_field_is_a_trait_that_can_be_observed_and_linked():
    explorer, seen = Explorer(), []
    explorer.observe(lambda change: seen.append((change.name, change.new)), list(FIELDS))
    explorer.guest, explorer.device = "big", "native"
    assert seen == [("guest", "big"), ("device", "native")]
    box = ipywidgets.Dropdown(options=["little", "big"], value="little")
    traitlets.link((box, "value"), (explorer, "host"))
    box.value = "big"
    assert explorer.setup.host == "big"
    explorer.host = "little"
    assert box.value == "little"
    tick, slider = ipywidgets.Checkbox(), ipywidgets.IntSlider(max=8)
    for one, name in ((tick, "signed"), (slider, "step")):
        assert ipywidgets.jslink((one, "value"), (explorer, name)).target == (explorer, name)
    assert ipywidgets.HBox([box, explorer]).children[1] is explorer


BAD = [
    {"width": 3},
    {"width": True},
    {"width": "4"},
    {"guest": "middle"},
    {"guest": None},
    {"op": 1},
    {"signed": True},
    {"signed": "on"},
    {"register_width": 32},
    {"design": "mine"},
    {"design": 3},
    {"value": -1},
    {"value": 1 << 64},
    {"value": 1.5},
    {"value": "zz"},
    {"step": -1},
    {"step": 12},
    {"step": True},
    {"step": "2"},
    {"compare": {"design": "mine"}},
    {"compare": {"op": "load", "host": "big"}},
    {"compare": {"signed": True}},
    {"compare": "design"},
    {"compare": {}},
]


@pytest.mark.parametrize("change", BAD, ids=str)
def test_a_refused_trait_raises_in_three_parts_and_changes_nothing(change):
    explorer = Explorer(host="big", value=0x1122)
    before = state(explorer)
    for attempt in (
        lambda: explorer.set(**change),
        lambda: setattr(explorer, *next(iter(change.items()))),
    ):
        with pytest.raises(SetupError) as error:
            attempt()
        assert error.value.given
        assert error.value.allowed
        assert error.value.hint
        assert state(explorer) == before


@pytest.mark.parametrize("change", BAD, ids=str)
def test_a_refused_start_raises(change):
    with pytest.raises(SetupError):
        Explorer(**change)


@pytest.mark.parametrize("more", [{"nonsense": 1}, {"only": ["guests"]}, {"guest": "big", "x": 2}])
def test_unknown_words_are_refused(more):
    with pytest.raises(SetupError):
        Explorer(**more)


def test_a_value_that_does_not_fit_the_new_width_is_refused_not_masked():
    explorer = Explorer(op="load", value=0x11223344)
    with pytest.raises(SetupError, match="16 bits"):
        explorer.width = 2
    assert (explorer.width, explorer.value) == (4, 0x11223344)
    explorer.set(width=2, value=0x3344)
    assert explorer.story.mmio_data.hex() == "4433"


def test_a_message_from_the_browser_is_taken_whole_or_not_at_all():
    explorer = Explorer()
    explorer.set_state({"op": "load", "width": 2, "value": "0x1122", "signed": True})
    assert explorer.story == Setup(op="load", width=2, signed=True).trace(0x1122)
    before = state(explorer)
    with pytest.raises(SetupError):
        explorer.set_state({"op": "store", "guest": "big"})
    assert state(explorer) == before


def test_the_repr_is_one_line_that_rebuilds_the_state():
    for explorer in (
        Explorer(),
        Explorer(host="big", guest="big", design="swab", step=3),
        Explorer(op="load", width=2, signed=True, register_width=32, value=0x8001),
        Explorer(compare={"guest": "big"}, only=["guest", "width"]),
    ):
        line = repr(explorer)
        assert "\n" not in line
        again = eval(line)  # noqa: S307 - the repr is meant to be evaluated
        assert state(again) == state(explorer)


def test_a_design_of_ones_own_is_offered_beside_the_six():
    mine = Design(EVIL, *2 * [lambda d, w, g, h: swab(d, w) if g != h else d])
    explorer = Explorer(design=mine, host="big")
    assert explorer.story.honours_abi
    assert explorer.design == EVIL
    names = json.loads(gzip.decompress(explorer.packed))["choices"]["design"]
    assert names == [*DESIGNS, EVIL]


def test_a_design_that_looks_at_its_data_is_refused_with_a_reason():
    odd = Design("odd", *2 * [lambda d, w, g, h: d + 1])
    with pytest.raises(SetupError, match="only moves bytes"):
        Explorer(designs=[odd])
    with pytest.raises(SetupError, match="a name of its own"):
        Explorer(designs=[Design("swab", swab, swab)])


def test_presets_can_all_be_shown_and_cover_every_quadrant():
    quadrants = set()
    for preset in PRESETS:
        given = {"value": int(preset["value"], 0)} if "value" in preset else {}
        story = Explorer(**preset["fields"], **given).story
        quadrants.add((story.setup.host, story.setup.guest))
    assert len(quadrants) == 4


def test_the_bundle_has_a_widget_a_picture_and_text():
    data = Explorer()._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["image/svg+xml"].startswith("<svg")
    assert data["image/svg+xml"] in data["text/html"]
    assert data["text/plain"] == "Explorer(value=0x11223344)"


def test_the_saved_page_is_one_file_without_outside_references(tmp_path):
    path = Explorer(host="big").save_html(tmp_path / "explorer.html")
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) <= 400_000
    links = set(re.findall(r"""(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^"'\s<]*""", text))
    assert links <= {"http://www.w3.org/2000/svg"}
    assert "@import" not in text
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|sendBeacon)\b", page.module())
    assert "<noscript><svg" in text


def test_markup_in_a_design_cannot_leave_the_script_of_a_saved_page(tmp_path):
    mine = Design("</script><b>", *2 * [lambda d, w, g, h: d])
    text = Explorer(design=mine).save_html(tmp_path / "x.html").read_text(encoding="utf-8")
    assert text.count("</script>") == 3
    assert "<b>" not in text


def test_the_module_holds_no_byte_order_rule():
    """Orders are compared only to say which way memory is drawn, never with one another."""
    code = re.sub(r"//.*|/\*.*?\*/", "", page.module(), flags=re.DOTALL)
    assert not re.search(r"\.(guest|host)\b", code)
    assert not re.search(r'"little"', code)
    for line in code.splitlines():
        if '"big"' in line:
            assert "zeroOnTop" in line


def test_every_control_has_its_accessible_name():
    expected = {
        "Architecture",
        "Operation",
        "Width",
        "Guest data order (E bit)",
        "Host byte order",
        "Device byte order",
        "KVM design",
        "Driver",
        "Sign-extend",
        "Register width",
        "Value",
    }
    assert expected <= set(browser.LABELS.values())
    assert set(CONTROLS) >= set(browser.LABELS)


def test_the_library_loads_without_widgets_until_one_is_asked_for():
    code = (
        "import sys, kvmendian; a = {'anywidget', 'ipywidgets'} & set(sys.modules);"
        "kvmendian.Explorer; print(a, 'anywidget' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set() True\n"


def test_small_pictures_refuse_what_does_not_fit_and_stay_as_they_were():
    for widget, change in (
        (Register(), {"value": 1 << 32}),
        (Register(), {"width": 2}),
        (Memory(), {"order": "middle"}),
        (Memory(), {"value": -1}),
        (Memory(), {"width": 3}),
        (MmioData(), {"value": None}),
    ):
        before = widget.get_state()
        with pytest.raises(SetupError):
            setattr(widget, *next(iter(change.items())))
        assert widget.get_state() == before
    register = Register()
    register.set(value=0x11, width=1)
    assert (register.value, register.width) == (0x11, 1)
