// Draws the cards of settlement/contract.py. What can be filled in or pressed lies in a fieldset, so that a card
// of an earlier question is switched off as a whole.
import * as api from "./api.js";
import { drawDeviceCheck } from "./device.js";
import { h, pairs } from "./dom.js";
import { openReader } from "./reader.js";
import { T } from "./texts.zh.js";

const DRAWERS = {
  broker: (card) => box(h("p.big", {}, card.name), pairs([[T.broker.code, card.code]])),
  device_check: (card, actions) => usable(drawDeviceCheck(card, actions)),
  input: drawInput,
  captcha: drawCaptcha,
  photo: drawPhoto,
  fields: drawFields,
  document: (card) => h("section.card", {}, drawDocument(card)),
  checklist: (card) => h("section.card", {}, card.documents.map(drawDocument)),
  bank_list: (card) => h("details.card.banks", { open: card.banks.length <= 8 }, h("summary", {}, T.banks(card.banks.length)), h("ul", {}, card.banks.map((bank) => h("li", {}, bank.name)))),
  bank_cards: (card) => box(h("h2", {}, T.bankCards.title), bankCards(card.cards)),
  summary: drawSummary,
  my_business: drawMyBusiness,
  progress: (card) => box(h("h2", {}, T.progress.title), h("ol.steps", {}, card.steps.map((step) => h(`li.${step.state}`, { "aria-current": step.state === "now" ? "step" : null }, step.title, h("span.hidden", {}, T.progress[step.state]))))),
  result: drawResult,
};

/** The element of a card, or null for one that this page does not know (its words say enough). */
export function drawCard(card, actions) {
  return DRAWERS[card.card]?.(card, actions) ?? null;
}

const box = (...children) => h("section.card", {}, ...children);
const usable = (...children) => h("section.card", {}, h("fieldset", {}, ...children));

/** A form inside a card; `values` is called with the typed values when the customer submits. */
function form(submitLabel, fields, submit, look = "primary") {
  const button = h(`button.${look}`, { type: "submit" }, submitLabel);
  const element = h("form.fill", { autocomplete: "off", onsubmit: (event) => {
    event.preventDefault();
    if (submit(new FormData(element)) !== false) button.closest("fieldset").disabled = true;
  } }, fields, button);
  return element;
}

const FORMATS = {
  code: { inputMode: "numeric", autocomplete: "one-time-code", maxLength: 8 },
  card_number: { inputMode: "numeric", autocomplete: "off", maxLength: 30 },
  id_number: { inputMode: "text", autocomplete: "off", maxLength: 30, autocapitalize: "characters" },
  text: { inputMode: "text", autocomplete: "off", maxLength: 200 },
};

function drawInput(card, actions) {
  const label = T.fields[card.field] ?? T.input.other;
  const input = h("input", { name: card.field, type: "text", required: true, ...FORMATS[card.format] });
  return usable(form(T.input.submit[card.field] ?? T.input.confirm, h("label", {}, label, input), (data) => {
    const value = String(data.get(card.field)).trim();
    if (!value) return false;
    // Not shown as typed: the server's own entry shows it masked.
    actions.send({ type: "fields", fields: { [card.field]: value } }, "＊".repeat(Math.min(value.length, 8)));
    input.value = "";
  }));
}

function drawCaptcha(card, actions) {
  const image = h("img.captcha", { src: api.captchaUrl(card.captcha), alt: T.captcha.image, width: 160, height: 60 });
  image.addEventListener("error", () => image.replaceWith(h("span.faint", {}, T.captcha.gone)));
  const input = h("input", { name: "captcha", type: "text", required: true, maxLength: 4, autocomplete: "off", autocapitalize: "characters", spellcheck: false });
  const refresh = h("button.link", { type: "button", onclick: () => actions.press(T.captcha.refreshButton) || actions.text(T.captcha.refreshText) }, T.captcha.refresh);
  return usable(h("div.row", {}, image, refresh), form(T.input.confirm, h("label", {}, T.fields.captcha, input), (data) => {
    const value = String(data.get("captcha")).trim();
    if (!value) return false;
    actions.send({ type: "fields", fields: { captcha: value } }, value);
  }));
}

