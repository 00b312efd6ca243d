// What comes from the server: server-sent events, and long polling where those do not get through.
import type { Outbound } from "../contract";
import * as api from "./api";
import { isAfter } from "./position";

/** "gone": the server knows this conversation no more. */
export type Link = "online" | "reconnecting" | "gone";

const SILENCE_MS = 8_000;
const POLL_SECONDS = 25;
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000];
/** Failed connections in a row after which a proxy is taken to swallow streams. */
const FAILURES_BEFORE_POLLING = 3;
/** While polling, a stream is tried again after this long. */
const POLLING_MS = 5 * 60_000;

export class Stream {
  private last = "0-0";
  private source: EventSource | null = null;
  private failures = 0;
  private pollingSince = 0;
  /** The server answers polls, but a stream did not come about: something on the way swallows it. */
  private swallowed = false;
  private round = 0;

  /** `deliver` is called once per entry, in order. */
  constructor(
    private readonly deliver: (entry: Outbound) => void,
    private readonly changed: (link: Link) => void,
  ) {}

  /** Deliver what comes after `last`, from now on. */
  start(last: string): void {
    this.last = last;
    this.connect();
  }

  stop(): void {
    this.round += 1;
    this.source?.close();
    this.source = null;
  }

  /** Connect anew now, for instance when the phone is online again; nothing is lost or repeated. */
  connect(): void {
    this.stop();
    const polls = this.pollingSince && Date.now() - this.pollingSince < POLLING_MS;
    if (polls || !("EventSource" in globalThis)) void this.poll(this.round);
    else this.listen(this.round);
  }

  /** Called when an answer is awaited: a stream that stays silent although there is one gives way to polling. */
  async expect(pending: () => boolean): Promise<void> {
    if (this.pollingSince) return;
    const before = this.last;
    await sleep(SILENCE_MS);
    if (this.pollingSince || this.last !== before || !pending()) return;
    const missed = await api.poll(this.last, 0).catch(() => null);
    if (!missed?.entries.length || this.last !== before) return;
    missed.entries.forEach((entry) => this.take(entry));
    this.pollingSince = Date.now();
    this.connect();
  }

  private take(entry: Outbound): void {
    if (!isAfter(entry.id, this.last)) return;
    this.last = entry.id;
    this.deliver(entry);
  }

  private listen(round: number): void {
    const source = new EventSource(api.eventsUrl(this.last));
    this.source = source;
    source.onopen = () => {
      if (round !== this.round) return;
      this.failures = 0;
      this.pollingSince = 0;
      this.swallowed = false;
      this.changed("online");
    };
    source.onmessage = (event: MessageEvent<string>) => {
      if (round === this.round) this.take(JSON.parse(event.data) as Outbound);
    };
    source.onerror = () => {
      if (round !== this.round) return;
      // The browser's own reconnecting stops for good on an HTTP error, so ours takes its place altogether.
      this.stop();
      this.failures += 1;
      // A stream also ends in good order after a quarter of an hour: that is nothing to show.
      if ((this.failures > 1 && !this.swallowed) || !navigator.onLine) this.changed("reconnecting");
      if (this.failures >= FAILURES_BEFORE_POLLING) this.pollingSince = Date.now();
      void this.again(this.round);
    };
  }

  private async again(round: number): Promise<void> {
    await sleep(this.failures > 1 ? pause(this.failures - 1) : 200);
    if (round === this.round) this.connect();
  }

  private async poll(round: number): Promise<void> {
    this.pollingSince ||= Date.now();
    while (round === this.round) {
      try {
        // The first answer after a failure must come at once: it says that the server is back.
        const answer = await api.poll(this.last, this.failures ? 0 : POLL_SECONDS);
        if (round !== this.round) return;
        answer.entries.forEach((entry) => this.take(entry));
        this.changed("online");
        if (this.failures && !this.swallowed && "EventSource" in globalThis) return this.streamOnceMore();
        this.failures = 0;
      } catch (problem) {
        if (round !== this.round) return;
        if (problem instanceof api.Problem && problem.code === "session_unknown") return this.changed("gone");
        this.failures += 1;
        this.changed("reconnecting");
        await sleep(pause(this.failures));
      }
      if ("EventSource" in globalThis && Date.now() - this.pollingSince >= POLLING_MS) return this.connect();
    }
  }

  /** The server was gone and is back: streams are tried again, but only one more failure leads back to polling. */
  private streamOnceMore(): void {
    this.swallowed = true;
    this.pollingSince = 0;
    this.failures = FAILURES_BEFORE_POLLING - 1;
    this.connect();
  }
}

/** Growing, and not the same for everybody: a server that comes back is not met by all customers at once. */
function pause(failures: number): number {
  const most = PAUSES_MS[Math.min(failures, PAUSES_MS.length) - 1] ?? 1_000;
  return most * (0.6 + 0.4 * Math.random());
}

const sleep = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));
