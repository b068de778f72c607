// The toggles: native radio buttons and selects, described from the atlas's choices and labels.

const SHORT = { "register_width/32": "32", "register_width/64": "64", "signed/false": "off", "signed/true": "on" };
const optionText = (field, choice) => SHORT[`${field}/${choice}`] ?? String(choice);

/** Why a choice cannot be taken now, or undefined. */
function blocked(atlas, setup, field, choice) {
  return atlas.problem({ ...setup, [field]: choice });
}

function drawControls(atlas, state, view) {
  const { setup } = state, reasons = new Map(), kids = [];
  const wanted = (name) => !view.only || view.only.includes(name);
  for (const field of ORDER) {
    if (!wanted(field)) continue;
    const group = `${view.id}-${field}`, note = `${group}-note`;
    const options = atlas.choices[field].map((choice) => {
      const why = blocked(atlas, setup, field, choice), chosen = setup[field] === choice;
      if (why && !chosen) reasons.set(why, [...(reasons.get(why) ?? []), `${atlas.labels[field]} ${optionText(field, choice)}`]);
      return h("label", String(choice), { title: why && !chosen ? why : null, class: chosen ? "chosen" : why ? "off" : null },
        h("input", "i", { type: "radio", name: group, value: String(choice), "data-field": field, checked: chosen, disabled: Boolean(why) && !chosen, "aria-describedby": why && !chosen ? `${view.id}-off` : null }),
        h("span", "s", {}, optionText(field, choice)));
    });
    const idle = field === "target" && setup.device !== "native";
    kids.push(h("fieldset", field, { class: idle ? "idle" : null, title: idle ? "Matters for a native device only" : null },
      h("legend", "l", { id: note }, atlas.labels[field]), h("div", "seg", { class: "seg" }, options)));
  }
  if (wanted("value"))
    kids.push(h("label", "value", { class: "field" }, h("span", "l", { class: "lab" }, atlas.labels.value),
      h("input", "i", { type: "text", "data-do": "value", spellcheck: "false", autocomplete: "off", value: view.typed ?? hexOf(state.value, 2 * setup.width), "aria-invalid": view.error ? "true" : "false", "aria-describedby": `${view.id}-error` })));
  if (wanted("presets"))
    kids.push(picker("preset", "Start from", view.presets.map(({ name }, k) => [String(k), name]), view.preset, "Presets…"));
  if (wanted("compare"))
    kids.push(picker("compare", "Compare with", comparisons(atlas, state), state.compare ? pairKey(state.compare) : "", "nothing (one road)"));
  const off = [...reasons].map(([why, names]) => `${names.join(", ")}: ${why}`).join(" · ");
  const said = view.error || view.note; // takes the place of the other line, so that the road stays where it is
  kids.push(h("div", "lines", { class: "lines" },
    h("p", "off", { id: `${view.id}-off`, class: "mute offnote" + (said ? " unseen" : "") }, off ? `Not available now — ${off}` : ""),
    h("p", "error", { id: `${view.id}-error`, class: "error", role: "alert" }, said)));
  return kids;
}

const ORDER = ["op", "width", "guest", "host", "device", "target", "driver", "signed", "register_width", "design"];

function picker(name, label, options, chosen, none) {
  return h("label", name, { class: "field" }, h("span", "l", { class: "lab" }, label),
    h("select", "s", { "data-do": name },
      h("option", "", { value: "", selected: chosen === "" }, none), options.map(([value, text]) => h("option", value, { value, selected: value === chosen }, text))));
}

const pairKey = (change) => Object.entries(change).map(([field, choice]) => `${field}=${choice}`).join("&");

/** Every change of one field that is possible now, and the one in force: [key, text]. */
function comparisons(atlas, { setup, compare }) {
  const found = [];
  for (const field of ORDER)
    for (const choice of atlas.choices[field])
      if ((choice !== setup[field] && !blocked(atlas, setup, field, choice)) || compare?.[field] === choice)
        found.push([pairKey({ [field]: choice }), `${atlas.labels[field]}: ${optionText(field, choice)}`]);
  return found;
}

/** The first place or ledger line in which two stories differ: which places, and a sentence. */
function firstDifference(one, two) {
  const a = one.road, b = two.road;
  for (let i = 0; i < Math.max(a.steps.length, b.steps.length); i++) {
    const p = a.steps[i], q = b.steps[i];
    if (!p || !q || p.place !== q.place)
      return { frames: [p ? i : null, q ? i : null], text: `${(p ?? q).place} above, ${(q ?? p).place} below` };
    const left = hexBytes(evaluate(p.lanes, one.palette)), right = hexBytes(evaluate(q.lanes, two.palette));
    const s = a.swaps.find((swap) => swap.stage === i), t = b.swaps.find((swap) => swap.stage === i);
    if (s && t && s.swapped !== t.swapped)
      return { frames: [i, i], text: `${s.who} ${s.swapped ? "swaps" : "does not swap"} above, ${t.swapped ? "swaps" : "does not swap"} below` };
    if (String(p.lanes) !== String(q.lanes) || left !== right) {
      const moved = !p.integer && left.split(" ").sort().join() === right.split(" ").sort().join();
      const by = p.by === q.by ? p.by : `${p.by} above, ${q.by} below`;
      return { frames: [i, i], text: `${p.place} holds ${moved ? "the same bytes at other addresses" : "other bytes"} (${by})` };
    }
  }
  return { frames: [null, null], text: "" };
}
