// The Explorer: state in, picture out. One render function; listeners on the root only.

// anywidget imports the module once a widget: a counter would give them all the same ids
const freshId = () => "kve" + crypto.getRandomValues(new Uint32Array(2)).join("-");

const asBigInt = (value) => (typeof value === "bigint" ? value : readValue(value));

function readState(model, atlas) {
  const setup = Object.fromEntries(atlas.fields.map((field) => [field, model.get(field)]));
  return { setup, value: asBigInt(model.get("value")), step: model.get("step"), compare: model.get("compare") };
}

/** Say what is wrong with a state, or return "". */
function stateProblem(atlas, state) {
  for (const field of atlas.fields)
    if (!atlas.choices[field].includes(state.setup[field]))
      return `${atlas.labels[field]} cannot be ${JSON.stringify(state.setup[field])}: ${atlas.choices[field].join(", ")}`;
  const why = atlas.problem(state.setup);
  if (why) return `These do not go together: ${why}`;
  if (!Number.isInteger(state.step) || state.step < 0) return "a step is a whole number from 0";
  const [pair, ...more] = Object.entries(Object(state.compare));
  if (state.compare && (more.length || !atlas.choices[pair?.[0]]?.includes(pair[1]))) return "a comparison changes one field of the setup to one of its choices";
  const alone = valueProblem(state.value, atlas.road(state.setup));
  if (alone || !state.compare) return alone;
  const second = stateProblem(atlas, { ...state, compare: null, setup: secondOf(state) });
  return second && `The second road: ${second}`;
}

/** The setup of the second road of a comparison. */
const secondOf = (state) => ({ ...state.setup, ...state.compare });

