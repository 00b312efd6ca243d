// What the customer sends: one after the other, in order, each until the server has taken it. An id makes that safe to repeat.
import type { Inbound, UploadMessage } from "../contract";
import * as api from "./api";

/** An inbound message without its id. */
export type Draft = Inbound extends infer M ? (M extends { cid: string } ? Omit<M, "cid"> : never) : never;

export interface Outgoing {
  readonly cid: string;
  draft: Draft;
  /** A photo that is uploaded first. */
  photo?: { file: Blob; kind?: UploadMessage["kind"]; progress?: ((part: number) => void) | undefined } | undefined;
}

export type Fate =
  | { state: "sending" }
  | { state: "sent" }
  /** `passing`: it is tried again when the network is back; otherwise the customer decides. */
  | { state: "failed"; problem: api.Problem; passing: boolean };

interface Waiting extends Outgoing {
  told: (fate: Fate) => void;
  settled: (taken: boolean) => void;
  failed: api.Problem | null;
}

/** What answers one question of the assistant's. */
const ANSWERS = new Set<Draft["type"]>(["button", "fields", "device"]);
const ATTEMPTS = 3;
const PAUSES_MS = [800, 2_500];

export class Outbox {
  private readonly queue: Waiting[] = [];
  private running = false;
  /** A retry was asked for while an attempt was under way, which may have begun before the network was back. */
  private again = false;

  /** The two requests, so that tests need no server. */
  constructor(
    private readonly requests: { send: typeof api.send; upload: typeof api.upload } = api,
    private readonly wait: (milliseconds: number) => Promise<void> = sleep,
  ) {}

  /**
   * Send it when what was said before is through: what failed for want of a network is tried again first.
   * Resolves to whether the server took it; see `fate` for retries.
   */
  add(message: Outgoing, fate: (fate: Fate) => void): Promise<boolean> {
    return new Promise((settled) => {
      this.queue.push({ ...message, told: fate, settled, failed: null });
      fate({ state: "sending" });
      this.revive();
      void this.run();
    });
  }

  /** Try again what failed: one message, or all that failed because the network was gone. */
  retry(cid?: string): void {
    this.revive(cid);
    this.again = this.running;
    void this.run();
  }

  /** The server's own word that it has this message: nothing is left to send, though every receipt was lost. */
  arrived(cid: string): void {
    const message = this.queue.find((one) => one.cid === cid && one.failed);
    if (!message) return;
    this.queue.splice(this.queue.indexOf(message), 1);
    message.told({ state: "sent" });
  }

  /**
   * A question is answered anew whose answer could not be sent: the old answer must not arrive as well. Words and
   * photos stay, for several of them may be meant. Returns what was forgotten.
   */
  forget(anew: Draft): Pick<Outgoing, "cid" | "draft">[] {
    if (!ANSWERS.has(anew.type)) return [];
    const old = this.queue.filter((message) => message.failed && ANSWERS.has(message.draft.type));
    for (const message of old) this.queue.splice(this.queue.indexOf(message), 1);
    return old;
  }

  private revive(cid?: string): void {
    for (const message of this.queue) {
      if (!message.failed || (!message.failed.passing && message.cid !== cid)) continue;
      message.failed = null;
      message.told({ state: "sending" });
    }
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    let message: Waiting | undefined;
    while ((message = this.queue.find((one) => !one.failed))) {
      const problem = await this.deliver(message);
      if (!problem) {
        this.again = false;
        this.queue.splice(this.queue.indexOf(message), 1);
        message.told({ state: "sent" });
        message.settled(true);
        continue;
      }
      if (problem.passing && this.again) {
        this.again = false;
        continue;
      }
      this.fail(message, problem);
      // What was said later must not overtake it.
      if (problem.passing) for (const later of this.queue) if (!later.failed) this.fail(later, problem);
    }
    this.running = false;
  }

  private fail(message: Waiting, problem: api.Problem): void {
    message.failed = problem;
    message.told({ state: "failed", problem, passing: problem.passing });
    message.settled(false);
  }

  private async deliver(message: Waiting): Promise<api.Problem | null> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.once(message);
        return null;
      } catch (error) {
        const problem = error instanceof api.Problem ? error : new api.Problem(0, "network", undefined);
        if (!problem.passing || attempt === ATTEMPTS) return problem;
        await this.wait(problem.retryAfterSeconds > 0 ? Math.min(problem.retryAfterSeconds, 10) * 1_000 : (PAUSES_MS[attempt - 1] ?? 0));
      }
    }
  }

  private async once(message: Waiting): Promise<void> {
    const { photo } = message;
    if (photo && message.draft.type === "upload" && !message.draft.upload) {
      const { upload } = await this.requests.upload(photo.file, photo.kind, photo.progress);
      message.draft = { ...message.draft, upload };
    }
    try {
      await this.requests.send({ ...message.draft, cid: message.cid } as Inbound);
    } catch (error) {
      // The server keeps a photo for a while only; the next attempt brings it anew.
      if (error instanceof api.Problem && error.code === "upload_not_found" && message.draft.type === "upload") {
        message.draft = { ...message.draft, upload: "" };
      }
      throw error;
    }
  }
}

const sleep = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));
