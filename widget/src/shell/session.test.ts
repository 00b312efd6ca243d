import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Inbound, Outbound } from "../contract";
import type { Link } from "../transport/stream";

/** The server, and the stream from it, as the test wants them. */
const server = {
  down: false,
  /** Received, but the receipt is lost on the way. */
  deaf: false,
  got: [] as Inbound[],
  past: [] as Outbound[],
  deliver: (_: Outbound) => {},
  linked: (_: Link) => {},
  connected: 0,
};

vi.mock("./brand", () => ({ refresh: async () => undefined }));
vi.mock("../transport/stream", () => ({
  Stream: class {
    constructor(deliver: (entry: Outbound) => void, linked: (link: Link) => void) {
      Object.assign(server, { deliver, linked });
    }
    start() {}
    connect() {
      server.connected += 1;
    }
    async expect() {}
  },
}));
vi.mock("../transport/api", async (original) => {
  const real = await original<typeof import("../transport/api")>();
  return {
    ...real,
    enter: async () => ({ conversation: "talk", created: false }),
    history: async () => ({ entries: server.past, last: "0-0", before: null, logged_in: false, progress: null }),
    send: async (message: Inbound) => {
      if (!server.down) server.got.push(message);
      if (server.down || server.deaf) throw new real.Problem(0, "network", "连不上");
      return { cid: message.cid };
    },
  };
});

const listeners: Record<string, () => void> = {};
const listen = (name: string, heard: () => void) => void (listeners[name] = heard);
const page = { visibilityState: "visible", addEventListener: listen };
const stored = new Map<string, string>();

let count = 0;
function entry(over: Partial<Outbound>): Outbound {
  count += 1;
  return { id: `${count}-0`, at: "2026-01-01T00:00:00Z", kind: "message", author: "assistant", cid: null, text: null, buttons: [], card: null, upload: null, agreed: null, progress: null, ...over };
}
const texts = () => server.got.map((message) => (message.type === "text" ? message.text : message.type));
const bubbles = () => session.conversation.items.value.map((item) => [item.text, item.state]);
const button = { id: "b".repeat(8), title: "下一步", choice: null, item: null };

let session: typeof import("./session");

async function opened(): Promise<void> {
  vi.resetModules();
  session = await import("./session");
  await session.open();
  session.follow();
}

beforeEach(async () => {
  vi.useFakeTimers();
  Object.assign(server, { down: false, deaf: false, got: [], past: [], connected: 0 });
  count = 0;
  stored.clear();
  vi.stubGlobal("localStorage", { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => stored.set(key, value), removeItem: (key: string) => stored.delete(key) });
  vi.stubGlobal("location", { search: "", pathname: "/" });
  vi.stubGlobal("navigator", { onLine: true });
  vi.stubGlobal("document", page);
  vi.stubGlobal("addEventListener", listen);
  page.visibilityState = "visible";
  await opened();
});

/** Long enough for three attempts, and less than until the page tries again of itself. */
const attempts = () => vi.advanceTimersByTimeAsync(4_000);

describe("the page", () => {
  test("sends what failed, in order, when the stream opens", async () => {
    server.down = true;
    void session.actions.say("一");
    void session.actions.say("二");
    await attempts();
    expect(bubbles()).toEqual([["一", "failed"], ["二", "failed"]]);
    server.down = false;
    server.linked("online");
    await attempts();
    expect(texts()).toEqual(["一", "二"]);
    expect(bubbles()).toEqual([["一", "sent"], ["二", "sent"]]);
  });

  test("sends what failed after the stream had opened, too", async () => {
    server.down = true;
    void session.actions.say("一");
    server.linked("online"); // too early: the network is not back yet
    await vi.advanceTimersByTimeAsync(9_000);
    expect(bubbles()).toEqual([["一", "failed"]]);
    server.down = false;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(texts()).toEqual(["一"]);
  });

  test("does not try for ever while it knows that there is no connection", async () => {
    server.down = true;
    server.linked("reconnecting");
    void session.actions.say("一");
    await attempts();
    const heard = vi.fn();
    session.conversation.items.subscribe(heard);
    heard.mockClear();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard).not.toHaveBeenCalled();
  });

  test("does not send again what the stream shows to have arrived", async () => {
    server.deaf = true;
    void session.actions.say("一");
    await attempts();
    expect(bubbles()).toEqual([["一", "failed"]]);
    const { cid } = server.got[0]!;
    server.deliver(entry({ author: "customer", cid, text: "一" }));
    server.deliver(entry({ cid, text: "好的" }));
    server.deliver(entry({ kind: "turn_done", cid }));
    const before = server.got.length;
    server.linked("online");
    await attempts();
    expect(server.got).toHaveLength(before);
    expect(bubbles()).toEqual([["一", undefined], ["好的", undefined]]);
  });

  test("shows words once that arrived although the app was killed before their receipt came", async () => {
    server.deaf = true;
    void session.actions.say("一");
    await attempts();
    const { cid } = server.got[0]!;
    server.deaf = false;
    server.past = [entry({ author: "customer", cid, text: "一" }), entry({ cid, text: "好的" })];
    await opened();
    await attempts();
    expect(bubbles()).toEqual([["一", undefined], ["好的", undefined]]);
    expect(stored.size).toBe(0);
  });

  test("sends one answer to a question, the last one given, however often it was pressed without a network", async () => {
    server.down = true;
    void session.actions.press(button);
    await attempts();
    void session.actions.press({ ...button, id: "c".repeat(8), title: "返回" });
    await attempts();
    expect(bubbles()).toEqual([["返回", "failed"]]);
    server.down = false;
    server.linked("online");
    await attempts();
    expect(server.got.map((message) => message.type === "button" && message.button)).toEqual(["c".repeat(8)]);
  });

  test("keeps the id of an answer that is given once more, for the server may have it", async () => {
    server.deaf = true;
    void session.actions.fields({ branch: "上海" }, "上海");
    await attempts();
    server.deaf = false;
    await session.actions.fields({ branch: "上海" }, "上海");
    expect(new Set(server.got.map((message) => message.cid)).size).toBe(1);
    expect(bubbles()).toEqual([["上海", "sent"]]);
  });

  test("takes back that the network is slow when the message has gone out, or failed", async () => {
    server.down = true;
    void session.actions.say("一");
    session.link.value = "slow";
    await attempts();
    expect(bubbles()).toEqual([["一", "failed"]]);
    expect(session.link.value).toBe("online");
  });

  test("connects anew after it was out of sight for long, for its connection may only look open", async () => {
    const look = async (seconds: number) => {
      page.visibilityState = "hidden";
      listeners["visibilitychange"]!();
      await vi.advanceTimersByTimeAsync(seconds * 1000);
      page.visibilityState = "visible";
      listeners["visibilitychange"]!();
      return server.connected;
    };
    expect(await look(5)).toBe(0);
    expect(await look(60)).toBe(1);
  });
});
