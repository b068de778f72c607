// A claim to play, drawn: head, question or verdict, toggles, road, map and note.

import { drawCaseMap, sayCase } from "./casemap.js";
import { drawRadios } from "./controls.js";
import { h } from "./dom.js";
import { drawMark } from "./squares.js";
import { sayByte, stripOf } from "./casestrip.js";
import { drawStrip, sayStrip } from "./strip.js";

/** @import { Child, Item } from "./types.d.ts" */
/** @import { ScenarioData, Scene, SceneView } from "./scenario.d.ts" */

const SAID = [["holds", "It holds"], ["fails", "It fails"], ["depends", "It depends"]];

/**
 * Everything inside a scenario's root, as descriptions for `patch`.
 * @param {ScenarioData} data
 * @param {Scene} scene
 * @param {SceneView} view
 */
export function drawBoard(data, scene, view) {
  const { answered } = scene;
  return h(
    "article",
    "card",
    { class: "card", "aria-labelledby": `${view.id}-claim`, ...factsOf(data, scene) },
    drawCardHead(data, view),
    answered ? drawOutcome(data, answered) : drawAsk(data, view),
    drawToggles(data, scene, view),
    h("p", "error", { class: "error", role: "alert" }, view.error),
    h(
      "div",
      "body",
      { class: "body" },
      h(
        "div",
        "left",
        { class: "left" },
        drawState(data, scene, view),
        drawSmallRoad(data, scene, view),
      ),
      drawCaseMap(data, scene),
    ),
    answered && data.note ? h("p", "note", { class: "note" }, data.note) : null,
  );
}

/**
 * The case as data attributes, for tests and for whoever reads the page with a program; nothing
 * of it before the answer.
 * @param {ScenarioData} data
 * @param {Scene} scene
 */
function factsOf(data, { reading, case_, answered }) {
  if (!answered) return { "data-answered": "" };
  const [, yes, wrong, counted] = data.blocks[reading].cases[case_];
  return {
    "data-answered": answered,
    "data-reading": String(reading),
    "data-case": String(case_),
    "data-yes": String(yes === 1),
    "data-wrong": String(wrong === 1),
    "data-counted": String(counted === 1),
  };
}

/**
 * @param {ScenarioData} data
 * @param {SceneView} view
 */
const drawCardHead = ({ number, who, when, text, about }, { id }) =>
  h(
    "header",
    "head",
    { class: "card-head" },
    h("span", "no", { class: "claim-number", "aria-hidden": "true" }, number),
    h(
      "div",
      "t",
      {},
      h("p", "who", { class: "who" }, h("b", "b", {}, who), ` · ${when}`),
      h(
        "h3",
        "claim",
        { class: "claim", id: `${id}-claim` },
        h("span", "u", { class: "unseen" }, `Claim ${number}: `),
        text,
      ),
      h("p", "about", { class: "about" }, about),
    ),
  );

/** @param {ScenarioData} data @param {SceneView} view */
function drawAsk({ ask, count }, { id }) {
  const buttons = SAID.map(([key, text]) =>
    h("button", key, { type: "button", class: "answer", "data-say": key }, text)
  );
  const cases = count[1] === 1 ? "1 case waits" : `${count[1]} cases wait`;
  return h(
    "div",
    "ask",
    { class: "ask", role: "group", "aria-labelledby": `${id}-ask` },
    h("p", "q", { class: "q", id: `${id}-ask` }, h("span", "s", {}, "Predict first. "), ask),
    h("div", "b", { class: "answers" }, buttons),
    h("p", "n", { class: "mute wait" }, `${cases} for your answer.`),
  );
}

/** @param {ScenarioData} data @param {string} answered */
function drawOutcome({ truth, outcome, count, first }, answered) {
  const said = SAID.find(([key]) => key === answered)?.[1].toLowerCase() ?? answered;
  const right = truth === answered, [yes, tried] = count;
  const found = `${right ? "yes" : "Yes"} in ${yes} of ${tried} ${tried === 1 ? "case" : "cases"}`;
  /** @type {(key: string, facts: Record<string, string>, text: string) => Item} */
  const link = (key, facts, text) =>
    h("button", key, { type: "button", class: "link", ...facts }, text);
  return h(
    "div",
    "done",
    { class: "done", tabindex: "-1", "data-done": "" },
    h("p", "o", { class: "outcome" }, outcome[0].toUpperCase() + outcome.slice(1) + "."),
    h(
      "p",
      "y",
      { class: "mute" },
      `You said “${said}”${right ? ", and so it is: " : ". "}${found}, each tried. `,
      first ? link("first", { "data-go": first.join("/") }, "Show the first no") : null,
      " ",
      link("again", { "data-say": "" }, "Ask again"),
    ),
  );
}

