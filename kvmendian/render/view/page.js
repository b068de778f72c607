// A saved page: the same module with a model of its own, and the state in the address.
{
  const state = JSON.parse(document.getElementById("state").textContent);
  const packed = Uint8Array.from(atob(document.getElementById("atlas").textContent), (c) => c.charCodeAt(0));
  const heard = new Map(), el = document.getElementById("explorer");
  const fields = Object.keys(state).filter((name) => !name.startsWith("_") && name !== "only");
  const first = { ...state }, defaults = { ...state._defaults };
  const { value, step, compare, ...setup } = Object.fromEntries(fields.map((name) => [name, state[name]]));
  state._fallback = { setup, value: readValue(value), step, compare }; // where an address makes no sense from the start
  let ours = null, timer = 0;
  const model = {
    get: (name) => (name === "_atlas" ? packed : state[name]),
    set: (name, value) => { state[name] = value; },
    on: (name, listener) => heard.set(name, listener),
    off: (name) => heard.delete(name),
    save_changes: () => {
      const kept = fields.filter((name) => name === "op" || state[name] !== defaults[name]);
      const text = (value) => (value && typeof value === "object" ? Object.entries(value)[0].join(":") : value);
      ours = "#" + kept.map((name) => `${name}=${encodeURIComponent(text(state[name]))}`).join("&");
      clearTimeout(timer); // browsers throttle, Safari refuses, an address that changes all the time
      if (!window.frameElement) timer = setTimeout(writeAddress, 120);
    },
  };

  function writeAddress() {
    try { history.replaceState(null, "", ours); } catch { /* a sandboxed frame has no address to write */ }
  }

  /** Read the address into the state: what is left out keeps its default. */
  function readAddress() {
    const given = [...new URLSearchParams(location.hash.slice(1))], unknown = given.find(([name]) => !fields.includes(name));
    state._problem = unknown ? `The address says ${unknown[0]}=${unknown[1]}; it can say ${fields.join(", ")}` : "";
    if (unknown) return;
    Object.assign(state, given.length ? defaults : first);
    for (const [name, text] of given) {
      const [field, choice] = cleave(text, ":");
      if (name === "compare") state.compare = text ? { [field]: typed(field, choice) } : null;
      else state[name] = typed(name, text);
    }
  }

  /** Give a text from the address the type that the field has; the Explorer refuses what remains text. */
  function typed(name, text) {
    const kind = typeof first[name];
    if (kind === "boolean") return { true: true, 1: true, false: false, 0: false }[text] ?? text;
    return kind === "number" && /^\d+$/.test(text) ? Number(text) : text;
  }
  readAddress();
  addEventListener("hashchange", () => {
    if (location.hash === ours) return;
    clearTimeout(timer);
    readAddress();
    heard.get("change:value")?.();
  });
  const dark = matchMedia("(prefers-color-scheme: dark)"), shade = () => document.body.classList.toggle("kvmendian-dark", dark.matches);
  shade();
  dark.addEventListener("change", shade);
  if (window.frameElement) // inside an exported notebook: as tall as the picture
    new ResizeObserver(() => { window.frameElement.style.height = `${el.offsetHeight + 8}px`; }).observe(el);
  render({ model, el });
}
