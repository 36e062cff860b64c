// Asks for a page's data every second and says when it is another. SPDX-License-Identifier: Apache-2.0

const EVERY_MS = 1000;

// Calls show(data) whenever the answer at url has changed, missing() when there is none.
export function watch(url, { show, missing }) {
  const state = document.getElementById("live");
  let tag = "";

  function say(text, ok) {
    if (state.textContent !== text) state.textContent = text;
    state.classList.toggle("is-on", ok);
  }

  async function ask() {
    const answer = await fetch(url, { cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} });
    if (answer.status === 404) {
      missing();
    } else if (answer.status === 200) {
      tag = answer.headers.get("ETag") ?? "";
      show(await answer.json());
    }
    say("Live", true);
  }

  async function turn() {
    if (!document.hidden) {
      try {
        await ask();
      } catch {
        say("Not reachable, trying again", false);
      }
    }
    setTimeout(turn, EVERY_MS);
  }

  turn();
}
