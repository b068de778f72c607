// The road: places as columns, bytes as rows, a ribbon for each byte. Memory is drawn the way its
// owner reads it (`order`, from the atlas), so ribbons cross where somebody swaps and only there.

const MOTIFS = ["", "1 0", "7 5", "1.5 4", "1 0", "2 3", "8 3 1.5 3", "3 1.5"];
const SUPERSCRIPT = (n) => String(n).replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]);

/** Where everything stands: depends on width of the page, places and bytes, never on orders. */
function layOut(told, width, compact) {
  const { steps, swaps } = told.road, n = told.setup.width;
  const rowsOf = steps.map((step) => step.shown.length);
  const most = Math.max(...rowsOf);
  const row = Math.min(compact ? 26 : most <= 2 ? 46 : 42, (compact ? 160 : 208) / most);
  const swapAt = new Set(swaps.map((swap) => swap.stage));
  const units = steps.reduce((sum, _, k) => sum + (k === 0 ? 0 : swapAt.has(k) ? 2.6 : 1), 0);
  const column = Math.max(54, Math.min(84, (width - 8) / (steps.length + units * 0.42)));
  const unit = (width - 8 - column * steps.length) / units;
  const body = most * row;
  const top = (compact ? 46 : 62) + (steps.some((step) => step.rest.length) ? 29 : 8);
  const axis = top + body / 2;
  const backwards = told.setup.op === "load";
  let x = 4;
  const places = new Array(steps.length);
  const order = steps.map((_, k) => (backwards ? steps.length - 1 - k : k));
  order.forEach((k, at) => {
    if (at) x += unit * (swapAt.has(backwards ? order[at - 1] : k) ? 2.6 : 1);
    const height = rowsOf[k] * row;
    places[k] = { x, middle: x + column / 2, top: axis - height / 2, bottom: axis + height / 2 };
    x += column;
  });
  return { width, row, column, places, top, axis, bottom: top + body, compact, n, order };
}

/** From top to bottom, which position of a place stands in each row. */
function rowOrder(step, zeroOnTop) {
  const up = [...step.shown].sort((a, b) => b - a);
  if (step.integer) return up;
  return zeroOnTop || step.order === "big" ? up.reverse() : up;
}

/** Everything inside the SVG, as descriptions for `patch`. */
function drawRoad(told, view) {
  const at = layOut(told, view.width, view.compact);
  const { steps } = told.road;
  const rows = steps.map((step) => rowOrder(step, view.zeroOnTop));
  const yOf = (k, position) => at.places[k].top + (rows[k].indexOf(position) + 0.5) * at.row;
  const out = [...zones(told, at)];
  for (let k = 1; k < steps.length; k++) out.push(between(told, at, k, yOf, view));
  steps.forEach((_, k) => out.push(place(told, at, k, rows[k], view)));
  const deepest = at.bottom + 98;
  return { list: out, height: Math.round(deepest) };
}

function zones(told, at) {
  const { steps } = told.road, runs = [];
  at.order.forEach((k) => {
    const last = runs.at(-1);
    if (last && last.zone === steps[k].zone) last.to = k;
    else runs.push({ zone: steps[k].zone, order: steps[k].order, from: k, to: k });
  });
  return runs.map(({ zone, order, from, to }, index) => {
    const x = at.places[from].x, end = at.places[to].x + at.column, narrow = end - x < 112;
    const tip = told.setup.op === "load" ? `M${x + 7} 15L${x} 19L${x + 7} 23` : `M${end - 7} 15L${end} 19L${end - 7} 23`;
    const name = narrow ? zone.split(" ")[0] : zone;
    const anchor = index === 0 ? "start" : zone === "device" || at.order.at(-1) === to ? "end" : "middle";
    const middle = anchor === "start" ? x : anchor === "end" ? end : (x + end) / 2;
    return h("g", "zone" + zone, {}, h("path", "line", { d: `M${x} 19H${end}${tip}`, class: "zone" }),
      h("text", "name", { x: middle, y: 11, "text-anchor": anchor, class: "zname" }, name,
        zone === "kvm_run page" ? null : h("tspan", "order", { class: "mute", dx: 5 }, order)));
  });
}

