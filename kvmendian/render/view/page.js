// A saved page: the same module with a model of its own, and the state in the address.
{
  const state = JSON.parse(document.getElementById("state").textContent);
  const packed = Uint8Array.from(atob(document.getElementById("atlas").textContent), (c) => c.charCodeAt(0));
  const heard = new Map(), el = document.getElementById("explorer");
  const fields = Object.keys(state).filter((name) => !name.startsWith("_") && name !== "only");
  const first = { ...state }, defaults = { ...state._defaults };
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
      if (!window.frameElement) timer = setTimeout(() => history.replaceState(null, "", ours), 120);
    },
  };

  /** Read the address: what is left out keeps its default. */
  function fromAddress() {
    const given = new URLSearchParams(location.hash.slice(1));
    const wanted = { ...first, ...(location.hash.length > 1 ? defaults : {}) };
    for (const [name, text] of given) {
      if (!fields.includes(name)) continue;
      const [field, choice] = text.split(":");
      if (name === "compare") wanted.compare = choice ? { [field]: typed(field, choice) } : null;
      else wanted[name] = typed(name, text);
    }
    return wanted;
  }

  /** Give a text from the address the type that the field has. */
  function typed(name, text) {
    const kind = typeof first[name];
    return kind === "boolean" ? text === "true" || text === "1" : kind === "number" && /^\d+$/.test(text) ? Number(text) : text;
  }
  Object.assign(state, fromAddress());
  addEventListener("hashchange", () => {
    if (location.hash === ours) return;
    clearTimeout(timer);
    Object.assign(state, fromAddress());
    heard.get("change:value")?.();
  });
  const dark = matchMedia("(prefers-color-scheme: dark)"), shade = () => document.body.classList.toggle("kvmendian-dark", dark.matches);
  shade();
  dark.addEventListener("change", shade);
  if (window.frameElement) // inside an exported notebook: as tall as the picture
    new ResizeObserver(() => { window.frameElement.style.height = `${el.offsetHeight + 8}px`; }).observe(el);
  render({ model, el });
}
