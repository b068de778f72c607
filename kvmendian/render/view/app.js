// What anywidget loads: one module, which shows what the widget says that it is.

import { mapAndExplorer } from "./map.js";
import { reader } from "./reader.js";
import { scenario } from "./scenario.js";
import { small } from "./small.js";

/** @import { Context } from "./types.d.ts" */

/** @type {Record<string, (context: Context) => unknown>} */
const VIEWS = { reader, scenario, small };

/** @param {Context} context */
export const render = (context) => (VIEWS[context.model.get("_view")] ?? mapAndExplorer)(context);

export default { render };
