// The text messages that a phone would have received: a page of local runs, the newest message first.
import { signal } from "@preact/signals";
import { render } from "preact";
import "../styles/tokens.css";
import "./inbox.css";
import { texts } from "../texts";

interface Sms {
  id: string;
  phone: string;
  at: string;
  text: string;
}

const REFRESH_MS = 2000;
const messages = signal<Sms[]>([]);

async function refresh(): Promise<void> {
  try {
    const response = await fetch("/api/inbox", { cache: "no-store", signal: AbortSignal.timeout(10_000) });
    if (response.ok) messages.value = (await response.json()) as Sms[];
  } catch {
    // The next round tries again.
  }
  setTimeout(refresh, REFRESH_MS);
}

function Inbox() {
  const T = texts().inbox;
  return (
    <>
      <h1>
        {T.title} <small>{T.note}</small>
      </h1>
      <main aria-live="polite">
        {messages.value.length === 0 && <p class="none">{T.none}</p>}
        {messages.value.map((sms) => (
          <article class="sms" key={sms.id}>
            <p class="meta">
              {sms.phone}　{sms.at.replace("T", " ").slice(0, 19)}
            </p>
            <p>{sms.text}</p>
          </article>
        ))}
      </main>
    </>
  );
}

render(<Inbox />, document.getElementById("inbox")!);
void refresh();
