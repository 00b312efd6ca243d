// Puts the parts together: enter, show the past, listen, send. One object for the whole page.
import { signal } from "@preact/signals";
import type { Actions, PhotoKind } from "../cards/types";
import { lastOf } from "../last";
import { fill, texts } from "../texts";
import * as api from "../transport/api";
import { Outbox, type Draft, type Fate, type Outgoing } from "../transport/outgoing";
import { Stream, type Link } from "../transport/stream";
import * as brand from "./brand";
import { Conversation } from "./conversation";
import * as drafts from "./drafts";
import { note } from "./notes";

const PAGE = 40;
const SLOW_MS = 6_000;
const RETRY_MS = 15_000;
const AWAY_MS = 30_000;
const DEFAULT_MEGABYTES = 10;

export const conversation = new Conversation();
export const link = signal<Link | "opening" | "offline" | "slow">("opening");
/** Where to page back from; null when all is shown. */
export const older = signal<string | null>(null);
/** Why the page could not be opened. */
export const trouble = signal<string | null>(null);

const outbox = new Outbox();
const stream = new Stream(taken, linked);
let conversationId = "";

/** Open the page: the company of a QR link is told to the server once and then leaves the address. */
export async function open(): Promise<void> {
  const query = new URLSearchParams(location.search);
  const broker = query.get("broker");
  trouble.value = null;
  link.value = "opening";
  try {
    conversationId = (await api.enter(broker)).conversation;
    if (broker) {
      query.delete("broker");
      history.replaceState(null, "", location.pathname + (String(query) && `?${query}`));
    }
    const past = await api.history(PAGE);
    conversation.begin(past.entries, past.progress);
    older.value = past.before;
    stream.start(past.last);
    link.value = navigator.onLine ? "online" : "offline";
    for (const { cid, words } of drafts.kept(conversationId)) {
      // Its receipt may have been lost, and the words be among what was said.
      if (past.entries.some((entry) => entry.cid === cid)) drafts.drop(conversationId, cid);
      else void text(words, cid);
    }
    void brand.refresh();
  } catch (problem) {
    trouble.value = problem instanceof api.Problem ? problem.message : texts().connection.unreachable;
  }
}

/** The older messages before those shown. */
export async function loadOlder(): Promise<void> {
  if (!older.value) return;
  try {
    const past = await api.history(PAGE, older.value);
    older.value = past.before;
    conversation.prepend(past.entries);
  } catch (problem) {
    note((problem as Error).message);
  }
}

/** Send again what failed. */
export const retry = (cid: string) => outbox.retry(cid);

export const actions: Actions = {
  press: (button) => deliver({ draft: { type: "button", button: button.id } }, { text: button.title }),
  say: (words) => text(words),
  fields: (fields, shown) => deliver({ draft: { type: "fields", fields } }, shown ? { text: shown } : null),
  photo,
  device: (measured) => deliver({ draft: { type: "device", ...measured } }, null),
  note,
};

function text(words: string, cid = api.newCid()): Promise<boolean> {
  drafts.keep(conversationId, cid, words);
  return deliver({ cid, draft: { type: "text", text: words } }, { text: words });
}

async function photo(file: Blob, kind?: PhotoKind, progress?: (part: number) => void): Promise<boolean> {
  const card = lastOf(conversation.items.value.filter((item) => conversation.isLive(item) && item.card?.card === "photo"))?.card;
  const asked = card?.card === "photo" ? card : null;
  const limit = asked?.max_megabytes ?? DEFAULT_MEGABYTES;
  if (file.size > limit * 1_000_000) {
    note(fill(texts().message.tooLarge, { megabytes: limit }));
    return false;
  }
  const wanted = kind ?? asked?.kind;
  const cid = api.newCid();
  const report = (part: number) => {
    conversation.change(cid, { progress: part });
    progress?.(part);
  };
  const draft: Draft = { type: "upload", upload: "", ...(wanted ? { kind: wanted } : {}) };
  return deliver({ cid, draft, photo: { file, kind: wanted ?? null, progress: report } }, { preview: URL.createObjectURL(file) });
}

/** `shown` is the customer's bubble; null for what nobody needs to see. */
function deliver(message: Omit<Outgoing, "cid"> & { cid?: string }, shown: { text?: string; preview?: string } | null): Promise<boolean> {
  const before = outbox.forget(message.draft);
  for (const { cid } of before) conversation.remove(cid);
  // The same answer once more keeps its id, for the server may have it already.
  const same = before.find(({ draft }) => JSON.stringify(draft) === JSON.stringify(message.draft));
  const cid = message.cid ?? same?.cid ?? api.newCid();
  if (shown) conversation.add(cid, shown);
  return outbox.add({ ...message, cid }, (fate) => fated(cid, fate, shown !== null));
}

function fated(cid: string, fate: Fate, visible: boolean): void {
  if (fate.state === "sending") {
    conversation.await(cid);
    conversation.change(cid, { state: "sending", problem: undefined });
    setTimeout(() => slow(cid), SLOW_MS);
    return;
  }
  if (link.value === "slow") link.value = "online";
  if (fate.state === "sent") {
    drafts.drop(conversationId, cid);
    conversation.change(cid, { state: "sent", progress: undefined });
    void stream.expect(() => conversation.pending.value.has(cid));
  } else {
    conversation.over(cid);
    conversation.change(cid, { state: "failed", problem: fate.problem.message, progress: undefined });
    if (!fate.passing) drafts.drop(conversationId, cid);
    if (!visible) note(fate.problem.message);
    if (fate.problem.code === "session_unknown") link.value = "gone";
  }
}

function slow(cid: string): void {
  const waiting = conversation.items.value.some((item) => item.cid === cid && item.state === "sending");
  if (waiting && link.value === "online") link.value = "slow";
}

function taken(entry: Parameters<Conversation["take"]>[0]): void {
  conversation.take(entry);
  if (entry.cid) outbox.arrived(entry.cid);
  if (link.value === "slow") link.value = "online";
  if (entry.card?.card === "broker") void brand.refresh();
}

function linked(now: Link): void {
  link.value = now === "online" || navigator.onLine ? now : "offline";
  // Whatever was shown before: a stream may open at the very moment when the network goes.
  if (now === "online") outbox.retry();
}

/** The network comes and goes; a phone also stops a page that is not looked at. */
export function follow(): void {
  addEventListener("offline", () => (link.value = "offline"));
  addEventListener("online", () => {
    if (trouble.value) void open();
    else stream.connect();
  });
  let left = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") left = Date.now();
    if (document.visibilityState !== "visible" || link.value === "opening" || link.value === "gone") return;
    // The server greets anew when the login has ended meanwhile.
    api.enter().catch(() => undefined);
    // A connection that was cut while the phone slept may look open.
    if (link.value !== "online" || Date.now() - left > AWAY_MS) stream.connect();
  });
  // A server that refuses for a while cuts no stream, so nothing else would say that it takes messages again.
  setInterval(() => link.value === "online" && outbox.retry(), RETRY_MS);
  // Back from the browser's cache of pages: its connections were cut.
  addEventListener("pageshow", (event) => event.persisted && stream.connect());
}
