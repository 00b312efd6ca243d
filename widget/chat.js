// The list of messages: what was said, what is under way, and which choices still count.
import * as api from "./api.js";
import { drawCard } from "./cards.js";
import { h, words } from "./dom.js";
import { T } from "./texts.zh.js";

export class Chat {
  /** actions: {send, upload, text, pick, note} of main.js; cards get them too. */
  constructor(list, actions) {
    this.list = list;
    this.actions = actions;
    this.own = new Map(); // cid → {node, state}
    this.pending = new Set(); // cids whose turn is not over
    this.photo = null; // the photo card that is asked for now
    this.typing = h("div.message.assistant.typing", { role: "status" }, h("span.bubble", { "aria-label": T.typing }, h("i"), h("i"), h("i")));
  }

  /** One entry of the outbox. */
  take(entry) {
    if (entry.kind === "turn_done") return this.#turnDone(entry.cid);
    if (entry.author === "customer") this.#confirmOwn(entry);
    else this.#assistant(entry);
    this.#settle();
  }

  /** All of the past at once; only the last open question stays usable. */
  takeHistory(entries) {
    entries.forEach((entry) => (entry.author === "customer" ? this.#confirmOwn(entry) : this.#assistant(entry)));
    const open = entries.findLast((entry) => entry.author === "assistant" && (entry.card || entry.buttons.length));
    this.#retire(open?.cid ?? null, true);
    this.#settle();
  }

  /** The customer's own message, shown before the server has it; returns a handle to report what became of it. */
  add(cid, { text, preview, again }) {
    const status = h("span.status", { role: "status" }, preview ? T.uploading : T.sending);
    const node = h("div.message.customer", { "data-cid": cid },
      preview ? h("img.sent", { src: preview, alt: T.sentPhoto }) : h("span.bubble", {}, text), status);
    this.own.set(cid, { node });
    this.pending.add(cid);
    this.list.append(node);
    this.#settle();
    return {
      sent: () => status.replaceChildren(),
      failed: (problem) => {
        this.pending.delete(cid);
        node.classList.add("failed");
        status.replaceChildren(`${T.failed}：${problem.message} `, h("button.link", { type: "button", onclick: () => {
          node.classList.remove("failed");
          status.replaceChildren(T.sending);
          this.pending.add(cid);
          this.#settle();
          again();
        } }, T.retry));
        this.#settle();
      },
    };
  }

  /** Words of the page itself, such as that the connection is lost for good. */
  note(text, action) {
    this.list.append(h("div.note", { role: "status" }, text, action ?? ""));
    this.#settle();
  }

  #confirmOwn(entry) {
    const known = this.own.get(entry.cid)?.node;
    const node = known ?? h("div.message.customer", { "data-cid": entry.cid });
    const content = entry.upload
      ? (known?.querySelector("img.sent") ?? this.#photo(entry.upload))
      : h("span.bubble", {}, entry.text ?? "");
    node.classList.remove("failed");
    node.replaceChildren(content);
    if (!known) {
      this.own.set(entry.cid, { node });
      this.list.append(node);
    }
  }

  #photo(id) {
    const image = h("img.sent", { src: api.imageUrl(id), alt: T.sentPhoto, loading: "lazy" });
    image.addEventListener("error", () => image.replaceWith(h("span.bubble.faint", {}, T.photoGone)));
    return image;
  }

  #assistant(entry) {
    const node = h("div.message.assistant", { "data-cid": entry.cid ?? "" });
    if (entry.text) node.append(h("div.bubble", {}, words(entry.text)));
    if (entry.card) {
      const card = drawCard(entry.card, { ...this.actions, press: (title) => this.#press(node, title) });
      if (card) node.append(card);
      if (entry.card.card === "photo") this.photo = entry.card;
    }
    if (entry.buttons.length) {
      node.append(h("div.chips", { role: "group" }, entry.buttons.map((button) =>
        h("button.chip", { type: "button", onclick: () => this.#choose(node, button) }, button.title))));
    }
    this.list.append(node);
  }

  #choose(node, button) {
    node.querySelectorAll(".chip").forEach((chip) => (chip.disabled = true));
    this.actions.send({ type: "button", button: button.id }, button.title);
  }

  /** Press a chip by the beginning of its title, on behalf of a card; false when there is none. */
  #press(node, title) {
    const chip = [...node.querySelectorAll(".chip")].find((one) => !one.disabled && one.textContent.startsWith(title));
    chip?.click();
    return Boolean(chip);
  }

  #turnDone(cid) {
    this.pending.delete(cid);
    const own = this.own.get(cid)?.node;
    own?.querySelector(".status")?.remove();
    const answers = [...this.list.querySelectorAll(".message.assistant")].filter((node) => node.dataset.cid === cid);
    const asks = answers.some((node) => node.querySelector(".chip, .card"));
    if (asks) this.#retire(cid, true);
    else if (own) this.#retire(cid, false);
    this.#settle(answers[0]);
  }

  /** Choices of earlier turns no longer count; cards neither when the turn asked anew. */
  #retire(cid, cardsToo) {
    for (const node of this.list.querySelectorAll(".message.assistant")) {
      if (node.dataset.cid === cid || node === this.typing) continue;
      node.querySelector(".chips")?.remove();
      if (cardsToo) node.querySelectorAll("fieldset").forEach((fieldset) => (fieldset.disabled = true));
    }
    if (!cardsToo) return;
    if (!this.list.querySelector("fieldset.photo:not(:disabled)")) this.photo = null;
  }

  /** Scroll to the newest words; to the beginning of `from` when all of it does not fit. */
  #settle(from) {
    if (this.pending.size) this.list.append(this.typing);
    else this.typing.remove();
    requestAnimationFrame(() => {
      const tall = from && this.list.scrollHeight - from.offsetTop + this.list.offsetTop > this.list.clientHeight;
      this.list.scrollTo({ top: tall ? from.offsetTop - this.list.offsetTop - 8 : this.list.scrollHeight });
    });
  }
}
