// Where a question is answered: a field, choices, or lines to be put in order. Enter and Check hand
// an answer over once; all else stays in the page, and works with mouse, touch and keyboard.

/** @import { Context } from "./types.d.ts" */
import { keepFolds, unfold } from "./fold.js";

let answers = 0; // numbers the groups of radio buttons, which a page may have many of

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
function make(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, text] of Object.entries(attributes)) made.setAttribute(key, text);
  made.append(...children);
  return made;
}

/**
 * A field for text.
 * @param {HTMLElement} box
 * @returns {() => string} what stands in it
 */
function field(box) {
  const input = /** @type {HTMLInputElement} */ (make("input", {
    type: "text",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: "hex, then Enter",
  }));
  box.append(make("label", {}, "Your answer ", input));
  return () => input.value;
}

/**
 * One or some of the options, as radio buttons or check boxes.
 * @param {HTMLElement} box
 * @param {string[]} options
 * @param {"radio" | "checkbox"} type
 * @returns {() => string} the numbers of those that are chosen, from 1
 */
function choices(box, options, type) {
  answers += 1;
  const inputs = options.map((_, k) => /** @type {HTMLInputElement} */ (
    make("input", { type, name: `kvmendian-${answers}`, value: `${k + 1}` })
  ));
  options.forEach((text, k) => {
    const mark = type === "radio" ? `${String.fromCharCode(97 + k)}) ` : `${k + 1}) `;
    box.append(make("label", { class: "option" }, inputs[k], ` ${mark}${text}`));
  });
  return () => inputs.filter((input) => input.checked).map((input) => input.value).join(" ");
}

/**
 * Lines to be put in order, some of them left out: by buttons, by arrow keys, or drawn by the grip.
 * @param {HTMLElement} box
 * @param {string[]} options
 * @returns {() => string} the numbers of the lines in their order, from 1
 */
function lines(box, options) {
  const list = make("ol", { class: "lines" });
  /** @param {Element} row @param {number} by */
  const move = (row, by) => {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (by < 0) other?.before(row);
    else other?.after(row);
  };
  options.forEach((code, k) => {
    const button = (/** @type {string} */ sign, /** @type {string} */ name) =>
      make("button", { type: "button", "data-here": "", "aria-label": `${name}: ${code}` }, sign);
    const up = button("↑", "Up"), down = button("↓", "Down"), out = button("✕", "Leave out");
    out.setAttribute("aria-pressed", "false");
    const grip = make("span", { class: "grip", "aria-hidden": "true" }, "⠿");
    const row = make(
      "li",
      { "data-number": `${k + 1}`, value: `${k + 1}` },
      grip,
      make("code", {}, code),
      up,
      down,
    );
    row.append(out);
    for (const [press, by] of /** @type {[HTMLElement, number][]} */ ([[up, -1], [down, 1]])) {
      press.addEventListener("click", () => {
        move(row, by);
        press.focus(); // a node that moves loses it
      });
    }
    out.addEventListener("click", () => {
      out.setAttribute("aria-pressed", String(row.classList.toggle("out")));
    });
    row.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by) return;
      const had = /** @type {HTMLElement} */ (event.target);
      move(row, by);
      had.focus();
      event.preventDefault();
    });
    grip.addEventListener("pointerdown", (event) => {
      grip.setPointerCapture(event.pointerId);
      row.classList.add("held");
      event.preventDefault();
    });
    grip.addEventListener("pointermove", (event) => {
      if (!row.classList.contains("held")) return;
      const above = row.previousElementSibling?.getBoundingClientRect();
      const below = row.nextElementSibling?.getBoundingClientRect();
      if (above && event.clientY < above.top + above.height / 2) move(row, -1);
      else if (below && event.clientY > below.top + below.height / 2) move(row, 1);
      grip.setPointerCapture(event.pointerId);
    });
    for (const type of ["pointerup", "pointercancel"]) {
      grip.addEventListener(type, () => row.classList.remove("held"));
    }
    list.append(row);
  });
  box.append(list);
  return () =>
    [...list.querySelectorAll("li:not(.out)")]
      .map((row) => /** @type {HTMLElement} */ (row).dataset.number).join(" ");
}

/** @param {Context} context */
function render({ model, el }) {
  el.classList.add("kvmendian-answer");
  el.dataset.lmSuppressShortcuts = "true"; // or an arrow key goes to another cell
  const form = make("form", {});
  let read = () => "";
  const draw = () => {
    const box = make("fieldset", {}, make("legend", {}, "Your answer"));
    const takes = model.get("takes"), options = /** @type {string[]} */ (model.get("options"));
    if (takes === "text") read = field(box);
    else if (takes === "order") read = lines(box, options);
    else read = choices(box, options, takes === "one" ? "radio" : "checkbox");
    const check = make("button", { type: "submit", class: "jupyter-button" }, "Check");
    form.className = takes;
    form.replaceChildren(box, check);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    model.send?.({ answer: read() });
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault(); // JupyterLab keeps the browser from doing this
    /** @type {HTMLElement | null} */ (form.querySelector("[type=submit]"))?.click();
  });
  const opened = () => {
    if (model.get("unfolds")) unfold(el);
  };
  keepFolds();
  draw();
  el.append(form);
  opened();
  model.on("change:number", draw);
  model.on("change:unfolds", opened);
  return () => {
    model.off("change:number", draw);
    model.off("change:unfolds", opened);
  };
}
export default { render };