function place(told, at, k, rows, view) {
  const step = told.road.steps[k], { x, middle, top, bottom } = at.places[k];
  const bytes = evaluate(step.lanes, told.palette), future = view.step > 0 && k >= view.step;
  const kids = [
    h("text", "name", { x: middle, y: 38, "text-anchor": "middle", class: "m name" }, step.place),
    at.compact ? null : h("text", "kind", { x: middle, y: 53, "text-anchor": "middle", class: "mute kind" }, step.integer ? "integer" : "bytes"),
  ];
  if (step.place === "mmio.data") {
    const same = told.mmio.every((byte, i) => byte === told.ram[i]);
    kids[1] = h("text", "kind", { x: middle, y: 53, "text-anchor": "middle", class: same ? "ram" : "ram bad" }, same ? "= RAM" : "≠ RAM");
  }
  rows.forEach((position, row) => kids.push(cell(told, at, step, position, top + row * at.row, x, bytes, rows, k, view)));
  if (step.rest.length) kids.push(rest(step, bytes, at, x, top));
  const head = step.rest.length ? top - 25 : top;
  if (step.integer) {
    for (const [side, edge, turn] of [["l", x - 4, 6], ["r", x + at.column + 4, -6]])
      kids.push(h("path", "b" + side, { class: "bracket", d: `M${edge + turn} ${head - 4}H${edge}V${bottom + 4}H${edge + turn}` }));
    const text = told.full(integerOf(bytes)), wide = text.length > 10;
    const lines = wide ? [text.slice(0, -8), text.slice(-8)] : [text];
    lines.forEach((line, n) => kids.push(h("text", "value" + n, { x: middle, y: bottom + (wide ? 16 + 11 * n : 20), "text-anchor": "middle", class: "m number" + (wide ? " small" : "") }, line)));
  } else {
    const down = step.order === "big" || view.zeroOnTop;
    for (const [end, y, dy] of [["t", head - 3, -9], ["u", bottom + 3, 9]])
      kids.push(h("path", "tape" + end, { class: "tape", d: `M${x} ${y}v${dy}M${x + 24} ${y}v${dy}M${x + at.column} ${y}v${dy}` }));
    kids.push(h("text", "value", { x: middle, y: bottom + 24, "text-anchor": "middle", class: "mute addr" }, at.column < 74 ? (down ? "addr ↓" : "addr ↑") : down ? "addresses ↓" : "addresses ↑"));
  }
  if (view.open === k && !at.compact) kids.push(h("path", "open", { class: "open", d: `M${x} 60H${x + at.column}` }));
  if (view.frame === k) kids.push(h("rect", "frame", { class: "frame", x: x - 9, y: 25, width: at.column + 18, height: bottom + 2, rx: 8 }));
  return h("g", "place" + step.place, { class: future ? "future" : null, "data-place": k }, kids);
}

function cell(told, at, step, position, y, x, bytes, rows, k, view) {
  const lane = step.lanes[position], colour = colourOf(lane), tall = at.row, w = at.column;
  const gap = step.integer ? 0 : Math.min(1.5, tall / 12), r = step.integer ? 9 : 0;
  const first = rows[0] === position, last = rows.at(-1) === position;
  const box = corners(0, gap, w, tall - gap, first ? r : 0, last ? r : 0);
  const size = Math.min(16, tall * 0.54, w / 4.6), base = tall / 2 + size * 0.36, small = tall < 20;
  const kids = [h("path", "fill", { d: box, class: "fill" })];
  let start = 8;
  if (!step.integer) {
    start = w < 64 ? 21 : 29;
    kids.push(h("path", "tab", { d: corners(0, gap, start - 5, tall - gap, 0, 0), class: "tab" }),
      h("text", "at", { x: (start - 5) / 2, y: tall / 2 + 4, "text-anchor": "middle", class: "m on tiny" }, "+" + position));
  } else if (w >= 64) {
    kids.push(h("text", "at", { x: w - 6, y: tall / 2 + 4, "text-anchor": "end", class: "on tiny" }, "2" + SUPERSCRIPT(8 * position)));
  }
  if (!small && colour >= 0 && colour === lane)
    for (const [end, edge] of [["r1", gap + 3.5], ["r2", tall - gap - 3.5]])
      if (MOTIFS[lane]) kids.push(h("path", end, { d: `M${step.integer ? 3 : start - 3} ${edge}H${w - 3}`, class: "rail", "stroke-dasharray": MOTIFS[lane] }));
  kids.push(h("path", "edge", { d: box, class: "edge" }),
    h("text", "letter", { x: start, y: base - 0.5, class: "on letter", style: `font-size:${Math.min(13, size)}px` }, letterOf(lane)),
    h("text", "hex", { x: start + (lane < WORD ? (w < 64 ? 13 : 14) : 21), y: base, class: "m on", style: `font-size:${size}px` }, hexByte(bytes[position])));
  return h("g", `cell${k}/${lane < WORD ? lane : "f" + position}`, {
    class: `cell c${colour}${lane < WORD ? "" : " filled"}${dim(view, lane)}`, "data-lane": lane, "data-stage": k,
    style: `transform:translate(${x}px,${y}px)` }, kids);
}

const dim = (view, lane) => (view.hot !== null && colourOf(lane) !== view.hot ? " dim" : "");

function corners(x, y, right, bottom, top, low) {
  return `M${x + top} ${y}H${right - top}Q${right} ${y} ${right} ${y + top}V${bottom - low}Q${right} ${bottom} ${right - low} ${bottom}H${x + low}Q${x} ${bottom} ${x} ${bottom - low}V${y + top}Q${x} ${y} ${x + top} ${y}Z`;
}

