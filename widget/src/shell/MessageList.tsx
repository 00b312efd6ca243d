// The list of messages: pull or press for older ones; new ones come into view unless the customer reads further up.
import { PullToRefresh, Typing } from "@chatui/core";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { lastOf } from "../last";
import { texts } from "../texts";
import { Message } from "./Message";
import { conversation, loadOlder, older } from "./session";

const NEAR_END_PX = 160;
const MARGIN_PX = 8;

export function MessageList() {
  const T = texts().page;
  const box = useRef<HTMLElement>(null);
  const [unread, setUnread] = useState(false);
  const [loading, setLoading] = useState(false);
  const items = conversation.items.value;
  const typing = conversation.typing.value;
  const busy = typing || items.some((item) => item.state === "sending");
  const atEnd = useScrolling(box, items.length, typing, setUnread);
  useFocusKept(box);

  async function more(): Promise<{ noMore: boolean }> {
    const scroller = scrollerOf(box.current);
    const fromEnd = scroller ? scroller.scrollHeight - scroller.scrollTop : 0;
    setLoading(true);
    await loadOlder();
    requestAnimationFrame(() => {
      if (scroller) scroller.scrollTop = scroller.scrollHeight - fromEnd;
      setLoading(false);
    });
    return { noMore: older.value === null };
  }

  return (
    <main class="chat" ref={box} aria-label={T.chat}>
      <PullToRefresh key={older.value === null ? "all" : "more"} {...(older.value === null ? {} : { onRefresh: more })} renderIndicator={() => null}>
        {/* Older messages are no news: they are not read out. */}
        <div class="messages" role="log" aria-live={loading ? "off" : "polite"} aria-relevant="additions">
          {older.value !== null && (
            <button type="button" class="button text older" disabled={loading} onClick={() => void more()}>
              {loading ? T.loading : T.older}
            </button>
          )}
          {items.map((item) => {
            const live = conversation.isLive(item);
            return <Message key={item.key} item={item} live={live} busy={live && busy} />;
          })}
          {typing && (
            <div class="message assistant writing" role="status" aria-label={T.typing}>
              <Typing />
            </div>
          )}
        </div>
      </PullToRefresh>
      {unread && (
        <button type="button" class="button primary newest" onClick={() => atEnd(true)}>
          {T.newest}
        </button>
      )}
    </main>
  );
}

function scrollerOf(box: HTMLElement | null): HTMLElement | null {
  return box?.querySelector<HTMLElement>(".PullToRefresh") ?? null;
}

/** Keeps the end in view; a turn that is taller than the screen is shown from its beginning. */
function useScrolling(box: { current: HTMLElement | null }, count: number, typing: boolean, setUnread: (unread: boolean) => void) {
  const following = useRef(true);
  const before = useRef(0);
  const place = useRef(0);

  function toEnd(smooth: boolean): void {
    const scroller = scrollerOf(box.current);
    if (!scroller) return;
    following.current = true;
    setUnread(false);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scroller.scrollTo({ top: target(scroller), behavior: smooth && !calm ? "smooth" : "auto" });
  }

  useEffect(() => {
    const scroller = scrollerOf(box.current);
    if (!scroller) return;
    const look = () => {
      const near = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;
      const there = near || scroller.scrollTop >= target(scroller) - MARGIN_PX;
      // Not yet there is also who is still being taken there; only the customer goes upwards.
      if (there || scroller.scrollTop < place.current) following.current = there;
      place.current = scroller.scrollTop;
      if (near) setUnread(false);
    };
    scroller.addEventListener("scroll", look, { passive: true });
    // A keyboard that comes up, a picture that arrives, a card that unfolds.
    const resized = new ResizeObserver(() => {
      if (following.current) scroller.scrollTo({ top: target(scroller) });
      const field = document.activeElement;
      if (field?.matches("input, textarea") && scroller.contains(field)) inView(field);
    });
    resized.observe(scroller);
    return () => {
      scroller.removeEventListener("scroll", look);
      resized.disconnect();
    };
  });

  useLayoutEffect(() => {
    const last = lastOf(conversation.items.value);
    const grown = count > before.current && before.current > 0;
    before.current = count;
    if (following.current || (last?.author === "customer" && last.state === "sending")) toEnd(grown);
    else if (grown) setUnread(true);
  }, [count, typing, conversation.turns.value]);

  return toEnd;
}

/** Where to scroll so that the newest turn is seen from its beginning, and as much of it as fits. */
function target(scroller: HTMLElement): number {
  const end = scroller.scrollHeight - scroller.clientHeight;
  const last = lastOf(conversation.items.value);
  if (!last?.cid || last.author !== "assistant") return end;
  const first = [...scroller.querySelectorAll<HTMLElement>(".message.assistant")].find((node) => node.dataset["cid"] === last.cid);
  if (!first) return end;
  const top = first.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
  return Math.max(0, Math.min(end, top - MARGIN_PX));
}

/** A field that is being filled in is seen with its button, above the keyboard too, whatever was said before it. */
function inView(field: Element): void {
  (field.closest(".card") ?? field).scrollIntoView({ block: "nearest" });
  field.scrollIntoView({ block: "nearest" });
}

/** A pressed button disappears with its question; whoever uses a keyboard goes on at the newest answer. */
function useFocusKept(box: { current: HTMLElement | null }): void {
  const inside = useRef(false);
  /** The message of the button that was pressed last: in Safari a tap puts the focus there, not on the button. */
  const around = useRef<Element | null>(null);
  useEffect(() => {
    const node = box.current;
    if (!node) return;
    const entered = () => (inside.current = true);
    const left = (event: FocusEvent) => (inside.current = event.relatedTarget === null);
    const pressed = ({ target }: Event) => (around.current = (target as Element).closest("button")?.closest(".message") ?? null);
    node.addEventListener("focusin", entered);
    node.addEventListener("focusout", left);
    node.addEventListener("click", pressed, true);
    return () => {
      node.removeEventListener("focusin", entered);
      node.removeEventListener("focusout", left);
      node.removeEventListener("click", pressed, true);
    };
  }, []);
  useEffect(() => {
    const held = document.activeElement;
    if (!inside.current || (held !== document.body && held !== around.current)) return;
    const cid = lastOf(conversation.items.value)?.cid;
    const newest = [...(box.current?.querySelectorAll<HTMLElement>(".message.assistant[data-cid]") ?? [])];
    const answers = newest.filter((node) => node.dataset["cid"] === cid);
    // Straight into the field, where the question has one: nobody has to tap it first.
    const field = answers.map((node) => node.querySelector<HTMLElement>("[data-first]:enabled")).find(Boolean);
    (field ?? answers[0])?.focus({ preventScroll: true });
    if (field) inView(field);
  }, [conversation.turns.value]);
}
