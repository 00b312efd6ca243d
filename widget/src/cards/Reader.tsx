// The reading window of a document. 同意 opens after the end was reached and the least time has passed; both noted by the server.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Button, DocumentCard } from "../contract";
import { closeModal, openModal } from "../shell/modal";
import { fill, texts } from "../texts";
import { noteDocument, openDocument, Problem, type DocumentText } from "../transport/api";
import { kept } from "./kept";
import { chosen, Pairs, Press } from "./parts";
import "./reader.css";
import { forget, gate, keep, readingOf, UNREAD, type Reading } from "./reading";
import type { Actions } from "./types";

const TICK_MS = 500;
const NEARLY = 12; // px from the end that count as the end

interface Props {
  document: string;
  title: string;
  /** What a separate consent is about, in short. */
  consent?: DocumentCard["consent"];
  /** Read before: nothing is counted, and it can be closed at once. */
  read: boolean;
  buttons: Button[];
  act: Actions;
  busy: boolean;
  onClose: () => void;
}

export function Reader({ document, title, consent = null, read, buttons, act, busy, onClose }: Props) {
  const T = texts().document;
  const dialog = useRef<HTMLDialogElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const [text, setText] = useState<DocumentText | null>(null);
  const [problem, setProblem] = useState("");
  const [reading, setReading] = useState<Reading>(UNREAD);
  const state = useRef(reading);
  const noting = useRef(false);
  const counts = !read && buttons.length > 0;

  function change(part: Partial<Reading>) {
    state.current = { ...state.current, ...part };
    setReading(state.current);
    if (text && counts) keep(text.sha256, state.current, kept());
  }

  async function load() {
    setProblem("");
    try {
      const found = await openDocument(document);
      state.current = readingOf(found.sha256, kept());
      setReading(state.current);
      setText(found);
    } catch (error) {
      setProblem(error instanceof Problem ? error.message : T.failed);
    }
  }

  useEffect(() => {
    openModal(dialog.current!);
    void load();
  }, []);

  // Before it is painted: nobody sees the text jump, and nothing that was scrolled meanwhile is undone.
  useLayoutEffect(() => {
    if (!text || !body.current) return;
    body.current.scrollTop = state.current.place * (body.current.scrollHeight - body.current.clientHeight);
    body.current.focus({ preventScroll: true });
    look();
  }, [text]);

  useEffect(() => {
    if (!text || !counts) return;
    let before = Date.now();
    const timer = setInterval(() => {
      const now = Date.now();
      if (window.document.visibilityState === "visible" && state.current.opened) change({ spent: state.current.spent + Math.min(now - before, 2 * TICK_MS) });
      before = now;
      void note();
    }, TICK_MS);
    void note();
    return () => clearInterval(timer);
  }, [text]);

  /** Tell the server what has happened and was not noted yet. */
  async function note() {
    const { opened, place, reached } = state.current;
    const event = !opened ? "opened" : place >= 1 && !reached ? "end" : null;
    if (!text || !event || noting.current) return;
    noting.current = true;
    try {
      await noteDocument(text.id, event, { version: text.version, sha256: text.sha256 });
      change(event === "opened" ? { opened: true } : { reached: true });
      setProblem("");
    } catch (error) {
      const code = error instanceof Problem ? error.code : "";
      // Never opened, says the server: another case, or another day. Then it begins anew.
      if (event === "end" && code === "document_not_read") change({ ...UNREAD, place: state.current.place });
      else setProblem(error instanceof Problem ? error.message : T.notNoted);
    } finally {
      noting.current = false;
    }
  }

  function look() {
    const { scrollTop, clientHeight, scrollHeight } = body.current!;
    const end = scrollTop + clientHeight >= scrollHeight - NEARLY;
    const place = end ? 1 : scrollTop / Math.max(1, scrollHeight - clientHeight);
    // The end stays reached, wherever the customer looks afterwards.
    if (state.current.place < 1) change({ place });
  }

  const locked = counts && text ? gate(reading, text.seconds) : null;
  const ready = text !== null && locked === null;

  function agree() {
    if (text) forget(text.sha256, kept());
    closeModal(dialog.current);
  }

  return (
    <dialog ref={dialog} class="reader" aria-labelledby={`reader-${document}`} onClose={onClose}>
      <header>
        <h2 id={`reader-${document}`}>
          {title}
          {text && <small>{fill(T.version, { version: text.version })}</small>}
        </h2>
        <button type="button" class="button text" onClick={() => closeModal(dialog.current)}>
          {texts().page.close}
        </button>
      </header>
      {counts && <progress class="reader-place" max={1} value={reading.place} aria-label={T.place} />}
      {text ? (
        // The server's own rendering of the company's Markdown: raw HTML is switched off there.
        <div ref={body} class="reader-body" tabIndex={0} role="region" aria-label={title} onScroll={look}>
          {consent && <Gist of={consent} />}
          <div dangerouslySetInnerHTML={{ __html: text.html }} />
        </div>
      ) : (
        <div class="reader-body">{problem ? <Retry problem={problem} again={() => void load()} /> : <p>{texts().page.loading}</p>}</div>
      )}
      {counts && text && (
        <footer>
          <p class={problem ? "hint bad" : "hint"} role="status">
            {problem || wordsOf(locked)}
          </p>
          <div class="actions">
            <Press button={chosen(buttons, "agree")} act={{ ...act, press: (button) => (agree(), act.press(button)) }} look="primary" disabled={!ready || busy}>
              {T.agree}
            </Press>
            <Press button={chosen(buttons, "disagree")} act={{ ...act, press: (button) => (closeModal(dialog.current), act.press(button)) }} disabled={busy} />
          </div>
        </footer>
      )}
    </dialog>
  );
}

/** Shown above the text: PIPL art. 17 wants what is done with the data to stand out. */
function Gist({ of }: { of: NonNullable<DocumentCard["consent"]> }) {
  const T = texts().document;
  return (
    <aside class="gist" aria-label={T.consent}>
      <h3>{T.consent}</h3>
      <Pairs
        of={[
          [T.what, of.what],
          [T.why, of.why],
          [T.howLong, of.how_long],
        ]}
      />
    </aside>
  );
}

function Retry({ problem, again }: { problem: string; again: () => void }) {
  return (
    <div class="notice bad" role="alert">
      <p>{problem}</p>
      <button type="button" class="button secondary" onClick={again}>
        {texts().message.retry}
      </button>
    </div>
  );
}

function wordsOf(locked: ReturnType<typeof gate>): string {
  const T = texts().document;
  if (locked === null) return T.ready;
  if (locked === "scroll") return T.scroll;
  if (locked === "noting") return T.noting;
  // A screen reader should not hear every second.
  return fill(T.left, { seconds: locked.left > 5 ? Math.ceil(locked.left / 5) * 5 : locked.left });
}
