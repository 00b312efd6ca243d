// Where the customer types. The three ways that are always open stand above it: back, my business, help.
import { Input } from "@chatui/core";
import { useRef, useState } from "preact/hooks";
import { prepareFile } from "../capture/prepare";
import { texts } from "../texts";
import { Icon } from "./icons";
import { actions } from "./session";

const LONGEST = 1000;
const TAKEN_BY_INPUT_METHOD = 229;

/** Enter also chooses characters while Chinese is being typed. Safari says so by the code alone: to it, the composing is over by then. */
const composes = (event: KeyboardEvent) => event.isComposing || event.keyCode === TAKEN_BY_INPUT_METHOD;

export function Composer() {
  const T = texts().page;
  const [words, setWords] = useState("");
  const album = useRef<HTMLInputElement>(null);

  function send(): void {
    const said = words.trim();
    if (!said) return;
    setWords("");
    void actions.say(said);
  }

  /** Shrunk first; what it shows is for the server to say. */
  async function sendPhoto(file: File): Promise<void> {
    await actions.photo((await prepareFile(file, true)).photo);
  }

  function chosen(event: Event): void {
    const input = event.currentTarget as HTMLInputElement;
    const file = input.files?.[0];
    if (file) void sendPhoto(file);
    input.value = "";
  }

  function pasted(event: ClipboardEvent): void {
    const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (!file) return;
    event.preventDefault();
    void sendPhoto(file);
  }

  return (
    <footer class="bottom">
      <nav class="ways" aria-label={T.ways}>
        {[T.back, T.business, T.help].map((title) => (
          <button key={title} type="button" class="way" onClick={() => void actions.say(title)}>
            {title}
          </button>
        ))}
      </nav>
      <form
        class="composer"
        autocomplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <button type="button" class="icon-button" aria-label={T.photo} title={T.photo} onClick={() => album.current?.click()}>
          <Icon name="photo" />
        </button>
        <input ref={album} class="unseen" type="file" accept="image/*" tabIndex={-1} aria-hidden="true" onChange={chosen} />
        <Input
          class="words"
          aria-label={T.input}
          name="words"
          rows={1}
          maxRows={4}
          autoSize
          showCount={false}
          maxLength={LONGEST}
          placeholder={T.placeholder}
          enterKeyHint="send"
          value={words}
          onChange={(value: string) => setWords(value)}
          onPaste={pasted as never}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || composes(event as unknown as KeyboardEvent)) return;
            event.preventDefault();
            send();
          }}
        />
        {words.trim() && (
          <button type="submit" class="button primary send">
            {T.send}
          </button>
        )}
      </form>
    </footer>
  );
}
