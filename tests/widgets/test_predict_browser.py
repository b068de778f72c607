"""Every kind of question in JupyterLab: right and wrong, by mouse, touch and keyboard."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kvmendian.course.memory import NAME
from kvmendian.course.questions import KINDS, fresh

pytestmark = pytest.mark.browser

KINDS = [kind for kind in KINDS if kind != "mixed"]
ASK = "from kvmendian import Predict\np = Predict(level=2, seed=7, kind={!r})\np"


def question(kind):
    return next(fresh(2, 7, kind))


def wrong(q):
    if q.takes == "text":
        mistake = q.mistakes[0].answer
        return mistake.hex(" ") if isinstance(mistake, bytes) else hex(mistake)
    if q.takes == "one":
        return next(str(k) for k in range(1, 5) if not q.answer(k).right)
    numbers = q.sample.split()
    return " ".join(numbers[1:] if q.takes == "some" else [numbers[1], numbers[0], *numbers[2:]])


def number(q, text):
    return [ord(text) - 96] if text.isalpha() else [int(part) for part in text.split()]


class Form:
    """The form in a page, as fingers have it: `press` is a click, or the keyboard's way."""

    def __init__(self, page, *, keyboard, number=0):
        self.page, self.keyboard = page, keyboard
        self.box = page.locator(".kvmendian-predict").nth(number)
        self.box.wait_for()

    def press(self, element, key="Enter"):
        if self.keyboard:
            element.focus()
            element.press(key)
        else:
            element.click()

    def give(self, q, text):
        {"text": self._type, "one": self._choose, "some": self._choose, "order": self._order}[
            q.takes
        ](q, text)

    def check(self):
        self.press(self.box.get_by_role("button", name="Check"))

    def _type(self, _, text):
        field = self.box.get_by_label("Your answer")
        field.fill(text)
        if self.keyboard:
            field.press("Enter")
        else:
            self.check()

    def _choose(self, q, text):
        wanted = set(number(q, text))
        role = "radio" if q.takes == "one" else "checkbox"
        for k in range(1, len(q.options) + 1):
            option = self.box.get_by_role(role).nth(k - 1)
            if (k in wanted) != option.is_checked() and (role == "checkbox" or k in wanted):
                self.press(option, " ")
        self.check()

    def _order(self, q, text):
        order = number(q, text)
        for k in range(1, len(q.options) + 1):
            out = self.row(k).get_by_role("button", name="Leave out")
            if (k not in order) != (out.get_attribute("aria-pressed") == "true"):
                self.press(out)
        for place, k in enumerate(order):
            while (at := self.numbers().index(k)) > place:
                up = self.row(k).get_by_role("button", name="Up")
                self.press(up, "ArrowUp" if at % 2 else "Enter")  # the arrows, and the button
        self.check()

    def row(self, k):
        return self.box.locator(f'li[data-number="{k}"]')

    def numbers(self):
        rows = self.box.locator("li").evaluate_all("all => all.map(one => one.dataset.number)")
        return [int(k) for k in rows]


