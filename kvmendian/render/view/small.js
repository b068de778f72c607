// A register, or a strip of memory, alone: for lessons. The same bytes, letters and bits as in the road.

async function small({ model, el }) {
  const root = document.createElement("div"), keys = model.get("_keys");
  root.className = "kvmendian kvmendian-small";
  el.append(root);
  let good = null, error = "";

  const read = () => ({ value: asBigInt(model.get("value")), lanes: model.get("_lanes")[keys.map((key) => model.get(key)).join("|")] });
  function take() {
    const next = read();
    error = !next.lanes ? `no such place: ${keys.map((key) => `${key} ${model.get(key)}`).join(", ")}` : valueProblem(next.value, { bits: 8 * next.lanes.length });
    if (!error || !good) good = error ? { value: 0n, lanes: Object.values(model.get("_lanes"))[0] } : next;
    draw();
  }
  function draw() {
    const palette = paletteOf(good.value), { lanes } = good, integer = model.get("_integer"), place = model.get("name");
    const step = { place, integer, lanes, shown: lanes.map((_, k) => k) };
    const bytes = evaluate(lanes, palette);
    patch(root, [h("div", "bits", { class: "bits", "data-value": hexOf(good.value), "data-bytes": hexBytes(bytes), role: "group", "aria-label": `${place}: ${integer ? hexOf(good.value, 2 * lanes.length) : hexBytes(bytes)}` },
      drawBits({ road: { steps: [step] }, palette }, { open: 0 }), integer ? h("p", "v", { class: "m" }, "= " + hexOf(good.value, 2 * lanes.length)) : null),
    h("p", "error", { class: "error", role: "alert" }, error)]);
  }
  root.addEventListener("click", (event) => {
    const bit = event.target.closest("[data-bit]")?.dataset.bit;
    if (bit === undefined) return;
    const value = good.value ^ (1n << BigInt(bit));
    model.set("value", typeof model.get("value") === "number" && value < 2n ** 53n ? Number(value) : hexOf(value));
    model.save_changes();
    take();
  });
  root.addEventListener("keydown", (event) => keysOfBits(event));
  const names = ["value", "name", ...keys];
  for (const name of names) model.on(`change:${name}`, take);
  take();
  return () => { for (const name of names) model.off(`change:${name}`, take); };
}
