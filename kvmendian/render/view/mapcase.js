// What the map's page says of the case that is chosen, and the whole page.

import { h } from "./dom.js";
import { drawMapGrid, drawMapLegend, saySpot, spotOf, squaresOf } from "./mapgrid.js";
import { drawRoad } from "./road.js";
import { drawMark } from "./squares.js";
import { tell, tellByte } from "./story.js";
import { evaluate, hexBytes, hexOf } from "./values.js";

/** @import { Atlas } from "./atlas.js" */
/** @import { CaseMap, Look, MapRow, MapSpot, Setup, State, Told } from "./types.d.ts" */

/**
 * Everything inside the map's root.
 * @param {Atlas} atlas
 * @param {CaseMap} map
 * @param {State} state
 * @param {{ width: number, hot: number | null }} view
 */
export function drawMap(atlas, map, { setup, value }, { width, hot }) {
  const spot = spotOf(map, setup), row = map.rows[spot.row];
  const told = atlas.find(setup) ? tell(atlas, setup, value) : null;
  const button = {
    type: "button",
    class: "btn",
    "data-do": "explorer",
    "aria-disabled": told ? null : "true",
  };
  return [
    h(
      "div",
      "title",
      { class: "title" },
      h("p", "q", { class: "question" }, map.question),
      h("p", "s", { class: "mute" }, map.says),
      drawMapLegend(map),
    ),
    drawMapGrid(map, spot),
    h(
      "section",
      "case",
      {
        class: "chosen",
        "aria-label": "The case that is chosen",
        ...dataOfCase(setup, value, told),
      },
      h(
        "div",
        "bar",
        { class: "bar" },
        h(
          "p",
          "c",
          { class: "mute" },
          h("b", "b", { class: "m" }, String(setup.design)),
          " · ",
          saySpot(map, spot),
          row?.arch === "arm" || setup.arch === "arm" ? ", 32-bit arm" : null,
        ),
        h("button", "b", button, "Explorer"),
      ),
      told ? drawTold(told, width, hot) : drawOpen(row),
    ),
    row ? drawLoupe(map, spot, told) : null,
  ];
}

/**
 * The state as data attributes: for tests, and for whoever reads the page with a program.
 * @param {Setup} setup
 * @param {bigint} value
 * @param {Told | null} told
 */
const dataOfCase = (setup, value, told) => ({
  "data-setup": JSON.stringify(setup),
  "data-value": hexOf(value),
  "data-honours-abi": told ? String(told.honours) : null,
});

/**
 * Verdict, reason and road.
 * @param {Told} told
 * @param {number} width
 * @param {number | null} hot
 */
function drawTold(told, width, hot) {
  const { judgement, sentence, road } = told;
  const words = sentence.split(/(0x[0-9a-f]+)/).map((part, i) =>
    i % 2 ? h("span", "v" + i, { class: "m" }, part) : part
  );
  /** @type {Look} */
  const look = {
    width,
    hot,
    zeroOnTop: false,
    bits: false,
    compact: false,
    step: 0,
    open: -1,
    frame: null,
  };
  const { list, height } = drawRoad(told, look);
  const places = road.steps.map(({ place, lanes }) =>
    `${place}, ${hexBytes(evaluate(lanes, told.palette))}`
  );
  return [
    h(
      "div",
      "told",
      { class: "told", "aria-live": "polite", "aria-atomic": "true" },
      h(
        "p",
        "verdict",
        { class: "verdict" },
        drawMark("m", told.honours ? "right" : "wrong"),
        h("span", "j", { class: told.honours ? null : "bad" }, ` ${judgement}: `),
        words,
      ),
      h("p", "why", { class: "why" }, hot === null ? road.why : tellByte(told, hot)),
    ),
    h(
      "div",
      "scroll",
      { class: "scroll" },
      h("svg", "road", {
        class: "road",
        viewBox: `0 0 ${width} ${height}`,
        width,
        height,
        tabindex: "0",
        role: "application",
        "aria-roledescription": "picture of the road",
        "aria-label": `${judgement}: ${sentence} ${places.join("; ")}. Up and down light a byte.`,
      }, list),
    ),
  ];
}

/**
 * A design that does more than move bytes: there is no road, and the row says why.
 * @param {MapRow | undefined} row
 */
const drawOpen = (row) => [
  h(
    "p",
    "none",
    { class: "verdict" },
    "There is no road to draw: this design does more than move bytes.",
  ),
  h("p", "why", { class: "why" }, row?.note ?? ""),
];

/**
 * On a narrow screen, where a square is too small for a thumb: the block, enlarged.
 * @param {CaseMap} map
 * @param {MapSpot} spot
 * @param {Told | null} told
 */
function drawLoupe(map, spot, told) {
  const { name, states } = map.rows[spot.row], { columns, orders } = map;
  const heads = orders.flatMap((order, k) =>
    ["guest", "host"].map((side) =>
      h("span", side + k, { class: `${side}${k}` }, side + " ", h("b", "b", {}, order))
    )
  );
  const state = states[4 * spot.column + 2 * spot.host + spot.guest];
  return h(
    "div",
    "loupe",
    {
      class: "loupe squares",
      role: "group",
      "aria-label": `${name}, ${columns[spot.column].says}`,
    },
    h(
      "div",
      "t",
      { class: "text" },
      h("b", "b", { class: "m" }, name),
      h("p", "p", { class: "mute" }, columns[spot.column].says),
      h(
        "p",
        "v",
        {},
        state ? drawMark("m", state) : null,
        ` ${told?.judgement.toLowerCase() ?? "?"}`,
      ),
    ),
    h("div", "q", { class: "four" }, heads, squaresOf(map, spot, spot.row, spot.column, 2)),
  );
}
