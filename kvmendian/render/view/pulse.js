// Says so when the kernel does not answer: an exercise is judged in Python, and silence looks like
// a fault.

/** @import { Context } from "./types.d.ts" */

const PATIENCE = 3000; // milliseconds
const WORD =
  "No answer from the kernel yet: it is busy, or it is gone. If it does not come back, " +
  "take Kernel → Restart Kernel and Run All Cells.";

/** @param {Context} context */
function render({ model, el }) {
  const page = el.ownerDocument;
  let timer = 0;
  el.setAttribute("role", "status");
  el.classList.add("kvmendian-pulse");
  /** @param {Event} event */
  const asked = (event) => {
    const box = el.closest(".kvmendian-predict"), target = /** @type {Element} */ (event.target);
    // what has data-here stays in the page; Enter in a field clicks Check
    if (!box?.contains(target) || !target.closest("button:not([data-here])")) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      el.textContent = WORD;
    }, PATIENCE);
  };
  const answered = () => {
    clearTimeout(timer);
    el.textContent = "";
  };
  page.addEventListener("click", asked, true);
  model.on("change:answers", answered);
  return () => {
    clearTimeout(timer);
    page.removeEventListener("click", asked, true);
    model.off("change:answers", answered);
  };
}
export default { render };
