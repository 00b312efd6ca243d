import { describe, expect, test, vi } from "vitest";
import type { Inbound } from "../contract";
import { Problem } from "./api";
import { Outbox, type Fate } from "./outgoing";

const said = (text: string, cid = text) => ({ cid, draft: { type: "text" as const, text } });
const network = () => new Problem(0, "network", "暂时连不上");
const refused = () => new Problem(400, "bad_request", "不行");
const soon = () => Promise.resolve();

/** A server that fails as often as told, and remembers what reached it. */
function server(...failures: (() => Problem)[]) {
  const got: string[] = [];
  const send = vi.fn(async (message: Inbound) => {
    const failure = failures.shift();
    if (failure) throw failure();
    got.push(message.type === "upload" ? `photo ${message.upload}` : message.cid);
    return { cid: message.cid };
  });
  let uploads = 0;
  const upload = vi.fn(async () => ({ upload: `u${(uploads += 1)}` }));
  return { got, send, upload, outbox: new Outbox({ send, upload }, soon) };
}

function fates() {
  const states: string[] = [];
  return { states, told: (fate: Fate) => void states.push(fate.state) };
}

describe("what the customer sends", () => {
  test("arrives in the order in which it was said", async () => {
    const { got, outbox } = server();
    await Promise.all(["一", "二", "三"].map((words) => outbox.add(said(words), () => undefined)));
    expect(got).toEqual(["一", "二", "三"]);
  });

  test("is tried again with the same id when the network fails for a moment", async () => {
    const { got, send, outbox } = server(network, network);
    expect(await outbox.add(said("一"), () => undefined)).toBe(true);
    expect(send.mock.calls.map(([message]) => message.cid)).toEqual(["一", "一", "一"]);
    expect(got).toEqual(["一"]);
  });

  test("is never overtaken by what was said later while the network is gone", async () => {
    const { got, outbox } = server(network, network, network);
    const [first, second] = [fates(), fates()];
    const all = await Promise.all([outbox.add(said("一"), first.told), outbox.add(said("二"), second.told)]);
    expect(all).toEqual([false, false]);
    expect(got).toEqual([]);
    outbox.retry();
    await vi.waitFor(() => expect(got).toEqual(["一", "二"]));
    expect(first.states).toEqual(["sending", "failed", "sending", "sent"]);
    expect(second.states).toEqual(["sending", "failed", "sending", "sent"]);
  });

  test("that the server refuses waits for the customer and holds nothing up", async () => {
    const { got, outbox } = server(refused);
    const first = fates();
    await Promise.all([outbox.add(said("一"), first.told), outbox.add(said("二"), () => undefined)]);
    expect(first.states).toEqual(["sending", "failed"]);
    expect(got).toEqual(["二"]);
    outbox.retry(); // the network coming back is no reason to try it again
    await soon();
    expect(got).toEqual(["二"]);
    outbox.retry("一");
    await vi.waitFor(() => expect(got).toEqual(["二", "一"]));
  });

  test("a photo is uploaded once, however often its message is tried", async () => {
    const { got, upload, outbox } = server(network, network);
    await outbox.add({ cid: "p", draft: { type: "upload", upload: "" }, photo: { file: new Blob(["x"]) } }, () => undefined);
    expect(upload).toHaveBeenCalledTimes(1);
    expect(got).toEqual(["photo u1"]);
  });

  test("a photo that the server has forgotten is brought anew", async () => {
    const { got, outbox } = server(() => new Problem(404, "upload_not_found", ""));
    await outbox.add({ cid: "p", draft: { type: "upload", upload: "" }, photo: { file: new Blob(["x"]) } }, () => undefined);
    outbox.retry("p");
    await vi.waitFor(() => expect(got).toEqual(["photo u2"]));
  });

  test("earlier is tried first when more is said before anybody noticed that the network is back", async () => {
    const { got, outbox } = server(network, network, network);
    const first = fates();
    expect(await outbox.add(said("一"), first.told)).toBe(false);
    expect(await outbox.add(said("二"), () => undefined)).toBe(true);
    expect(got).toEqual(["一", "二"]);
    expect(first.states).toEqual(["sending", "failed", "sending", "sent"]);
  });

  test("does not fail while the network comes back in the middle of the last attempt", async () => {
    const { got, send, outbox } = server(network, network, network);
    const first = fates();
    const tried = send.getMockImplementation()!;
    send.mockImplementation(async (message) => {
      if (send.mock.calls.length === 3) outbox.retry(); // the stream has opened
      return tried(message);
    });
    expect(await outbox.add(said("一"), first.told)).toBe(true);
    expect(first.states).toEqual(["sending", "sent"]);
    expect(got).toEqual(["一"]);
  });

  test("is not sent again once the server's own word has come that it is there", async () => {
    const { got, outbox } = server(network, network, network);
    const first = fates();
    await outbox.add(said("一"), first.told);
    outbox.arrived("一");
    outbox.retry();
    await soon();
    expect(first.states).toEqual(["sending", "failed", "sent"]);
    expect(got).toEqual([]);
  });

  test("an answer gives way to another answer to the same question, but words and photos stay", async () => {
    const { got, outbox } = server(network, network, network);
    const pressed = { type: "button" as const, button: "b".repeat(8) };
    await outbox.add({ cid: "press", draft: pressed }, () => undefined);
    const waits = outbox.add(said("一"), () => undefined);
    expect(outbox.forget({ type: "text", text: "二" })).toEqual([]);
    await waits;
    expect(got).toEqual(["press", "一"]);
  });

  test("an answer that could not be sent is forgotten when another is given", async () => {
    const { got, outbox } = server(network, network, network);
    await outbox.add({ cid: "press", draft: { type: "button", button: "b".repeat(8) } }, () => undefined);
    expect(outbox.forget({ type: "fields", fields: { branch: "上海" } }).map((one) => one.cid)).toEqual(["press"]);
    outbox.retry();
    await soon();
    expect(got).toEqual([]);
  });
});
