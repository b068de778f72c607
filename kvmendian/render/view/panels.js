// Below the road: the bits of one place, the yardstick (RAM) and the ledger of who swapped.

/** Eight numbered bits for every byte of a place; a click flips the bit of the value behind it. */
function drawBits(told, view) {
  const step = told.road.steps[view.open], bytes = evaluate(step.lanes, told.palette);
  const order = step.integer ? [...step.shown].sort((a, b) => b - a) : [...step.shown].sort((a, b) => a - b);
  const entry = order.find((position) => step.lanes[position] < WORD); // Tab enters here, arrows go on
  const groups = order.map((position) => {
    const lane = step.lanes[position], byte = bytes[position], free = lane < WORD;
    const bits = [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => {
      const number = step.integer ? 8 * position + bit : bit, set = (byte >> bit) & 1;
      const name = step.integer ? `bit ${number} of ${step.place}` : `bit ${bit} of ${step.place}+${position}`;
      return h("span", "b" + bit, { class: "bit" }, h("span", "n", { class: "n", "aria-hidden": "true" }, number),
        h("button", "f", { type: "button", "data-bit": free ? 8 * lane + bit : null, "aria-pressed": set ? "true" : "false",
          "aria-label": `${name}, byte ${letterOf(lane)}`, disabled: !free, tabindex: position === entry && bit === 7 ? "0" : "-1" }, set));
    });
    const where = step.integer ? "" : `+${position} `;
    return h("div", "g" + position, { class: `byte c${colourOf(lane)}${free ? "" : " filled"}`, "data-lane": lane },
      h("div", "bits", { class: "eight" }, bits),
      h("div", "cap", { class: "cap" }, h("span", "a", { class: "mute" }, where), h("b", "l", {}, letterOf(lane)), ` 0x${hexByte(byte)}`));
  });
  const kind = step.integer
    ? `an integer: bit ${8 * step.shown.length - 1} counts most, bit 0 counts 1`
    : "bytes: each has its own address and its own bits 7 to 0";
  return [
    h("h3", "h", {}, "Bits of ", h("b", "p", {}, step.place), `, ${kind}`, h("span", "hint", { class: "mute" }, " · click a bit to flip it")),
    h("div", "row", { class: "bitrow " + (step.integer ? "integer" : "memory"), role: "group", "aria-label": `Bits of ${step.place}; arrow keys move, space flips` }, groups),
  ];
}

function drawYard(told) {
  const { mmio, ram } = told.road.ends, store = told.setup.op === "store";
  const wrong = told.mmio.filter((byte, k) => byte !== told.ram[k]).length;
  const strip = (lanes, bytes, name) => lanes.map((lane, k) =>
    h("span", name + k, { class: `by c${colourOf(lane)}` }, h("i", "l", {}, letterOf(lane)), hexByte(bytes[k])));
  const says = wrong === 0 ? "Equal at every address" : wrong === mmio.length ? "Different at every address" : `Different at ${wrong} of ${mmio.length} addresses`;
  const register = store || told.honours || wrong > 0 ? "" : " The low bytes are right; the bytes above them in x0 are not.";
  return [
    h("h3", "hy", {}, "The yardstick: the same instruction on RAM"),
    h("div", "yard", { class: "yard", style: `--n:${mmio.length}` },
      h("span", "c", {}), mmio.map((_, k) => h("span", "a" + k, { class: "ad" }, "+" + k)),
      h("span", "n1", { class: "nm m" }, "mmio.data"), strip(mmio, told.mmio, "m"),
      h("span", "e", {}), told.mmio.map((byte, k) => h("span", "e" + k, { class: byte === told.ram[k] ? "eq" : "eq ne" }, byte === told.ram[k] ? "=" : "≠")),
      h("span", "n2", { class: "nm" }, "RAM", h("small", "i", { class: "m mute" }, told.road.instruction)), strip(ram, told.ram, "r")),
    h("p", "says", { class: "says" }, h("b", "b", { class: wrong ? "bad" : null }, says + ": "),
      wrong ? "the ABI sentence is broken." : told.honours ? "the ABI sentence holds." : "and yet the sentence is broken." + register,
      store ? "" : " RAM is what this load must have found to give x0."),
  ];
}

function drawLedger(told) {
  const rows = told.road.swaps.map((swap, k) => {
    const wrong = swap.swapped !== swap.needed;
    return h("tr", "s" + k, {}, h("td", "n", {}, h("span", "d", { class: "num" + (wrong ? " bad" : "") + (swap.swapped ? "" : " dashed") }, k + 1)),
      h("th", "w", { scope: "row", class: "m" }, swap.who),
      h("td", "d", { class: wrong ? "bad" : swap.swapped ? "yes" : "mute" }, swap.did), h("td", "y", {}, swap.why));
  });
  return [h("h3", "hl", {}, told.road.head), h("table", "t", { class: "ledger" }, h("tbody", "b", {}, rows))];
}

/** How memory is drawn, in words, and the two buttons that change the drawing. */
function drawNote({ zeroOnTop, bits }, shown = bits) {
  return h("p", "note", { class: "mute note" }, zeroOnTop
    ? "Address 0 is on top everywhere: a little host's own loads and stores cross too, and are no swaps. "
    : "All other steps load, store or copy the host's own way. Memory is drawn the way the host reads it, so every crossing is a swap. ",
  h("button", "z", { type: "button", class: "btn", "data-do": "zero", "aria-pressed": zeroOnTop ? "true" : "false" }, "Address 0 on top"), " ",
  h("button", "b", { type: "button", class: "btn", "data-do": "bits", "aria-pressed": shown ? "true" : "false" }, "Bits"));
}

/** The road of one byte in words, for the line under the verdict. */
function tellByte(told, colour) {
  const stops = [];
  for (const step of told.road.steps) {
    const at = step.shown.find((position) => step.lanes[position] === colour);
    if (at !== undefined) stops.push(step.integer ? `bits ${8 * at + 7}–${8 * at} of ${step.place}` : `${step.place}+${at}`);
  }
  return `Byte ${LETTERS[colour]} (0x${hexByte(told.palette[colour])}): ${stops.join(" → ")}`;
}
