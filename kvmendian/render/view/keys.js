// Keys of the road and of the bits; those handled go no further, for JupyterLab listens too.

/** @type {(event: Event, selector: string) => HTMLElement | null} */
export const under = ({ target }, selector) =>
  /** @type {Element} */ (target).closest?.(selector) ?? null;

/**
 * @param {KeyboardEvent} event
 * @param {{ stepBy(amount: number): void, lightBy(amount: number): void, dark(): void }} road
 */
export function keysOfExplorer(event, { stepBy, lightBy, dark }) {
  /** @type {Record<string, () => void>} */
  const actions = {
    ArrowRight: () => stepBy(1),
    ArrowLeft: () => stepBy(-1),
    ArrowUp: () => lightBy(1),
    ArrowDown: () => lightBy(-1),
    Escape: dark,
  };
  if (under(event, ".road")) {
    if (!Object.hasOwn(actions, event.key)) return;
    actions[event.key]();
    event.preventDefault();
    event.stopPropagation();
  } else if (under(event, "[data-bit]")) keysOfBits(event);
  else if (/^(Arrow|Escape|Enter| )/.test(event.key) || event.key.length === 1) {
    event.stopPropagation(); // typing here is no JupyterLab command
  }
}

/**
 * Arrow keys move from bit to bit; space and enter press the button as ever.
 * @param {KeyboardEvent} event
 */
export function keysOfBits(event) {
  const bit = under(event, "[data-bit]");
  const row = bit?.closest(".bitrow");
  if (!bit || !row) return;
  const all = [.../** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll("[data-bit]"))];
  const at = all.indexOf(bit), last = all.length - 1;
  /** @type {Record<string, number>} */
  const moves = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last };
  if (Object.hasOwn(moves, event.key)) {
    all[Math.max(0, Math.min(last, moves[event.key]))].focus();
    event.preventDefault();
    event.stopPropagation();
  } else if (event.key === " " || event.key === "Enter") event.stopPropagation();
}
