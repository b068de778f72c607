// What anywidget loads: one module, which shows what the widget says that it is.

import { mapAndExplorer } from "./map.js";
import { small } from "./small.js";

/** @import { Context } from "./types.d.ts" */

/** @param {Context} context */
export const render = (context) =>
  context.model.get("_view") === "small" ? small(context) : mapAndExplorer(context);

export default { render };