async function explorer({ model, el }) {
  const root = document.createElement("div");
  root.className = "kvmendian";
  root.textContent = "Unpacking the atlas…";
  el.append(root);
  let atlas;
  try {
    atlas = await openAtlas(model.get("_atlas"));
  } catch (error) {
    root.textContent = `The picture cannot be shown: its data could not be unpacked (${error.message}). It needs a browser of 2023 or newer.`;
    return () => {};
  }
  root.textContent = "";
  const view = { id: freshId(), only: model.get("only"), presets: model.get("_presets"), hot: null, preset: "",
    open: null, zeroOnTop: false, bits: null, width: 0, error: "", note: "", typed: null, playing: 0, numbers: false };
  let queued = false, good = model.get("_fallback") ?? { setup: { ...atlas.defaults }, value: 0x11223344n, step: 0, compare: null };

  const roadsOf = (state) => [state.setup, ...(state.compare ? [secondOf(state)] : [])].map((setup) => atlas.road(setup));
  const steps = (state = good) => Math.max(...roadsOf(state).map((road) => road.steps.length));
  const changed = (change) => ({ ...good, ...change, setup: { ...good.setup, ...change.setup } });

  /** Change some of the state, if the result makes sense; else say why and leave the picture. */
  function go(change, note = "") {
    const next = changed(change), problem = stateProblem(atlas, next);
    view.error = problem;
    view.note = problem ? "" : note;
    if (problem) return draw();
    next.step = Math.min(next.step, steps(next));
    if (next.value !== good.value) view.typed = null;
    good = next;
    tellModel();
    draw();
  }

  function tellModel() {
    const now = readState(model, atlas);
    view.numbers ||= typeof model.get("value") === "number"; // a linked slider takes numbers alone
    const wanted = { ...good.setup, step: good.step, compare: good.compare };
    const news = Object.entries(wanted).filter(([name, value]) => JSON.stringify(model.get(name)) !== JSON.stringify(value));
    if (now.value !== good.value) news.push(["value", view.numbers && good.value < 2n ** 53n ? Number(good.value) : hexOf(good.value)]);
    for (const [name, value] of news) model.set(name, value);
    if (news.length) model.save_changes();
  }

  /** Take a toggle. Where the rest does not go with it any more, the rest gives way and the line below says so. */
  function toggle(change) {
    const next = changed(change), notes = [];
    if (next.compare && change.compare === undefined) {
      const [field] = Object.keys(next.compare);
      if (next.compare[field] === next.setup[field]) next.compare = { [field]: good.setup[field] }; // the two change places
      const why = atlas.problem(secondOf(next));
      if (why) { next.compare = null; notes.push(`Compared no more: ${why}.`); }
    }
    const roads = roadsOf(next);
    if (roads.every(Boolean) && next.value !== null) {
      const bits = Math.min(...roads.map((road) => road.bits)), cut = next.value & ((1n << BigInt(bits)) - 1n);
      if (cut !== next.value) notes.push(`${hexOf(next.value)} does not fit ${bits} bits: the value is now ${hexOf(cut)}, its low bytes.`);
      next.value = cut;
    }
    go(next, notes.join(" "));
  }

  function draw() {
    if (!view.width) return;
    const one = tell(atlas, good.setup, good.value);
    const sides = [{ told: one, setup: good.setup }];
    if (good.compare) sides.push({ told: tell(atlas, secondOf(good), good.value), setup: secondOf(good) });
    const difference = sides[1] ? firstDifference(sides[0].told, sides[1].told) : null;
    const bare = view.only && !view.only.length;
    root.classList.toggle("narrow", view.width <= 860);
    root.classList.toggle("kvmendian-strip", model.get("_view") === "mmio");
    patch(root, [
      bare ? null : h("div", "controls", { class: "controls" }, drawControls(atlas, good, view)),
      difference ? h("p", "first", { class: "verdict first" }, difference.text ? `First difference: ${difference.text}.` : "No difference: both do the same with every byte.",
        difference.text && hexBytes(sides[0].told.mmio) === hexBytes(sides[1].told.mmio) ? " mmio.data is the same at every address." : "") : null,
      sides.map((side, k) => drawSide(side, k, sides.length, difference)),
      difference ? h("div", "low", { class: "low" }, sides.map(({ told, setup }, k) => h("div", "s" + k, {},
        h("p", "n", { class: "side-name" }, nameOf(setup)), drawYard(told), drawLedger(told)))) : null,
      difference ? drawNote(view, false) : null,
    ].flat().filter(Boolean));
  }

  /** What tells the two roads of a comparison apart; empty for one road. */
  function nameOf(setup) {
    const [field] = Object.keys(good.compare ?? {});
    return field ? `${atlas.labels[field]} ${optionText(field, setup[field])}` : "";
  }

  function drawSide({ told, setup }, k, count, difference) {
    const compact = count > 1, shown = Math.min(good.step, told.road.steps.length);
    const place = shown ? shown - 1 : view.open ?? told.road.steps.findIndex((step) => step.place === "mmio.data");
    const look = { ...view, compact, side: k, bits: view.bits ?? !compact, step: shown, open: Math.min(place, told.road.steps.length - 1), frame: difference ? difference.frames[k] : null };
    const road = drawRoad(told, look), wrong = told.judgement !== "Right";
    const why = view.hot !== null ? tellByte(told, view.hot) : shown ? `${told.road.steps[shown - 1].place}: ${told.road.steps[shown - 1].why}` : told.road.why;
    const name = nameOf(setup), most = steps();
    const bracketed = told.sentence.split(/(0x[0-9a-f]+)/).map((part, i) => (i % 2 ? h("span", "v" + i, { class: "m" }, part) : part));
    return h("section", "side" + k, {
      class: "kvmendian-explorer" + (compact ? " compact" : ""), "aria-label": name ? `Road with ${name}` : "Road of one access",
      "data-setup": JSON.stringify(setup), "data-value": hexOf(told.value), "data-register": hexOf(told.register),
      "data-device-value": hexOf(told.device), "data-mmio-data": hexBytes(told.mmio), "data-ram-bytes": hexBytes(told.ram),
      "data-honours-abi": String(told.honours), "data-step": String(shown), "data-swaps": String(told.swaps) },
    h("p", "print", { class: "print" }, [...ORDER.map((name) => `${atlas.labels[name]}: ${optionText(name, setup[name])}`), `${atlas.labels.value}: ${hexOf(told.value)}`].join(" · ")),
    h("div", "head", { class: "head" },
      h("div", "told", { class: "told", "aria-live": k === 0 ? "polite" : null, "aria-atomic": k === 0 ? "true" : null },
        h("p", "verdict", { class: "verdict" }, name ? h("span", "n", { class: "side-name" }, name + " ") : null,
          h("span", "j", { class: wrong ? "bad" : null }, told.judgement + ": "), bracketed),
        h("p", "why", { class: "why" }, why)),
      k === 0 ? h("div", "steps", { class: "steps", role: "group", "aria-label": "Step through the places" },
        h("button", "back", { type: "button", class: "btn", "data-do": "back", "aria-label": "Step back", "aria-disabled": good.step === 0 ? "true" : null }, "◀"),
        h("output", "at", { "aria-live": "off" }, good.step ? `${good.step} of ${most}` : "whole road"),
        h("button", "on", { type: "button", class: "btn", "data-do": "on", "aria-label": "Step forward", "aria-disabled": good.step >= most ? "true" : null }, "▶"),
        h("button", "play", { type: "button", class: "btn", "data-do": "play", "aria-pressed": view.playing ? "true" : "false" }, view.playing ? "Stop" : "Play")) : null),
    h("svg", "road", { class: "road", viewBox: `0 0 ${view.width} ${road.height}`, width: view.width, height: road.height, tabindex: "0", role: "application", "aria-roledescription": "picture of the road",
      "aria-label": `${told.judgement}: ${told.sentence} ${told.road.steps.map((step, i) => `${i + 1}, ${step.place}, ${step.integer ? "integer" : "bytes"} ${hexBytes(step.integer ? evaluate(step.lanes, told.palette).reverse() : evaluate(step.lanes, told.palette))}`).join("; ")}. Arrow keys: left and right step, up and down light a byte.` }, road.list),
    look.bits ? h("div", "bits", { class: "bits" }, drawBits(told, look)) : null,
    compact ? null : h("div", "low", { class: "low" }, h("div", "y", {}, drawYard(told)), h("div", "l", {}, drawLedger(told), drawNote(look, look.bits))));
  }

  const stop = () => { clearInterval(view.playing); view.playing = 0; };
  function stepBy(amount) {
    stop();
    go({ step: Math.max(0, Math.min(steps(), good.step + amount)) });
  }
  function play() {
    if (view.playing) { stop(); return draw(); }
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (calm) return go({ step: good.step >= steps() ? 1 : good.step + 1 }); // one step a click, no motion of its own
    view.playing = setInterval(() => {
      if (!root.isConnected || good.step >= steps()) { stop(); return draw(); }
      go({ step: good.step + 1 });
    }, 1600);
    go({ step: good.step >= steps() ? 1 : good.step + 1 });
  }
  const light = (colour) => { if (view.hot !== colour) { view.hot = colour; draw(); } };
  function flip(bit) { go({ value: good.value ^ (1n << BigInt(bit)) }); }

  const actions = { back: () => stepBy(-1), on: () => stepBy(1), play, zero: () => { view.zeroOnTop = !view.zeroOnTop; draw(); },
    bits: () => { view.bits = !(view.bits ?? !good.compare); draw(); } };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do],[data-bit]"), cell = event.target.closest(".cell");
    if (button?.dataset.bit) return flip(button.dataset.bit);
    if (button && actions[button.dataset.do]) return actions[button.dataset.do]();
    if (cell) { stop(); view.bits = true; view.open = Number(cell.dataset.stage); if (good.step) return go({ step: 0 }); draw(); }
  });
  root.addEventListener("change", (event) => {
    const { field, do: action } = event.target.dataset, text = event.target.value;
    const choice = (name, said) => atlas.choices[name].find((c) => String(c) === said);
    if (action === "preset" || action === "compare") stop();
    if (field) toggle({ setup: { [field]: choice(field, text) } });
    else if (action === "value") {
      view.typed = null;
      go({ value: readValue(text) });
      if (view.error) { view.typed = text; draw(); }
    } else if (action === "preset" && text) {
      const { fields, value } = view.presets[Number(text)];
      view.preset = text; // stays on show, so that arrow keys go on from here
      toggle({ setup: { ...atlas.defaults, ...fields }, step: 0, compare: null, ...(value ? { value: readValue(value) } : {}) });
    } else if (action === "compare") {
      const [name, said] = cleave(text, "=");
      toggle({ compare: name ? { [name]: choice(name, said) } : null });
    }
  });
  root.addEventListener("input", (event) => {
    if (event.target.dataset.do === "value") view.typed = event.target.value;
  });
  root.addEventListener("pointerover", (event) => {
    const lane = event.target.closest?.("[data-lane]")?.dataset.lane;
    light(lane === undefined ? null : colourOf(Number(lane)) < 0 ? null : colourOf(Number(lane)));
  });
  root.addEventListener("pointerleave", () => light(null));
  root.addEventListener("focusout", (event) => { if (event.target.closest?.(".road")) light(null); });
  root.addEventListener("keydown", (event) => keys(event, { stepBy, light, view, tellWidth: () => Math.min(8, atlas.road(good.setup).bits / 8) }));

  /** Take the model's state: what Python, a link or the address says now. */
  function take() {
    const now = readState(model, atlas);
    const { compare, ...rest } = now, same = JSON.stringify(compare) === JSON.stringify(good.compare);
    view.error = model.get("_problem") ?? "";
    if (view.error) return draw();
    if (now.value === null || (view.width && now.value !== good.value)) go(now); // a new value is never cut
    else toggle(same ? rest : now);
  }
  const heard = () => {
    const now = readState(model, atlas), known = JSON.stringify(plain(now)) === JSON.stringify(plain(good));
    if (queued || (known && !view.error && !model.get("_problem"))) return;
    queued = true; // one picture for a batch of changes
    queueMicrotask(() => { queued = false; take(); });
  };
  const names = [...atlas.fields, "value", "step", "compare"];
  for (const name of names) model.on(`change:${name}`, heard);
  const resize = new ResizeObserver(([entry]) => {
    const width = Math.round(Math.max(600, Math.min(1352, entry.contentRect.width)));
    if (width !== view.width) { view.width = width; draw(); }
  });
  resize.observe(root);
  take();
  view.width = Math.round(Math.max(600, Math.min(1352, root.clientWidth || 1000)));
  draw();
  return () => { stop(); resize.disconnect(); for (const name of names) model.off(`change:${name}`, heard); };
}

