import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Outbound } from "../contract";
import { Conversation } from "./conversation";

let count = 0;
function entry(over: Partial<Outbound>): Outbound {
  count += 1;
  return { id: `${count}-0`, at: "2026-01-01T00:00:00Z", kind: "message", author: "assistant", cid: null, text: null, buttons: [], card: null, upload: null, agreed: null, progress: null, ...over };
}
const button = { id: "b".repeat(8), title: "下一步" } as Outbound["buttons"][number];
const question = (cid: string) => entry({ cid, text: "好吗？", buttons: [button] });
const over = (cid: string) => entry({ kind: "turn_done", cid });
const words = (talk: Conversation) => talk.items.value.map((item) => item.text);
const live = (talk: Conversation) => talk.items.value.filter((item) => talk.isLive(item)).map((item) => item.cid);

let talk: Conversation;
beforeEach(() => {
  vi.useFakeTimers();
  count = 0;
  talk = new Conversation();
  talk.begin([], null);
});

describe("a conversation", () => {
  test("shows an entry once, however often it comes", () => {
    const hello = entry({ text: "您好" });
    talk.take(hello);
    talk.take(hello);
    expect(words(talk)).toEqual(["您好"]);
  });

  test("shows the server's masked words in the place of what was typed", () => {
    talk.add("c1", { text: "＊＊＊＊" });
    talk.take(entry({ author: "customer", cid: "c1", text: "110***********002X" }));
    expect(words(talk)).toEqual(["110***********002X"]);
  });

  test("keeps what could not be sent at the end, after all that was said meanwhile", () => {
    talk.add("c1", { text: "没发出去" });
    talk.change("c1", { state: "failed", problem: "网络" });
    talk.take(entry({ cid: "news", text: "审核通过" }));
    expect(words(talk)).toEqual(["审核通过", "没发出去"]);
  });

  test("shows an answer as being written from the moment of asking until its turn is over", () => {
    talk.await("c1");
    expect(talk.typing.value).toBe(true);
    talk.take(over("c1"));
    expect(talk.typing.value).toBe(false);
    talk.await("c1"); // the word that it was taken came late
    expect(talk.typing.value).toBe(false);
  });

  test("does not show an answer as being written for ever", () => {
    talk.await("c1");
    vi.advanceTimersByTime(61_000);
    expect(talk.typing.value).toBe(false);
  });

  test("lets only the newest question be answered", () => {
    for (const cid of ["c1", "c2"]) {
      talk.take(question(cid));
      talk.take(over(cid));
    }
    expect(live(talk)).toEqual(["c2"]);
  });

  test("leaves the open question open when news arrive", () => {
    talk.take(question("c1"));
    talk.take(over("c1"));
    const result = { version: 1, card: "result", case_no: "JS-AAAA-BBBB", outcome: "done", fund_account: null, remark: null } as Outbound["card"];
    talk.take(entry({ cid: "news", text: "办好了", card: result }));
    talk.take(over("news"));
    expect(live(talk)).toEqual(["c1"]);
    expect(talk.items.value[0]?.buttons).toHaveLength(1);
  });

  test("takes the buttons away that a turn without a question made void", () => {
    talk.take(question("c1"));
    talk.take(over("c1"));
    talk.add("c2", { text: "随便说说" });
    talk.take(entry({ cid: "c2", text: "嗯" }));
    talk.take(over("c2"));
    expect(talk.items.value.every((item) => item.buttons.length === 0)).toBe(true);
  });

  test("shows what was said in another tab, and that its answer is under way", () => {
    talk.take(entry({ author: "customer", cid: "other", text: "我在另一页说的" }));
    expect(words(talk)).toEqual(["我在另一页说的"]);
    expect(talk.typing.value).toBe(true);
  });

  test("goes on waiting for an answer after a reload", () => {
    talk = new Conversation();
    talk.begin([entry({ author: "customer", cid: "c1", text: "在吗" })], null);
    expect(talk.typing.value).toBe(true);
  });

  test("puts older messages in front, without their buttons, and none twice", () => {
    const [first, second] = [question("c1"), entry({ text: "二" })];
    talk.begin([second], null);
    talk.prepend([first, second]);
    expect(words(talk)).toEqual(["好吗？", "二"]);
    expect(talk.items.value[0]?.buttons).toEqual([]);
  });

  test("remembers where the customer is until a turn says otherwise", () => {
    const steps = [{ name: "part_login", title: "身份证登录", state: "now" as const }];
    talk.take(entry({ kind: "turn_done", cid: "c1", progress: steps }));
    talk.take(over("c2"));
    expect(talk.steps.value).toEqual(steps);
  });

  describe("a document", () => {
    const asked = (document: string) =>
      entry({ cid: "ask", card: { card: "document", document, title: "", document_version: "1", sha256: "", seconds: 5, agreed: false } as Outbound["card"] });
    const ticks = () => talk.items.value.flatMap((item) => (item.card?.card === "document" ? [item.card.agreed] : []));

    test("is ticked as soon as its turn agreed to it, and no other", () => {
      for (const name of ["one", "two"]) talk.take(asked(name));
      talk.take(entry({ cid: "c1", agreed: "one", text: "下一份" }));
      expect(ticks()).toEqual([true, false]);
    });

    test("is ticked after a reload as well, even when the page begins between question and answer", () => {
      const question = asked("one");
      talk.begin([entry({ cid: "c1", agreed: "one" })], null);
      talk.prepend([question]);
      expect(ticks()).toEqual([true]);
    });

    test("that is asked for once more is open again, while the answer of then keeps its tick", () => {
      talk.take(asked("one"));
      talk.take(entry({ cid: "c1", agreed: "one" }));
      talk.take(asked("one"));
      expect(ticks()).toEqual([true, false]);
    });
  });
});
