// The reading window of a document: notes on the server that it was opened and that its end was reached.
import * as api from "./api.js";
import { h } from "./dom.js";
import { T } from "./texts.zh.js";

const dialog = document.getElementById("reader");

/** Open a document card's text; finished() is called when the customer has read it to the end, and long enough. */
export async function openReader(card, finished) {
  let text;
  try {
    text = await api.document_(card.document);
  } catch (problem) {
    return fail(card.title, problem.message || T.document.failed);
  }
  const shown = { version: text.version, sha256: text.sha256 };
  // The server's own rendering of the company's Markdown: raw HTML is switched off there.
  const body = h("div.body", { tabIndex: 0, innerHTML: text.html });
  const hint = h("span.hint", { role: "status" });
  const done = h("button.primary", { type: "button", disabled: true, onclick: () => {
    dialog.close();
    finished();
  } }, T.document.finish);
  fill(text.title, T.document.version(text.version), body, h("div.row", {}, hint, done));
  body.scrollTop = 0;

  const alreadyRead = card.read || card.agreed;
  let opened = null;
  try {
    await api.noteDocument(text.id, "opened", shown);
    opened = Date.now();
  } catch (problem) {
    if (!alreadyRead) hint.textContent = problem.message || T.document.notNoted;
    if (!alreadyRead) return;
  }
  let reached = false;
  let noting = false;

  async function look() {
    const atEnd = body.scrollTop + body.clientHeight >= body.scrollHeight - 12;
    if (atEnd && !reached && !noting) {
      noting = true;
      try {
        await api.noteDocument(text.id, "end", shown);
        reached = true;
      } catch (problem) {
        hint.textContent = problem.message || T.document.notNoted;
      }
      noting = false;
    }
    const left = alreadyRead || opened === null ? 0 : Math.ceil(text.seconds - (Date.now() - opened) / 1000);
    done.disabled = !(alreadyRead || (reached && left <= 0));
    if (done.disabled && (reached || !noting)) hint.textContent = left > 0 ? T.document.left(left) : reached ? "" : T.document.scroll;
    if (!done.disabled) hint.textContent = "";
  }

  body.addEventListener("scroll", look, { passive: true });
  const clock = setInterval(look, 1000);
  dialog.addEventListener("close", () => clearInterval(clock), { once: true });
  look();
}

function fill(title, version, ...rest) {
  dialog.replaceChildren(
    h("header", {}, h("h2", { id: "reader-title" }, title, h("small", {}, version)), h("button.plain", { type: "button", "aria-label": T.close, onclick: () => dialog.close() }, "✕")),
    ...rest,
  );
  if (!dialog.open) dialog.showModal();
}

function fail(title, message) {
  fill(title, "", h("div.body", {}, h("p", {}, message)));
}
