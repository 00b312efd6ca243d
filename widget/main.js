// Puts the page together: enter, draw the past, listen, and send.
import * as api from "./api.js";
import { Chat } from "./chat.js";
import { h } from "./dom.js";
import { Stream } from "./stream.js";
import { T } from "./texts.zh.js";

const $ = (id) => document.getElementById(id);
const composer = $("composer");
const input = $("words");

const chat = new Chat($("chat"), { send, upload, text: (words) => send({ type: "text", text: words }, words), pick, note: (words) => chat.note(words) });
const stream = new Stream((entry) => chat.take(entry), connection);

/** Send one message; `shown` is how the customer sees it until the server's own entry arrives. */
function send(message, shown) {
  const cid = api.newCid();
  const bubble = shown === undefined ? null : chat.add(cid, { text: shown, again: deliver });
  if (!bubble) chat.pending.add(cid);
  async function deliver() {
    try {
      await api.send({ ...message, cid });
      bubble?.sent();
      stream.expect(() => chat.pending.has(cid));
    } catch (problem) {
      if (bubble) bubble.failed(problem);
      else {
        chat.pending.delete(cid);
        chat.note(problem.message);
      }
      if (problem.code === "session_unknown") gone();
    }
  }
  deliver();
}

function upload(file, kind) {
  const cid = api.newCid();
  const limit = chat.photo?.max_megabytes ?? 10;
  if (file.size > limit * 1_000_000) return chat.note(T.tooLarge(limit));
  const bubble = chat.add(cid, { preview: URL.createObjectURL(file), again: deliver });
  let stored = null;
  async function deliver() {
    try {
      stored ??= (await api.upload(file, kind)).upload;
      await api.send({ type: "upload", cid, upload: stored, ...(kind ? { kind } : {}) });
      bubble.sent();
      stream.expect(() => chat.pending.has(cid));
    } catch (problem) {
      if (problem.code === "upload_not_found") stored = null;
      bubble.failed(problem);
      if (problem.code === "session_unknown") gone();
    }
  }
  deliver();
}

/** Let the customer take or choose a photo; many Android WebViews ignore `capture`, so the album is always offered. */
function pick(source, kind) {
  const chooser = $(source);
  chooser.value = "";
  chooser.onchange = () => chooser.files[0] && upload(chooser.files[0], kind ?? chat.photo?.kind);
  chooser.click();
}

function connection(state) {
  if (state === "gone") gone();
  $("connection").textContent = state === "online" ? T.online : T.offline;
}

function gone() {
  chat.note(T.unreachable, h("button.link", { type: "button", onclick: () => location.reload() }, T.reload));
}

async function enter() {
  const broker = new URLSearchParams(location.search).get("broker");
  await api.enter(broker);
  if (broker) window.history.replaceState(null, "", location.pathname);
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = input.value.trim();
  if (!words) return;
  input.value = "";
  send({ type: "text", text: words }, words);
});
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.isComposing) event.stopPropagation(); // still choosing characters
});
$("photo").addEventListener("click", () => pick("album"));
$("bar").append(...T.bar.map((title) => h("button", { type: "button", onclick: () => send({ type: "text", text: title }, title) }, title)));

const large = $("large");
function enlarge(on) {
  document.documentElement.classList.toggle("large", on);
  large.setAttribute("aria-pressed", String(on));
}
large.addEventListener("click", () => {
  const on = large.getAttribute("aria-pressed") !== "true";
  enlarge(on);
  localStorage.setItem("large", on ? "1" : "");
});
enlarge(localStorage.getItem("large") === "1");

// Coming back after a while: the server greets anew when the login has ended meanwhile.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") api.enter().catch(() => {});
});

async function begin() {
  try {
    await enter();
    const past = await api.history();
    chat.takeHistory(past.entries);
    stream.start(past.last);
    connection("online");
  } catch (problem) {
    chat.note(problem.message, h("button.link", { type: "button", onclick: () => location.reload() }, T.reload));
  }
}
begin();
