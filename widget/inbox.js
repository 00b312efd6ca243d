// Shows the text messages of an embedded run, the newest first.
import { h } from "./dom.js";

const list = document.getElementById("messages");
let known = "";

async function refresh() {
  const response = await fetch("/api/inbox", { cache: "no-store" }).catch(() => null);
  if (!response?.ok) return;
  const messages = await response.json();
  const now = JSON.stringify(messages.map((sms) => sms.id));
  if (now === known) return;
  known = now;
  list.replaceChildren(
    ...(messages.length
      ? messages.map((sms) => h("article.sms", {}, h("p.meta", {}, `${sms.phone}　${sms.at.replace("T", " ").slice(0, 19)}`), h("p", {}, sms.text)))
      : [h("p.note", {}, "还没有短信。")]),
  );
}

refresh();
setInterval(refresh, 2000);
