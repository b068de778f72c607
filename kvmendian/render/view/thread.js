// The argument as mails in time. The picture is Python's own SVG; here its claims can be opened.
// Where it is narrow, the mails are a list.

import { h, patch } from "./dom.js";
import { under } from "./keys.js";
import { goBySquares } from "./squares.js";

/** @import { Child, ClaimData, Context, MailData, ThreadData } from "./types.d.ts" */

/**
 * Show the thread in `el`; what it returns takes it away again.
 * @param {Context} context
 */
export function thread({ model, el }) {
  const root = document.createElement("div"), picture = document.createElement("div");
  const list = document.createElement("div"), below = document.createElement("div");
  const scenario = document.createElement("div");
  root.className = "kvmendian kvmendian-thread";
  picture.className = "squares picture";
  picture.innerHTML = model.get("_picture"); // made and escaped by Python, of the course's own words
  list.className = "squares mails";
  below.className = "below";
  root.append(picture, list, below);
  el.append(root, scenario);
  /** @type {ThreadData} */
  const found = model.get("_thread");
  const numbers = new Set(found.mails.flatMap(({ claims }) => claims.map((one) => one.number)));
  const numberOf = () => {
    const number = Number(model.get("claim"));
    return numbers.has(number) ? number : null;
  };

  function draw() {
    const now = numberOf();
    patch(list, found.mails.map((mail) => drawMail(found, mail, now)));
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
    draw();
  }

  /** Show what Python opens for the claim, where there is a kernel. */
  async function open() {
    const reference = model.get("scenario"), manager = /** @type {any} */ (model).widget_manager;
    if (!manager) return;
    if (!reference) return scenario.replaceChildren();
    const made = await manager.get_model(reference.slice("IPY_MODEL_".length));
    const view = await manager.create_view(made);
    if (reference === model.get("scenario")) scenario.replaceChildren(view.el);
    else view.remove();
  }

  root.addEventListener("click", (event) => {
    if (under(event, "[data-square]")) event.preventDefault(); // a link, where nothing runs
    goBySquares(event, go);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && under(event, "a[data-square]")) event.preventDefault();
    goBySquares(event, go);
  });
  model.on("change:claim", draw);
  model.on("change:value", draw); // a saved page's address
  model.on("change:scenario", open);
  draw();
  open();
  return () => {
    model.off("change:claim", draw);
    model.off("change:value", draw);
    model.off("change:scenario", open);
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
 * The claim that is open: its words, its mail, and how its author read mmio.data.
 * @param {ThreadData} found
 * @param {number | null} number
 * @returns {Child}
 */
function drawClaim(found, number) {
  const mails = found.mails.filter(({ claims }) => claims.some((one) => one.number === number));
  const claim = mails[0]?.claims.find((one) => one.number === number);
  if (!claim) return h("p", "none", { class: "mute open" }, "Choose a claim by its number.");
  const { reading, stated } = mails[0];
  const source = stated ? ` (claim ${stated}).` : ".";
  const own = stated === number ? "This is his own definition." : reading + source;
  const rows = mails.flatMap((mail) => {
    const answer = sayAnswer(found, mail), says = (answer ? `${answer}. ` : "") + mail.says;
    return [h("dt", "t" + mail.id, {}, mail.when), h("dd", "d" + mail.id, {}, says)];
  });
  return h(
    "section",
    "open",
    { class: "open", "aria-live": "polite", "aria-label": `Claim ${number}` },
    h("p", "n", { class: "number", "aria-hidden": "true" }, String(number)),
    h(
      "div",
      "says",
      {},
      h(
        "p",
        "who",
        { class: "mute" },
        h("b", "b", {}, claim.who),
        ` · ${claim.when} · ${claim.where}`,
      ),
      h("p", "text", { class: "text" }, claim.text),
      h(
        "dl",
        "dl",
        {},
        rows,
        reading ? [h("dt", "rt", {}, "His own reading"), h("dd", "rd", {}, own)] : null,
        claim.readings.length
          ? [
            h("dt", "mt", {}, "It can mean that"),
            h("dd", "md", {}, claim.readings.join("; or that ")),
          ]
          : null,
      ),
      document.getElementById(`claim-${number}`)
        ? h("a", "play", { href: `#claim-${number}` }, "Play it")
        : null,
    ),
  );
}
