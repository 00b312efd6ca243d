// Short notices of the page itself, read out by screen readers; they go by themselves.
import { signal } from "@preact/signals";

const SHOWN_MS = 4_000;

const shown = signal<{ id: number; words: string } | null>(null);
let count = 0;

export function note(words: string): void {
  const id = (count += 1);
  shown.value = { id, words };
  setTimeout(() => shown.value?.id === id && (shown.value = null), SHOWN_MS + words.length * 60);
}

export function Notes() {
  return (
    <div class="notes" role="status" aria-live="polite">
      {shown.value && <p key={shown.value.id}>{shown.value.words}</p>}
    </div>
  );
}
