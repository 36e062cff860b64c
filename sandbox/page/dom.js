// Building and keeping elements; text never becomes HTML here. SPDX-License-Identifier: Apache-2.0

// make("p", {class: "quiet"}, "text", element, …)
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// Makes the children of parent be one element for each item, in order: made once per key, updated when the item is
// another. What was not there at the first call glows for a moment.
export function keep(parent, items, { key, create, update }) {
  const known = (parent.kept ??= new Map());
  const isFirst = !parent.dataset.kept;
  const elements = items.map((item) => {
    const id = String(key(item));
    const text = JSON.stringify(item);
    let entry = known.get(id);
    if (!entry) {
      entry = { element: create(item), text: "" };
      known.set(id, entry);
    }
    if (entry.text !== text) {
      update?.(entry.element, item);
      entry.text = text;
      if (!isFirst) glow(entry.element);
    }
    return entry.element;
  });
  const ids = new Set(items.map((item) => String(key(item))));
  for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
  elements.forEach((element, i) => {
    if (parent.children[i] !== element) parent.insertBefore(element, parent.children[i] ?? null);
  });
  while (parent.children.length > elements.length) parent.lastElementChild.remove();
  parent.dataset.kept = "yes";
}

export function glow(element) {
  element.classList.remove("is-new");
  void element.offsetWidth; // so that the animation starts again
  element.classList.add("is-new");
}

export function setText(id, text) {
  const element = document.getElementById(id);
  if (element.textContent !== text) element.textContent = text;
  return element;
}

export function initials(name) {
  return name.split(/\s+/).map((word) => word[0] ?? "").join("").slice(0, 2).toUpperCase();
}

// One colour a name, so that a person looks the same in every application.
export function avatarClass(name) {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)) % 6007;
  return `hue-${sum % 6}`;
}

// "today, 14:05", "31 Jan, 14:05"
export function when(iso) {
  const date = new Date(iso);
  const isToday = date.toDateString() === new Date().toDateString();
  const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const day = isToday ? "Today" : date.toLocaleDateString([], { day: "numeric", month: "short" });
  return make("time", { datetime: iso, title: date.toLocaleString() }, `${day}, ${time}`);
}

// Text with its https addresses as links.
export function linked(text) {
  const parts = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(/https:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g)) {
    parts.append(text.slice(end, match.index), link(match[0]));
    end = match.index + match[0].length;
  }
  parts.append(text.slice(end));
  return parts;
}

export function link(address) {
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, address);
}
