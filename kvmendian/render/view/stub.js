// What anywidget loads for each picture: the module and the atlas are models that all of them
// share, so that a page loads each once however many pictures stand on it.

/** @import { Context, Model } from "./types.d.ts" */

/** @type {(core: Model) => Promise<{ default: { render: (context: Context) => unknown } }>} */
const load = (core) => {
  const sheet = document.createElement("style");
  sheet.className = "kvmendian-style";
  sheet.textContent = core.get("style");
  const there = [...document.querySelectorAll("style.kvmendian-style")]; // of a kernel before this
  if (!there.some((one) => one.textContent === sheet.textContent)) document.head.append(sheet);
  const url = URL.createObjectURL(new Blob([core.get("code")], { type: "text/javascript" }));
  return import(url).finally(() => URL.revokeObjectURL(url));
};

export default {
  /** @param {Context & { model: { widget_manager: any } }} context */
  async render({ model, el }) {
    /** @param {string} name */
    const modelOf = (name) => {
      const reference = model.get(name); // "IPY_MODEL_…"
      return reference && model.widget_manager.get_model(reference.slice("IPY_MODEL_".length));
    };
    try {
      const [core, atlas] = await Promise.all([modelOf("_core"), modelOf("_atlas")]);
      core.kvmendian ??= load(core);
      const { default: { render } } = await core.kvmendian;
      /** @param {string} name */
      const get = (name) => (name === "_atlas" ? atlas?.get("packed") : model.get(name));
      return await render({ model: { ...model, get }, el });
    } catch (error) {
      el.textContent = "The picture cannot be shown: what it shares with the others is gone " +
        `(${error instanceof Error ? error.message : error}). Run its cell again.`;
      return () => {};
    }
  },
};