@pytest.mark.parametrize("keyboard", [False, True], ids=["mouse", "keyboard"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_wrong_and_right(lab, kind, keyboard):
    q = question(kind)
    lab.open_cells(ASK.format(kind), "print(p.right, p.tried)")
    lab.run_all()
    form = Form(lab.page, keyboard=keyboard)
    assert form.box.locator("svg").count() == 0  # Run All shows nothing
    shown = form.box.inner_text()
    assert q.show not in shown
    form.give(q, wrong(q))
    form.box.get_by_text("✗ Not yet").wait_for()
    form.give(q, q.sample)
    form.box.get_by_text("✓ Right").wait_for()
    expect(form.box.locator("svg")).to_have_count(int(q.told is not None))
    expect(form.box.get_by_text("Right: 1 of 2 answers.")).to_be_visible()
    if kind == "forward":
        form.press(form.box.get_by_role("button", name="guest"))
        form.box.get_by_text(re.compile("Right: the guest|the guest does not decide")).wait_for()
    form.press(form.box.get_by_role("button", name="Next question"))
    expect(form.box.get_by_text("✓")).to_have_count(0)


def test_lines_are_drawn_with_the_mouse_and_with_a_finger(lab, new_page):
    q = question("ordering")
    lab.open_cells(ASK.format("ordering"))
    lab.run_all()
    form = Form(lab.page, keyboard=False)
    before = form.numbers()
    grip, last = (form.row(k).locator(".grip") for k in (before[0], before[-1]))
    from_, to = grip.bounding_box(), last.bounding_box()
    mouse = lab.page.mouse
    mouse.move(from_["x"] + 8, from_["y"] + 8)
    mouse.down()
    for step in range(1, 11):
        mouse.move(from_["x"] + 8, from_["y"] + 8 + (to["y"] + 14 - from_["y"]) * step / 10)
    mouse.up()
    assert form.numbers() == [*before[1:], before[0]]
    finger = """([grip, y]) => {
      const box = grip.getBoundingClientRect();
      const send = (type, at) => grip.dispatchEvent(new PointerEvent(type, {
        pointerId: 1, pointerType: 'touch', isPrimary: true, bubbles: true, clientX: box.x + 5,
        clientY: at }));
      grip.setPointerCapture = () => {};
      send('pointerdown', box.y + 5);
      for (let at = box.y; at > y - 20; at -= 4) send('pointermove', at);
      send('pointerup', y);
    }"""
    top = form.row(form.numbers()[0]).bounding_box()["y"]
    lab.page.evaluate(finger, [form.row(before[0]).locator(".grip").element_handle(), top])
    assert form.numbers() == before
    assert q.takes == "order"
    size = form.row(before[0]).get_by_role("button", name="Down").bounding_box()
    assert min(size["width"], size["height"]) >= 24


FOLD = (
    "from kvmendian import Setup\nfrom kvmendian.widgets import Fold\n"
    "Fold(Setup().trace(0x9134), 'Afterwards')"
)
UNFIT = """() => [...document.querySelectorAll('.kvmendian-predict, details.kvmendian-fold')]
  .flatMap((box) => {
    const unfit = [], within = box.closest('.jp-OutputArea-output');
    if (within.scrollWidth > within.clientWidth + 1) unfit.push('scrolls sideways');
    const targets = 'button, input[type=text], .option, .grip, summary';
    for (const target of box.querySelectorAll(targets)) {
      const { width, height } = target.getBoundingClientRect();
      if (width && Math.min(width, height) < 23.9) unfit.push(`small: ${target.textContent}`);
      const inside = within.getBoundingClientRect();
      if (width && target.getBoundingClientRect().right > inside.right + 1) {
        unfit.push(`out of sight: ${target.textContent}`);
      }
    }
    for (const text of box.querySelectorAll('p, small, label, code, button, summary')) {
      if (parseFloat(getComputedStyle(text).fontSize) < 12) unfit.push(`fine: ${text.textContent}`);
    }
    return unfit;
  })"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_kind_fits_a_phone_and_axe_finds_nothing(lab, theme):
    page = lab.page
    more = ("from kvmendian.widgets import Sit, WarmUp\nWarmUp(5, seed=3)", "Sit('before')", FOLD)
    lab.open_cells(*map(ASK.format, KINDS), *more)
    page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
    lab.set_theme(theme)
    lab.run_all()
    expect(page.locator(".kvmendian-predict")).to_have_count(len(KINDS) + 4)
    for number, kind in enumerate(KINDS):
        form = Form(page, keyboard=False, number=number)
        form.give(question(kind), wrong(question(kind)))
        form.box.get_by_text("✗ Not yet").wait_for()
    for width in (1280, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)  # JupyterLab lays out late
        assert page.evaluate(UNFIT) == []
    found = Axe().run(page, context=".kvmendian-predict").response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    page.emulate_media(forced_colors="active")
    button = page.get_by_role("button", name="Hint").first
    assert button.evaluate("one => getComputedStyle(one).borderTopWidth") == "1px"


def test_what_is_kept_lies_beside_the_notebook_and_else_is_forgotten_in_words(lab):
    """Memory and the twelve questions, in a folder that takes files and in none."""
    sit = "from kvmendian.widgets import Sit\nSit('before', learner='a7')"
    lab.open_cells(ASK.format("forward"), sit)
    lab.run_all()
    page, beside = lab.page, lab.folder
    boxes = page.locator(".kvmendian-predict")
    expect(boxes).to_have_count(2)
    assert not (beside / NAME).exists()  # nothing before an attempt
    say(boxes.nth(0), wrong(question("forward")))
    boxes.nth(0).get_by_text("✗ Not yet").wait_for()
    kind = question("forward").answer(wrong(question("forward"))).kind
    assert json.loads((beside / NAME).read_text())["mistakes"] == {kind: 1}
    (beside / NAME).unlink()
    (beside / NAME).mkdir()  # so it cannot be written, not even by root
    say(boxes.nth(0), question("forward").sample)
    boxes.nth(0).get_by_text("forgotten at the end").wait_for()
    say(boxes.nth(1), "0d f0 fe ca")
    for number in range(2, 13):
        boxes.nth(1).get_by_text(f"{number} of 12.").wait_for()
        boxes.nth(1).get_by_role("button", name="I do not know").click()
    boxes.nth(1).get_by_role("button", name="Save answers").click()
    boxes.nth(1).get_by_text("Saved as").wait_for()
    told = json.loads((beside / "kvmendian-answers-a7-before.json").read_text())
    assert [one["mistake"] for one in told["answers"]][1:] == ["skipped"] * 11


def say(box, text):
    field = box.get_by_label("Your answer")
    field.fill(text)
    field.press("Enter")