function drawPhoto(card, actions) {
  const received = Object.entries(card.received);
  return h("section.card", {},
    received.length ? h("ul.previews", {}, received.map(([kind, id]) => h("li", {}, preview(id, T.photo.kinds[kind] ?? kind), h("span", {}, `${T.photo.kinds[kind] ?? kind} ${T.photo.received}`)))) : "",
    h("fieldset.photo", {}, h("p.asked", {}, T.photo.kinds[card.kind]),
      h("div.row", {},
        h("button.primary", { type: "button", onclick: () => actions.pick("camera", card.kind) }, T.photo.camera),
        h("button.secondary", { type: "button", onclick: () => actions.pick("album", card.kind) }, T.photo.album))));
}

/** A small picture that opens large. */
function preview(id, label) {
  const image = h("img.preview", { src: api.imageUrl(id), alt: label, loading: "lazy" });
  const button = h("button.bare", { type: "button", "aria-label": `${T.look}：${label}`, onclick: () => view(id, label) }, image);
  image.addEventListener("error", () => button.replaceWith(h("span.faint", {}, T.photoGone)));
  return button;
}

function view(id, label) {
  const viewer = document.getElementById("viewer");
  viewer.replaceChildren(h("img", { src: api.imageUrl(id), alt: label }), h("button.primary", { type: "button", onclick: () => viewer.close() }, T.close));
  viewer.showModal();
}

function drawFields(card, actions) {
  const rows = card.fields.map((field) => {
    const mark = field.doubtful ? h("em.doubtful", {}, T.values.doubtful) : "";
    return field.editable
      ? h(field.doubtful ? "label.doubt" : "label", {}, h("span", {}, field.label, mark), h("input", { name: field.name, type: "text", value: field.value, maxLength: 200, autocomplete: "off" }))
      : h("p.fixed", {}, h("span", {}, field.label, mark), h("b", {}, field.value));
  });
  const image = card.image ? preview(card.image, T.sentPhoto) : "";
  if (!card.fields.some((field) => field.editable)) return box(image, rows);
  return usable(image, form(T.values.save, rows, (data) => {
    const changed = card.fields.filter((field) => field.editable && String(data.get(field.name)).trim() !== field.value);
    if (!changed.length) {
      actions.note(T.values.unchanged);
      return false;
    }
    const fields = Object.fromEntries(changed.map((field) => [field.name, String(data.get(field.name)).trim()]));
    actions.send({ type: "fields", fields }, changed.map((field) => field.label).join("、"));
  }, "secondary"));
}

function drawDocument(card) {
  const state = h("span.state", {}, card.agreed ? T.document.agreed : card.read ? T.document.done : T.document.seconds(card.seconds));
  const button = h("button.secondary", { type: "button", onclick: () => openReader(card, () => {
    state.textContent = T.document.done;
    button.textContent = T.document.again;
  }) }, card.read || card.agreed ? T.document.again : T.document.read);
  return h("div.document", {}, h("div", {}, h("b", {}, `《${card.title}》`), h("small", {}, T.document.version(card.document_version)), state), button);
}

function bankCards(cards) {
  if (!cards.length) return h("p.faint", {}, T.bankCards.none);
  return h("ul.bank-cards", {}, cards.map((card) => h("li", {}, h("b", {}, `${card.bank ?? ""} ${T.bankCards.tail(card.tail ?? "")}`), h("span", {}, [card.branch, card.action].filter(Boolean).join("　")))));
}

function drawSummary(card) {
  return box(h("h2", {}, T.summary.title), pairs(card.fields.map((field) => [field.label, field.value])),
    h("h3", {}, T.summary.cards), bankCards(card.cards),
    h("h3", {}, T.summary.documents), h("ul", {}, card.documents.map((title) => h("li", {}, `《${title}》`))));
}

function drawMyBusiness(card) {
  const row = (one) => h(one.current ? "li.current" : "li", {}, h("b", {}, one.business, one.current ? h("em", {}, T.business.current) : ""),
    pairs([[T.business.caseNo, one.case_no], [T.business.status, one.status], [T.business.remark, one.remark], [T.business.opened, one.opened], [T.business.updated, one.updated]]));
  const part = (title, rows) => [h("h2", {}, title), rows.length ? h("ul.cases", {}, rows.map(row)) : h("p.faint", {}, T.business.none)];
  return box(...part(T.business.pending, card.pending), ...part(T.business.completed, card.completed));
}

function drawResult(card) {
  return h(`section.card.result.${card.outcome}`, {}, h("p.big", {}, T.result[card.outcome]),
    pairs([[T.result.account, card.fund_account], [T.result.caseNo, card.case_no], [T.result.remark, card.remark]]));
}
