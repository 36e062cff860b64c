// An interview's summary, from HTML to elements, by an allow-list. SPDX-License-Identifier: Apache-2.0

import { make } from "/assets/dom.js";

const ALLOWED = new Set(["DIV", "BR", "STRONG", "EM", "UL", "OL", "LI", "A"]);
const SILENT = new Set(["SCRIPT", "STYLE", "TEMPLATE"]);

// The text is parsed into a document that runs and loads nothing; from it only allowed elements are made anew, without
// their attributes. Of what is not allowed the text is left.
export function summary(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const built = document.createDocumentFragment();
  copy(parsed.body, built);
  return built;
}

function copy(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      to.append(node.data);
    } else if (node.nodeType === Node.ELEMENT_NODE && !SILENT.has(node.tagName)) {
      const element = ALLOWED.has(node.tagName) ? allowed(node) : null;
      copy(node, element ?? to);
      if (element) to.append(element);
    }
  }
}

function allowed(node) {
  if (node.tagName !== "A") return make(node.tagName.toLowerCase());
  const address = node.getAttribute("href") ?? "";
  if (!address.startsWith("https://")) return null;
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" });
}