const plain = (state) => ({ ...state, value: String(state.value) });

/** Keys of the road and of the bits; those handled go no further, for JupyterLab listens too. */
function keys(event, { stepBy, light, view, tellWidth }) {
  const road = event.target.closest(".road"), bit = event.target.closest("[data-bit]");
  const done = () => { event.preventDefault(); event.stopPropagation(); };
  if (road) {
    const lanes = tellWidth(), move = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "ArrowRight") { stepBy(1); done(); }
    else if (event.key === "ArrowLeft") { stepBy(-1); done(); }
    else if (move) { light(view.hot === null ? (move > 0 ? 0 : lanes - 1) : (view.hot + move + lanes) % lanes); done(); }
    else if (event.key === "Escape") { light(null); done(); }
  } else if (bit) keysOfBits(event);
  else if (/^(Arrow|Escape|Enter| )/.test(event.key) || event.key.length === 1) event.stopPropagation(); // typing here is no JupyterLab command
}

/** Arrow keys move from bit to bit; space and enter press the button as ever. */
function keysOfBits(event) {
  const bit = event.target.closest("[data-bit]");
  if (!bit) return;
  const all = [...bit.closest(".bitrow").querySelectorAll("[data-bit]")], at = all.indexOf(bit);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) {
    all[Math.max(0, Math.min(all.length - 1, to))].focus();
    event.preventDefault();
    event.stopPropagation();
  } else if (event.key === " " || event.key === "Enter") event.stopPropagation();
}

const render = (context) => (context.model.get("_view") === "small" ? small : explorer)(context);
export default { render };
