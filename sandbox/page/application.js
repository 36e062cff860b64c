// One application, as a recruiter sees it. SPDX-License-Identifier: Apache-2.0

import { avatarClass, glow, initials, keep, linked, make, setText, when } from "/assets/dom.js";
import { watch } from "/assets/live.js";
import { summary } from "/assets/summary.js";

const id = location.pathname.split("/")[2];
const stage = document.getElementById("stage");
let shownStage = "";

const label = (text) => text.charAt(0).toUpperCase() + text.slice(1).replaceAll("_", " ");

function valueText(item) {
  if (item.type === "boolean") return item.value === "true" ? "Yes" : "No";
  return linked(item.value);
}

function createValue() {
  return make("div", { class: "value" }, make("dt"), make("dd"));
}

function updateValue(element, item) {
  const name = element.querySelector("dt");
  name.replaceChildren(item.name);
  if (item.on === "Candidate") name.append(" ", make("span", { class: "quiet" }, "candidate"));
  element.querySelector("dd").replaceChildren(valueText(item));
}

function createComment(item) {
  return make(
    "li",
    { class: "comment" },
    make("p", { class: "comment-head" }, make("strong", {}, item.author), " ", when(item.at)),
    make("p", { class: "comment-text" }, linked(item.text)),
  );
}

function createInterview() {
  return make(
    "article",
    { class: "interview" },
    make("p", { class: "interview-head" }),
    make("div", { class: "summary" }),
  );
}

function updateInterview(element, item) {
  element.querySelector(".interview-head").replaceChildren(
    make("strong", {}, when(item.start_at)),
    " ",
    make("span", { class: `pill status-${item.status}` }, label(item.status)),
  );
  element.querySelector(".summary").replaceChildren(
    item.summary ? summary(item.summary) : make("p", { class: "empty" }, "No summary yet."),
  );
}

function createTag(tag) {
  return make("li", { class: "tag", title: tag.context }, tag.name);
}

function fact(text) {
  return make("li", {}, text);
}

function showStages(data) {
  const current = String(data.stage_id);
  if (stage.options.length !== data.stages.length) {
    stage.replaceChildren(...data.stages.map((item) => make("option", { value: item.id }, item.name)));
  }
  stage.value = current;
  if (shownStage && shownStage !== current) {
    setText("stage-note", `Now in ${data.stage}`);
    glow(stage);
  }
  shownStage = current;
}

function showProfile(data) {
  document.title = `${data.name} · Acme · Sandbox`;
  setText("name", data.name);
  setText("job", data.confidential ? `${data.job} · confidential` : data.job);
  setText("avatar", initials(data.name)).className = `avatar large ${avatarClass(data.name)}`;
  const facts = [data.email, data.phone, [data.town, data.country].filter(Boolean).join(", ")];
  if (data.channel_source) facts.push(`via ${data.channel_source}`);
  document.getElementById("facts").replaceChildren(...facts.filter(Boolean).map(fact));
  keep(document.getElementById("tags"), data.tags, { key: (tag) => `${tag.context} ${tag.name}`, create: createTag });
}

function showList(name, items, how) {
  keep(document.getElementById(name), items, { key: (item) => item.id, ...how });
  document.getElementById(`${name}-empty`).hidden = items.length > 0;
}

function show(data) {
  document.getElementById("application").hidden = false;
  document.getElementById("missing").hidden = true;
  showProfile(data);
  showStages(data);
  showList("attributes", data.custom_attributes, { create: createValue, update: updateValue });
  showList("interviews", data.interviews, { create: createInterview, update: updateInterview });
  showList("comments", data.newest_comments, { create: createComment });
  const hidden = data.comments - data.newest_comments.length;
  setText("comment-count", hidden > 0 ? `the newest ${data.newest_comments.length} of ${data.comments}` : "");
}

function missing() {
  document.getElementById("application").hidden = true;
  document.getElementById("missing").hidden = false;
}

async function move() {
  stage.disabled = true;
  try {
    const answer = await fetch(`/applications/${id}/stage`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ stage_id: stage.value }),
    });
    const data = await answer.json();
    if (answer.ok) show(data);
    else setText("stage-note", data.detail ?? "The stage was not changed");
  } catch {
    setText("stage-note", "Not reachable: the stage was not changed");
  }
  stage.disabled = false;
  stage.focus();
}

stage.addEventListener("change", move);
watch(`/data/applications/${id}`, { show, missing });
