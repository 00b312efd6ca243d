// What comes from the server: server-sent events, and long polling where those do not get through.
import * as api from "./api.js";

const SILENCE_MS = 8000;

export class Stream {
  /** deliver(entry) is called once per entry, in order; changed(state) with "online" or "offline". */
  constructor(deliver, changed) {
    this.deliver = deliver;
    this.changed = changed;
    this.last = "0-0";
    this.failures = 0;
    this.polling = false;
  }

  start(last) {
    this.last = last;
    if ("EventSource" in window) this.#listen();
    else this.#poll();
  }

  /** Called when an answer is awaited: if the stream stays silent although there is one, poll from now on. */
  async expect(pending) {
    if (this.polling) return;
    const before = this.last;
    await new Promise((done) => setTimeout(done, SILENCE_MS));
    if (this.polling || this.last !== before || !pending()) return;
    const missed = await api.poll(this.last, 0).catch(() => null);
    if (missed?.entries.length && this.last === before) {
      this.source?.close();
      missed.entries.forEach((entry) => this.#take(entry));
      this.#poll();
    }
  }

  #take(entry) {
    if (!isAfter(entry.id, this.last)) return;
    this.last = entry.id;
    this.deliver(entry);
  }

  #listen() {
    this.source = new EventSource(`/api/events?after=${encodeURIComponent(this.last)}`);
    this.source.onopen = () => {
      this.failures = 0;
      this.changed("online");
    };
    this.source.onmessage = (event) => this.#take(JSON.parse(event.data));
    this.source.onerror = () => {
      this.failures += 1;
      this.changed("offline");
      if (this.source.readyState === EventSource.CLOSED || this.failures >= 4) {
        this.source.close();
        this.#poll();
      }
    };
  }

  async #poll() {
    if (this.polling) return;
    this.polling = true;
    for (;;) {
      try {
        const answer = await api.poll(this.last, 25);
        this.changed("online");
        answer.entries.forEach((entry) => this.#take(entry));
      } catch (problem) {
        this.changed(problem.code === "session_unknown" ? "gone" : "offline");
        if (problem.code === "session_unknown") return;
        await new Promise((done) => setTimeout(done, 3000));
      }
    }
  }
}

function isAfter(one, other) {
  const [a, b] = [one, other].map((id) => id.split("-").map(Number));
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}
