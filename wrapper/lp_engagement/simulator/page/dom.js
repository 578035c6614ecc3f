// Small helpers for elements. Everything from outside is inserted as text, never as HTML.

export const $ = (id) => document.getElementById(id);

function filled(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export const el = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);

// The address of the namespace is taken from the page, which names no other site.
export const svg = (name, attributes = {}, ...children) =>
  filled(document.createElementNS($("svg").namespaceURI, name), attributes, children);

export function button(words, act, attributes = {}) {
  const made = el("button", {type: "button", ...attributes}, words);
  made.addEventListener("click", act);
  return made;
}

export const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 19);
export const number = (count) => count.toLocaleString("en");
export const plural = (count, word) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;

// Shows one element for each item. Elements of unchanged items stay, and with them focus, selection and open details.
export function sync(parent, items, keyOf, make) {
  const before = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const nodes = items.map((item) => {
    const key = String(keyOf(item));
    const shown = JSON.stringify(item);
    const old = before.get(key);
    if (old && old.shown === shown) {
      before.delete(key);
      return old;
    }
    const node = make(item);
    node.dataset.key = key;
    node.shown = shown;
    return node;
  });
  const focused = focusIn(before.values());
  for (const node of before.values()) node.remove();
  nodes.forEach((node, place) => {
    if (parent.children[place] !== node) parent.insertBefore(node, parent.children[place] ?? null);
  });
  if (focused) nodes.find((node) => node.dataset.key === focused.key)?.querySelector(focused.selector)?.focus();
}

function focusIn(nodes) {
  for (const node of nodes) {
    const element = document.activeElement;
    if (node.contains(element) && element.className) {
      return {key: node.dataset.key, selector: `${element.localName}.${element.className}`};
    }
  }
  return null;
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers have no clipboard for pages that are served over http by another machine.
    const area = el("textarea", {"aria-hidden": "true"});
    area.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

export function copyButton(text, words = "Copy") {
  const made = button(words, async () => {
    await copy(text);
    made.textContent = "Copied";
    setTimeout(() => { made.textContent = words; }, 1500);
  }, {class: "copy"});
  return made;
}
