// Our own keyed patching: 1 kB, where Preact has 11 kB and Snabbdom 9 kB (minified), would have to
// be vendored, and draw a toggle in the same 2 ms. A node stays as long as its key does, so focus,
// animations and live regions survive; listeners sit on the root alone.

/** @import { Attributes, Child, Item, Patched } from "./types.d.ts" */

const SVG_NS = "http://www.w3.org/2000/svg";

/**
 * Describe an element. Nothing is made yet; falsy children but 0 are left out.
 * @param {string} tag
 * @param {string} key its identity among its siblings
 * @param {Attributes} attributes
 * @param {...Child} children
 * @returns {Item}
 */
export function h(tag, key, attributes = {}, ...children) {
  return { tag, key, attributes, children: flat(children) };
}

/**
 * @param {any[]} children
 * @returns {Item["children"]}
 */
const flat = (children) => children.flat(Infinity).filter((child) => child || child === 0);

/**
 * Make the children of `parent` those described. Text is always set as text.
 * @param {Patched} parent
 * @param {...Child} children
 */
export const patch = (parent, ...children) => fill(parent, flat(children));

/**
 * @param {Patched} parent
 * @param {Item["children"]} list
 */
function fill(parent, list) {
  const old = parent._kids ?? new Map();
  /** @type {Map<string, Patched>} */
  const now = new Map();
  let before = parent.firstChild;
  for (const [at, item] of list.entries()) {
    const text = typeof item !== "object";
    const key = text ? `#text:@${at}` : `${item.tag}:${item.key}`;
    const node = old.get(key) ?? (text ? new Text() : create(item.tag, parent));
    now.set(key, node);
    if (node === before) before = node.nextSibling;
    else parent.insertBefore(node, before);
    if (!text) {
      fill(node, item.children);
      dress(node, item.attributes); // after its text, which is an option's value until it has one
    } else if (node.nodeValue !== String(item)) node.nodeValue = String(item);
  }
  for (const [key, node] of old) if (now.get(key) !== node) node.remove();
  parent._kids = now;
}

/**
 * @param {string} tag
 * @param {Node} parent
 */
function create(tag, parent) {
  const above = /** @type {Element} */ (parent);
  const inside = above.namespaceURI === SVG_NS && above.localName !== "foreignObject";
  const svg = tag === "svg" || inside;
  return svg ? document.createElementNS(SVG_NS, tag) : document.createElement(tag);
}

/** What is set as a property: the attribute of that name is only the default. */
const PROPERTIES = new Set(["checked", "disabled", "value", "selected"]);

/**
 * @param {any} node
 * @param {Attributes} attributes
 */
function dress(node, attributes) {
  const old = node._worn ?? {};
  for (const name in old) if (!(name in attributes)) node.removeAttribute(name);
  for (const [name, value] of Object.entries(attributes)) {
    if (PROPERTIES.has(name)) {
      if (node[name] !== value) node[name] = value;
    } else if (value === false || value === null || value === undefined) {
      node.removeAttribute(name);
    } else if (old[name] !== value) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node._worn = attributes;
}
