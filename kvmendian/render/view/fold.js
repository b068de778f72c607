// What is folded until a question was tried or its answer shown: which folds an attempt opens, and
// that an open one stays open while the tab lives, over a reload, a restart and another run.
// It is remembered in the tab alone (sessionStorage): nothing leaves the computer.

const FOLD = "details.kvmendian-fold", QUESTION = ".kvmendian-predict";
const TRIED = "[data-kvmendian-tried]", KEPT = "kvmendian-folds";

/**
 * The notebook, or page, that something stands in.
 * @param {Element} inside
 * @returns {Element}
 */
function notebookOf(inside) {
  return inside.closest(".jp-Notebook, main") ?? inside.ownerDocument.body;
}

/**
 * Open what was folded after a question, up to the next one.
 * @param {Element} inside
 */
export function unfold(inside) {
  const mine = inside.closest(QUESTION) ?? inside;
  const all = [...notebookOf(mine).querySelectorAll(`${QUESTION}, ${FOLD}`)];
  for (const found of all.slice(all.indexOf(mine) + 1)) {
    if (!(found instanceof HTMLDetailsElement)) return;
    found.open = true;
  }
}

/**
 * Name a fold by its words and, of those with the same words in a notebook, by which it is.
 * @param {Element} fold
 * @returns {string}
 */
function nameOf(fold) {
  const text = fold.textContent ?? "", book = notebookOf(fold);
  const same = [...book.querySelectorAll(FOLD)].filter((one) => one.textContent === text);
  let sum = 0;
  for (const letter of text) sum = (31 * sum + letter.charCodeAt(0)) | 0;
  // JupyterLab's address follows the notebook that is in front, so it says nothing there
  const page = book.matches(".jp-Notebook") ? "" : location.pathname;
  return `${page} ${text.length} ${sum} ${same.indexOf(fold)}`;
}

/**
 * Whether the question that a fold follows shows an attempt: a cell that `check` has judged.
 * @param {Element} fold
 * @returns {boolean}
 */
function isTried(fold) {
  const all = [...notebookOf(fold).querySelectorAll(`${QUESTION}, ${FOLD}`)];
  const before = all.slice(0, all.indexOf(fold)).filter((one) => one.matches(QUESTION));
  return before.at(-1)?.matches(TRIED) ?? false;
}

/** Keep the folds of this document, those to come among them; a second call does nothing. */
export function keepFolds() {
  const page = document.documentElement;
  if (page.dataset.kvmendianFolds) return;
  page.dataset.kvmendianFolds = "kept";
  /** @type {Set<string>} */
  let open = new Set();
  try {
    open = new Set(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));
  } catch { /* no storage here, or something else in it: folds begin shut */ }
  document.addEventListener("toggle", (event) => {
    const fold = event.target;
    if (!(fold instanceof HTMLDetailsElement) || !fold.isConnected) return;
    if (fold.matches(".kvmendian-show") && fold.open) unfold(fold);
    if (!fold.matches(FOLD)) return;
    if (fold.open) open.add(nameOf(fold));
    else open.delete(nameOf(fold));
    try {
      sessionStorage.setItem(KEPT, JSON.stringify([...open]));
    } catch { /* kept in this page alone, then */ }
  }, true);
  /** @type {WeakSet<Element>} */
  const met = new WeakSet();
  const meet = () => {
    for (const fold of document.querySelectorAll(FOLD)) {
      if (met.has(fold)) continue;
      met.add(fold);
      if (open.has(nameOf(fold)) || isTried(fold)) fold.setAttribute("open", "");
    }
    for (const tried of document.querySelectorAll(TRIED)) {
      if (met.has(tried)) continue;
      met.add(tried);
      unfold(tried);
    }
  };
  new MutationObserver(meet).observe(document.body, { childList: true, subtree: true });
  meet();
}
