// A keyed list of elements, patched in place: nodes stay, attributes change, listeners sit on the root.

const SVG_NS = "http://www.w3.org/2000/svg";

/** Describe an element: `key` is its identity among its siblings. */
function h(tag, key, attributes = {}, ...children) {
  return { tag, key, attributes, children: children.flat(Infinity).filter((c) => c || c === 0) };
}

/** Make the children of `parent` those described by `list`. Text is always set as text. */
function patch(parent, list) {
  const old = (parent._kids ??= new Map());
  const now = new Map();
  let before = parent.firstChild;
  for (const [at, item] of list.entries()) {
    const wanted = typeof item === "object" ? item : { tag: "#text", text: String(item) };
    const key = `${wanted.tag}:${wanted.key ?? "@" + at}`;
    let node = old.get(key);
    if (!node) node = create(wanted.tag, parent);
    now.set(key, node);
    if (node !== before) parent.insertBefore(node, before);
    else before = before.nextSibling;
    if (wanted.tag === "#text") {
      if (node.nodeValue !== wanted.text) node.nodeValue = wanted.text;
    } else {
      dress(node, wanted.attributes);
      patch(node, wanted.children);
    }
  }
  for (const [key, node] of old) if (now.get(key) !== node) node.remove();
  parent._kids = now;
}

function create(tag, parent) {
  if (tag === "#text") return document.createTextNode("");
  const svg = tag === "svg" || (parent.namespaceURI === SVG_NS && parent.localName !== "foreignObject");
  return svg ? document.createElementNS(SVG_NS, tag) : document.createElement(tag);
}

function dress(node, attributes) {
  const old = node._worn ?? {};
  for (const name in old) if (!(name in attributes)) node.removeAttribute(name);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "checked" || name === "disabled" || name === "value" || name === "selected") {
      if (node[name] !== value) node[name] = value; // a property: the attribute is only the default
    } else if (value === false || value === null || value === undefined) {
      node.removeAttribute(name);
    } else if (old[name] !== value) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node._worn = { ...attributes };
}
