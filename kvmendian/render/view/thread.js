// The argument as mails in time. The picture is Python's own SVG; here its claims can be opened.
// Where it is narrow, the mails are a list.

import { h, patch } from "./dom.js";
import { under } from "./keys.js";
import { scenario } from "./scenario.js";
import { goBySquares } from "./squares.js";

/** @import { Child, ClaimData, Context, MailData, Model, ThreadData } from "./types.d.ts" */

/**
 * Show the thread in `el`; what it returns takes it away again.
 * @param {Context} context
 */
export function thread({ model, el }) {
  const root = document.createElement("div"), picture = document.createElement("div");
  const list = document.createElement("div"), below = document.createElement("div");
  const play = document.createElement("div");
  root.className = "kvmendian kvmendian-thread";
  picture.className = "squares picture";
  picture.innerHTML = model.get("_picture"); // made and escaped by Python
  list.className = "squares mails";
  below.className = "below";
  root.append(picture, list, below);
  el.append(root, play);
  /** @type {ThreadData} */
  const found = model.get("_thread");
  const numbers = new Set(found.mails.flatMap(({ claims }) => claims.map((one) => one.number)));
  const numberOf = () => {
    const number = Number(model.get("claim"));
    return numbers.has(number) ? number : null;
  };

  function draw() {
    const now = numberOf();
    patch(
      list,
      h("p", "title", { class: "question" }, found.title),
      found.mails.map((mail) => drawMail(found, mail, now)),
    );
    patch(below, drawClaim(found, now));
    const links = [
      .../** @type {NodeListOf<SVGElement>} */ (picture.querySelectorAll(".kvl-claim")),
    ];
    const at = links.find((one) => Number(one.dataset.square) === now) ?? links[0];
    for (const one of links) {
      one.setAttribute("tabindex", one === at ? "0" : "-1");
      if (Number(one.dataset.square) === now) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    }
  }

  /** @param {string} key */
  function go(key) {
    model.set("claim", Number(key));
    model.save_changes();
    take();
  }

  /** @type {number | null} */
  let shown = null, leave = () => {};

  /** Open the claim's scenario below, as it was left. */
  async function open() {
    const now = numberOf();
    if (shown === now) return;
    shown = now;
    leave();
    leave = () => {};
    play.replaceChildren();
    if (now === null) return;
    const gone = await scenario({ model: sceneOf(model, now), el: play });
    if (shown === now) leave = gone;
    else gone();
  }

  function take() {
    draw();
    open();
  }

  root.addEventListener("click", (event) => {
    if (under(event, "[data-square]")) event.preventDefault(); // a link, where nothing runs
    if (goBySquares(event, go) && list.contains(/** @type {Node} */ (event.target))) {
      below.scrollIntoView({ block: "start" }); // the list is longer than a phone is high
    }
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && under(event, "a[data-square]")) event.preventDefault();
    goBySquares(event, go);
  });
  model.on("change:claim", take);
  model.on("change:value", take); // a saved page's address
  take();
  return () => {
    leave();
    model.off("change:claim", take);
    model.off("change:value", take);
  };
}

/**
 * The model of one claim's scenario: what was chosen there is kept in the thread's own.
 * @param {Model} model
 * @param {number} number
 * @returns {Model}
 */
function sceneOf(model, number) {
  const { start, packed } = model.get("_boards")[number];
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const [reading, case_] = start, kept = model.get("_scenes")?.[number];
  /** @type {Record<string, unknown>} */
  const scene = { reading, case: case_, answered: null, ...kept };
  return {
    get: (name) => (name === "_atlas" ? bytes : scene[name]),
    set(name, value) {
      scene[name] = value;
    },
    on() {},
    off() {},
    save_changes() {
      model.set("_scenes", { ...model.get("_scenes"), [number]: { ...scene } });
      model.save_changes();
    },
  };
}

/**
 * A mail in the list.
 * @param {ThreadData} found
 * @param {MailData} mail
 * @param {number | null} now
 */
function drawMail(found, mail, now) {
  const first = found.mails.find(({ claims }) => claims.length)?.claims[0].number;
  /** @param {ClaimData} claim */
  const chip = (claim) => {
    const here = claim.number === now;
    return h("button", String(claim.number), {
      type: "button",
      class: "chip" + (here ? " now" : ""),
      "aria-label": `Claim ${claim.number}: ${claim.text}`,
      "aria-current": here ? "true" : null,
      tabindex: here || (now === null && claim.number === first) ? "0" : "-1",
      "data-square": claim.number,
      "data-x": claim.order,
      "data-y": 0,
    }, String(claim.number));
  };
  return h(
    "div",
    mail.id,
    { class: "mail" },
    h("p", "w", {}, h("b", "b", {}, mail.who), h("span", "d", { class: "mute" }, ` ${mail.when}`)),
    mail.claims.length
      ? h("p", "c", { class: "chips" }, mail.claims.map(chip))
      : h("p", "e", { class: "mute" }, mail.what),
    h("p", "a", { class: "mute" }, sayAnswer(found, mail)),
  );
}

/** @type {Record<string, string>} */
const DID = { quoted: "Answers", content: "Takes up" };

/**
 * @param {ThreadData} found
 * @param {MailData} mail
 */
function sayAnswer(found, { answers }) {
  const other = found.mails.find(({ id }) => id === answers?.[0]);
  if (!answers || !other) return "";
  if (answers[1] !== "under") return `${DID[answers[1]]} ${other.who}, ${other.when}`;
  return `Stands under ${other.who}'s ${other.what}; whom it answers was not found`;
}

/**
 * What is known of the mails of the claim that is open, and how its author read mmio.data. The
 * claim itself is played below.
 * @param {ThreadData} found
 * @param {number | null} number
 * @returns {Child}
 */
function drawClaim(found, number) {
  const mails = found.mails.filter(({ claims }) => claims.some((one) => one.number === number));
  const claim = mails[0]?.claims.find((one) => one.number === number);
  if (!claim) return h("p", "none", { class: "mute open" }, "Choose a claim by its number.");
  const { reading, stated } = mails[0], source = stated ? ` (claim ${stated}).` : ".";
  const own = stated === number ? "This is his own definition." : reading + source;
  const rows = mails.flatMap((mail) => {
    const answer = sayAnswer(found, mail), says = (answer ? `${answer}. ` : "") + mail.says;
    return [h("dt", "t" + mail.id, {}, mail.when), h("dd", "d" + mail.id, {}, says)];
  });
  return h(
    "section",
    "open",
    { class: "open", "aria-live": "polite", "aria-label": `The mail of claim ${number}` },
    h(
      "dl",
      "dl",
      {},
      rows,
      reading ? [h("dt", "rt", {}, "Own reading"), h("dd", "rd", {}, own)] : null,
    ),
  );
}
