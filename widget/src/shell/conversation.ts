// What was said, by whom, what of it can still be answered, and what is under way. No drawing and no requests in here.
import { computed, signal } from "@preact/signals";
import type { Outbound } from "../contract";
import { lastOf } from "../last";
import { isAfter } from "../transport/position";

export type State = "sending" | "sent" | "failed";

export interface Item {
  /** Stable while the item is shown: the outbox position, or the client's id of an own message. */
  key: string;
  author: "customer" | "assistant";
  cid: string | null;
  at: string;
  text: string | null;
  buttons: Outbound["buttons"];
  card: Outbound["card"];
  /** A photo that the server holds. */
  upload: string | null;
  /** A document that the turn of this answer agreed to. */
  agreed: string | null;
  /** The same photo as it lies on this phone, so that nothing flickers. */
  preview?: string | undefined;
  state?: State | undefined;
  /** Part of a photo that is uploaded, 0…1. */
  progress?: number | undefined;
  /** Why sending failed. */
  problem?: string | undefined;
}

export type Steps = NonNullable<Outbound["progress"]>;

/** Cards that wait for something; the others only show. */
const ASKING = new Set<NonNullable<Outbound["card"]>["card"]>([
  "device_check", "input", "captcha", "photo", "fields", "document", "checklist", "bank_list",
]);
/** An answer that takes longer is still awaited, but no longer shown as being written. */
const TYPING_MS = 60_000;

export class Conversation {
  readonly items = signal<Item[]>([]);
  readonly steps = signal<Steps>([]);
  /** The turn whose choices and inputs count. */
  readonly open = signal<string | null>(null);
  /** Turns that are not over. */
  readonly pending = signal<ReadonlySet<string>>(new Set());
  readonly typing = computed(() => this.pending.value.size > 0);
  /** Grows with each turn that ends. */
  readonly turns = signal(0);

  private newest = "0-0";
  /** Turns that ended; the answer may overtake the word that the message was taken. */
  private readonly ended = new Set<string>();

  /** The last messages, when the page opens. */
  begin(entries: Outbound[], steps: Steps | null): void {
    const own = this.items.value.filter((item) => item.state && !entries.some((entry) => entry.cid === item.cid));
    this.items.value = [...ticked(entries.map(itemOf)), ...own];
    const last = lastOf(entries);
    this.newest = last?.id ?? "0-0";
    this.steps.value = steps ?? [];
    this.open.value = [...entries].reverse().find(asks)?.cid ?? null;
    // The page was reloaded while an answer was under way.
    if (last?.author === "customer" && last.cid) this.await(last.cid);
  }

  /** Older messages, in front of all others. */
  prepend(entries: Outbound[]): void {
    const known = new Set(this.items.value.map((item) => item.key));
    const older = entries.map((entry) => ({ ...itemOf(entry), buttons: [] })).filter((item) => !known.has(item.key));
    this.items.value = ticked([...older, ...this.items.value]);
  }

  /** One entry of the stream. */
  take(entry: Outbound): void {
    if (!isAfter(entry.id, this.newest)) return;
    this.newest = entry.id;
    if (entry.kind === "turn_done") this.turnDone(entry);
    else if (entry.author === "customer") this.confirm(entry);
    else this.answer(entry);
  }

  /** The customer's own message, before the server has it. */
  add(cid: string, shown: { text?: string; preview?: string }): void {
    const item: Item = {
      key: cid, author: "customer", cid, at: new Date().toISOString(), text: shown.text ?? null, buttons: [], card: null,
      upload: null, agreed: null, preview: shown.preview, state: "sending",
    }; // prettier-ignore
    this.items.value = [...this.items.value, item];
  }

  /** Change what is known of an own message that waits; nothing waits once its turn is over. */
  change(cid: string, change: Partial<Item>): void {
    if (this.ended.has(cid)) return;
    this.items.value = this.items.value.map((item) => (item.author === "customer" && item.cid === cid ? { ...item, ...change } : item));
  }

  remove(cid: string): void {
    this.items.value = this.items.value.filter((item) => item.author !== "customer" || item.cid !== cid || !item.state);
    this.over(cid);
  }

  await(cid: string): void {
    if (this.ended.has(cid)) return;
    this.pending.value = new Set([...this.pending.value, cid]);
    setTimeout(() => this.over(cid), TYPING_MS);
  }

  over(cid: string): void {
    if (!this.pending.value.has(cid)) return;
    this.pending.value = new Set([...this.pending.value].filter((one) => one !== cid));
  }

  isLive(item: Item): boolean {
    return item.author === "assistant" && item.cid === this.open.value;
  }

  /** The server's own entry takes the place of the message as it was typed. */
  private confirm(entry: Outbound): void {
    const place = this.items.value.findIndex((item) => item.author === "customer" && item.cid === entry.cid);
    if (place < 0) {
      this.items.value = [...this.items.value, itemOf(entry)];
      if (entry.cid) this.await(entry.cid); // said in another tab
      return;
    }
    const before = this.items.value[place]!;
    const now = { ...itemOf(entry), key: before.key, preview: before.preview };
    // It takes the place that the server gave it: after what the server said before.
    const rest = this.items.value.filter((_, index) => index !== place);
    const waiting = rest.findIndex((item) => item.state === "sending" || item.state === "failed");
    const at = waiting < 0 ? rest.length : waiting;
    this.items.value = [...rest.slice(0, at), now, ...rest.slice(at)];
  }

  private answer(entry: Outbound): void {
    const waiting = this.items.value.findIndex((item) => item.state === "failed");
    const at = waiting < 0 ? this.items.value.length : waiting;
    this.items.value = ticked([...this.items.value.slice(0, at), itemOf(entry), ...this.items.value.slice(at)]);
    if (asks(entry)) this.open.value = entry.cid;
  }

  private turnDone(entry: Outbound): void {
    const { cid } = entry;
    if (entry.progress) this.steps.value = entry.progress;
    const asked = this.items.value.some((item) => item.author === "assistant" && item.cid === cid && asks(item));
    const own = cid !== null && (this.pending.value.has(cid) || this.items.value.some((item) => item.author === "customer" && item.cid === cid));
    // The server's buttons of before are void after each turn of the customer's; news leave an open question open.
    if (!asked && own) this.voidButtons();
    if (cid) {
      this.change(cid, { state: undefined, problem: undefined, progress: undefined });
      this.ended.add(cid);
      this.over(cid);
    }
    this.turns.value += 1;
  }

  private voidButtons(): void {
    this.items.value = this.items.value.map((item) => (item.buttons.length ? { ...item, buttons: [] } : item));
  }
}

export function asks(entry: Pick<Outbound, "author" | "buttons" | "card">): boolean {
  return entry.author === "assistant" && (entry.buttons.length > 0 || (entry.card !== null && ASKING.has(entry.card.card)));
}

function itemOf(entry: Outbound): Item {
  const { id, author, cid, at, text, buttons, card, upload, agreed } = entry;
  return { key: id, author, cid, at, text, buttons, card, upload, agreed: agreed ?? null };
}

/** The card that asked for a document shows that it was agreed to; one that was asked again without that does not. */
function ticked(items: Item[]): Item[] {
  const result = [...items];
  items.forEach(({ agreed }, at) => {
    if (!agreed) return;
    for (let before = at - 1; before >= 0; before -= 1) {
      const item = result[before]!;
      if (item.card?.card !== "document" || item.card.document !== agreed) continue;
      if (!item.card.agreed) result[before] = { ...item, card: { ...item.card, agreed: true } };
      return;
    }
  });
  return result;
}