/**
 * The reading, once it may be named, and the fields that the cases differ in; then small print.
 * @param {ScenarioData} data
 * @param {Scene} scene
 * @param {SceneView} view
 */
function drawToggles(data, scene, { id }) {
  const { names, choices, blocks, toggles, folded } = data, { answered } = scene;
  const block = blocks[scene.reading], fields = block.cases[scene.case_][5];
  const order = Object.keys(names);
  /** @type {(name: string) => Item} */
  const field = (name) => {
    const at = order.indexOf(name);
    const options = choices[name].map((text, value) => ({
      value: String(value),
      text,
      chosen: fields[at] === value,
    }));
    const radios = { key: name, name: `${id}-${name}`, legend: names[name], options };
    return drawRadios({ ...radios, disabled: !answered }, "");
  };
  /** @param {number} at a field's number; of what was tried besides nothing is told early */
  const varies = (at) =>
    new Set(blocks.flatMap(({ also, cases }) => also ? [] : cases.map((row) => row[5][at]))).size >
      1;
  const readings = blocks.map(({ name, also }, k) => ({
    value: String(k),
    text: (also ? "also: " : "") + name,
    chosen: k === scene.reading,
  }));
  const reading = {
    key: "reading",
    name: `${id}-reading`,
    legend: data.readings,
    options: readings,
  };
  return [
    h(
      "div",
      "toggles",
      { class: "toggles" },
      answered && blocks.length > 1 ? drawRadios(reading, "") : null,
      toggles.filter((name) => answered || varies(order.indexOf(name))).map(field),
    ),
    answered && folded.length
      ? h(
        "details",
        "small",
        { class: "small-print" },
        h("summary", "s", {}, sayFolded(data, block)),
        h("div", "toggles", { class: "toggles" }, folded.map(field)),
      )
      : null,
  ];
}

/**
 * @param {ScenarioData} data
 * @param {ScenarioData["blocks"][0]} block
 */
function sayFolded({ names, folded }, { cases, squares, each }) {
  const said = folded.map((name) => names[name].toLowerCase());
  const many = each ? `Each square is ${each} cases` : `${cases.length} cases in ` +
    `${squares} squares`;
  const last = said.pop();
  const list = said.length ? `${said.join(", ")} and ${last} change` : `${last} changes`;
  return `${many}: ${list} nothing.`;
}

/**
 * What the case says, in a sentence, and why.
 * @param {ScenarioData} data
 * @param {Scene} scene
 * @param {SceneView} view
 */
function drawState(data, scene, view) {
  if (!scene.answered) {
    const waits = "What comes of it? The picture shows it after your answer.";
    return h("div", "state", { class: "state" }, h("p", "v", { class: "says mute" }, waits));
  }
  const block = data.blocks[scene.reading], row = block.cases[scene.case_];
  const picture = data.pictures[row[4]],
    says = data.texts[picture[7]],
    why = data.texts[picture[8]];
  const mark = drawMark("m", row[1] ? "yes" : "no", { wrong: row[2] === 1 });
  const lit = view.hot === null ? why : sayByte(stripOf(data, scene), view.hot);
  return h(
    "div",
    "state",
    { class: "state", "aria-live": "polite", "aria-atomic": "true" },
    h(
      "p",
      "v",
      { class: "says" },
      mark,
      h("b", "b", {}, `${row[1] ? block.yes : block.no}: `),
      drawDigits(says),
    ),
    h("p", "w", { class: "because" }, drawDigits(lit)),
  );
}

/**
 * A sentence whose hex digits are set as such.
 * @param {string} text
 * @returns {Child}
 */
const drawDigits = (text) =>
  text.split(/(\b0x[0-9a-f]+\b|\b[0-9a-f]{2}(?: [0-9a-f]{2})+\b)/).map((part, k) =>
    k % 2 ? h("span", "m" + k, { class: "m" }, part) : part
  );

/**
 * @param {ScenarioData} data
 * @param {Scene} scene
 * @param {SceneView} view
 */
function drawSmallRoad(data, scene, view) {
  const strip = stripOf(data, scene), { width } = view;
  const { list, height } = drawStrip(strip, width, view.hot);
  const block = data.blocks[scene.reading], row = block.cases[scene.case_];
  const said = scene.answered ? `${sayCase(data, block, row)}. ` : "Not told yet. ";
  return h("svg", "road", {
    class: "road",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    tabindex: "0",
    role: "application",
    "aria-roledescription": "picture of the case",
    "aria-label": `${said}${sayStrip(strip)}. Arrow keys light a byte.`,
  }, list);
}