/** The bytes of the register that do not take part: their true values, in a dashed box on top. */
function rest(step, bytes, at, x, top) {
  const order = step.integer ? [...step.rest].reverse() : step.rest;
  const values = order.map((k) => bytes[k]), alike = values.every((b) => b === values[0]);
  const text = alike ? `${values.length} × ${hexByte(values[0])}` : null, half = Math.ceil(values.length / 2);
  const lines = text ? [text] : [hexBytes(values.slice(0, half)), hexBytes(values.slice(half))];
  return h("g", "rest", { class: "rest" }, h("title", "t", {}, `${step.label}: ${hexBytes(values)}`),
    h("rect", "box", { x: x + 1, y: top - 25, width: at.column - 2, height: 21 }),
    lines.map((line, k) => h("text", "l" + k, { x: x + at.column / 2, y: top - (text ? 11 : 16 - 9 * k), "text-anchor": "middle", class: "m" + (text ? " tiny" : " wee") }, line)));
}

function between(told, at, k, yOf, view) {
  const { steps, swaps } = told.road, a = steps[k - 1], b = steps[k], backwards = told.setup.op === "load";
  const number = swaps.findIndex((swap) => swap.stage === k), swap = swaps[number];
  const from = backwards ? at.places[k - 1].x : at.places[k - 1].x + at.column;
  const to = backwards ? at.places[k].x + at.column : at.places[k].x;
  const thick = Math.max(5, Math.min(15, at.row * 0.4)), kids = [], middle = (from + to) / 2;
  for (const position of b.shown) {
    const lane = b.lanes[position], start = a.lanes.indexOf(lane);
    if (lane === ZERO || start < 0 || !a.shown.includes(start)) continue;
    const d = `M${from} ${yOf(k - 1, start)}C${middle} ${yOf(k - 1, start)} ${middle} ${yOf(k, position)} ${to} ${yOf(k, position)}`;
    const style = `d:path("${d}")`;
    kids.push(h("g", "rib" + lane, { class: `rib c${colourOf(lane)}${dim(view, lane)}`, "data-lane": lane },
      h("path", "case", { d, style, class: "case", "stroke-width": thick + 3 }),
      h("path", "rim", { d, style, class: "rim", "stroke-width": thick + 1.2 }),
      h("path", "col", { d, style, class: "col", "stroke-width": thick }),
      lane < WORD && MOTIFS[lane] ? h("path", "mot", { d, style, class: "mot", "stroke-dasharray": MOTIFS[lane] }) : null));
  }
  if (swap) kids.push(badge(told, at, swap, number + 1, k, from, to, yOf));
  kids.push(caption(at, b, swap, middle));
  return h("g", "gap" + b.place, { class: view.step > 0 && k >= view.step ? "future" : null }, kids);
}

function badge(told, at, swap, number, k, from, to, yOf) {
  const a = told.road.steps[k - 1], b = told.road.steps[k], x = (from + to) / 2;
  const wrong = swap.swapped !== swap.needed, kids = [];
  const moving = b.shown.filter((p) => a.lanes.indexOf(b.lanes[p]) >= 0 && b.lanes[p] !== ZERO).slice(0, told.setup.width);
  const ys = moving.map((p) => yOf(k, p)).sort((p, q) => p - q), y = ys.length ? (ys[0] + ys.at(-1)) / 2 : at.axis;
  if (wrong && ys.length > 1) {
    const ends = swap.needed ? [[ys[0], ys.at(-1)], [ys.at(-1), ys[0]]] : [[ys[0], ys[0]], [ys.at(-1), ys.at(-1)]];
    ends.forEach(([p, q], i) => {
      const d = `M${from} ${p}C${x} ${p} ${x} ${q} ${to} ${q}`;
      kids.push(h("path", "under" + i, { d, class: "case", "stroke-width": 5 }), h("path", "ghost" + i, { d, class: "ghost" }));
    });
  }
  kids.push(h("path", "stem", { d: `M${x} ${y + 11}V${at.bottom + 26}`, class: "stem" + (swap.swapped ? "" : " dashed") + (wrong ? " wrong" : "") }),
    h("circle", "disc", { cx: x, cy: y, r: 11, class: "disc" + (swap.swapped ? "" : " dashed") + (wrong ? " wrong" : "") }),
    h("text", "no", { x, y: y + 4.5, "text-anchor": "middle", class: "no" + (wrong ? " bad" : "") }, number));
  return h("g", "badge", {}, kids);
}

/** Under a gap: the function that takes the step, broken at underscores, and what it does. */
function caption(at, step, swap, x) {
  const wrong = swap && swap.swapped !== swap.needed, longest = Math.max(10, Math.floor(at.column / 6.2));
  const lines = [];
  for (const part of step.by.split(/(?<=[_ ])/)) {
    if (lines.length && (lines.at(-1) + part).trim().length <= longest) lines[lines.length - 1] += part;
    else lines.push(part);
  }
  const said = swap ? swap.did.split(", ") : [], y = at.bottom + 37;
  const look = swap ? (wrong ? "m by bad" : "m by") : "m by mute";
  return h("g", "caption", {},
    lines.map((line, k) => h("text", "f" + k, { x, y: y + 12.5 * k, "text-anchor": "middle", class: look }, line.trim())),
    said.map((line, k) => h("text", "d" + k, { x, y: y + 12.5 * lines.length + 13 * k + 1, "text-anchor": "middle", class: "did" + (wrong ? " bad" : swap.swapped ? "" : " mute") }, line)));
}
