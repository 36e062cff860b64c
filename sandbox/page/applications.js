// The list of applications. SPDX-License-Identifier: Apache-2.0

import { avatarClass, initials, keep, make, setText } from "/assets/dom.js";
import { watch } from "/assets/live.js";

const page = Math.max(1, Number.parseInt(new URLSearchParams(location.search).get("page") ?? "1", 10) || 1);
const plural = (count, one, many) => `${count.toLocaleString()} ${count === 1 ? one : many}`;

function createRow(item) {
  return make(
    "li",
    { class: "row" },
    make("span", { class: `avatar ${avatarClass(item.name)}`, "aria-hidden": "true" }, initials(item.name)),
    make(
      "div",
      { class: "row-who" },
      make("a", { href: `/applications/${item.id}`, class: "row-name" }),
      make("span", { class: "row-job" }),
    ),
    make("span", { class: "row-news quiet" }),
    make("span", { class: "pill" }),
  );
}

function updateRow(row, item) {
  row.querySelector(".row-name").textContent = item.name;
  row.querySelector(".row-job").textContent = item.confidential ? `${item.job} · confidential` : item.job;
  row.querySelector(".row-news").textContent = [
    item.values > 0 ? plural(item.values, "attribute", "attributes") : "",
    item.comments > 0 ? plural(item.comments, "comment", "comments") : "",
  ].filter(Boolean).join(" · ");
  const pill = row.querySelector(".pill");
  pill.textContent = item.stage;
  pill.className = `pill type-${item.stage_type}`;
}

function showPager(data) {
  const pager = document.getElementById("pager");
  const set = (id, number) => {
    const anchor = document.getElementById(id);
    const isThere = number >= 1 && number <= data.pages;
    anchor.classList.toggle("is-off", !isThere);
    if (isThere) anchor.href = `/?page=${number}`;
    else anchor.removeAttribute("href");
  };
  pager.hidden = data.pages < 2;
  set("previous", data.page - 1);
  set("next", data.page + 1);
  setText("position", `Page ${data.page.toLocaleString()} of ${data.pages.toLocaleString()}`);
}

function show(data) {
  setText("requests", data.figures.requests.toLocaleString());
  setText("writes", data.figures.writes.toLocaleString());
  setText("rate", data.figures.rate.toLocaleString(undefined, { maximumFractionDigits: 1 }));
  setText("refused", data.figures.refused.toLocaleString());
  setText("count", plural(data.total, "application", "applications"));
  keep(document.getElementById("rows"), data.applications, {
    key: (item) => item.id,
    create: createRow,
    update: updateRow,
  });
  document.getElementById("empty").hidden = data.applications.length > 0;
  showPager(data);
}

watch(`/data/applications?page=${page}`, { show, missing: () => {} });
