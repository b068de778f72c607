// What anywidget loads: one module, which shows what the widget says that it is.

import { explorer } from "./explorer.js";
import { scenario } from "./scenario.js";
import { small } from "./small.js";

/** @import { Context } from "./types.d.ts" */

/** @type {Record<string, (context: Context) => unknown>} */
const VIEWS = { small, scenario };

/** @param {Context} context */
export const render = (context) => (VIEWS[context.model.get("_view")] ?? explorer)(context);

export default { render };
