// A photo in the conversation: its place is kept while it loads, and a tap shows it large.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { texts } from "../texts";
import { closeModal, openModal } from "./modal";

interface Shown {
  source: string;
  label: string;
}

const looked = signal<Shown | null>(null);

/** Show a picture over the whole page. */
export function lookAt(source: string, label: string): void {
  looked.value = { source, label };
}

export function Photo({ source, label }: Shown) {
  const [gone, setGone] = useState(false);
  const T = texts().message;
  if (gone) return <p class="photo gone">{T.photoGone}</p>;
  return (
    <button type="button" class="photo" aria-label={`${T.lookAtPhoto}：${label}`} onClick={() => lookAt(source, label)}>
      <img src={source} alt={label} width={176} height={112} loading="lazy" decoding="async" onError={() => setGone(true)} />
    </button>
  );
}

/** The large view; one on the page. */
export function Viewer() {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = looked.value;
  useEffect(() => {
    if (shown && dialog.current && !dialog.current.open) openModal(dialog.current);
  }, [shown]);
  if (!shown) return null;
  return (
    <dialog ref={dialog} class="viewer" aria-label={shown.label} onClose={() => (looked.value = null)} onClick={() => closeModal(dialog.current)}>
      <img src={shown.source} alt={shown.label} />
      <button type="button" class="button secondary" onClick={() => closeModal(dialog.current)}>
        {texts().page.close}
      </button>
    </dialog>
  );
}
