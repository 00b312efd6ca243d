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

const ATTEMPTS = 3;
const PAUSES_MS = [800, 2_500];

export class Outbox {
  private readonly queue: Waiting[] = [];
  private running = false;

  /** The two requests, so that tests need no server. */
  constructor(
    private readonly requests: { send: typeof api.send; upload: typeof api.upload } = api,
    private readonly wait: (milliseconds: number) => Promise<void> = sleep,
  ) {}

  /** Send it when what was said before is through. Resolves to whether the server took it; see `fate` for retries. */
  add(message: Outgoing, fate: (fate: Fate) => void): Promise<boolean> {
    return new Promise((settled) => {
      this.queue.push({ ...message, told: fate, settled, failed: null });
      fate({ state: "sending" });
      void this.run();
    });
  }

  /** Try again what failed: one message, or all that failed because the network was gone. */
  retry(cid?: string): void {
    for (const message of this.queue) {
      if (!message.failed || (cid ? message.cid !== cid && !message.failed.passing : !message.failed.passing)) continue;
      message.failed = null;
      message.told({ state: "sending" });
    }
    void this.run();
  }

  /** Forget a message that failed. */
  drop(cid: string): void {
    const place = this.queue.findIndex((message) => message.cid === cid && message.failed);
    if (place >= 0) this.queue.splice(place, 1);
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    let message: Waiting | undefined;
    while ((message = this.queue.find((one) => !one.failed))) {
      const problem = await this.deliver(message);
      if (!problem) {
        this.queue.splice(this.queue.indexOf(message), 1);
        message.told({ state: "sent" });
        message.settled(true);
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
