// Words that the server has not taken yet outlive a reload and a killed app. Words with a number in them do not:
// an ID or card number must lie on no device.

interface Kept {
  cid: string;
  words: string;
  at: number;
}

const NAME = "settlement-account-unsent";
const KEPT_MS = 30 * 60_000;
const NUMBER = /[0-9０-９][0-9０-９\s-]{3,}/;

export function keep(conversation: string, cid: string, words: string): void {
  if (NUMBER.test(words)) return;
  write(conversation, [...read(conversation).filter((one) => one.cid !== cid), { cid, words, at: Date.now() }]);
}

export function drop(conversation: string, cid: string): void {
  write(conversation, read(conversation).filter((one) => one.cid !== cid));
}

/** What was left unsent lately, oldest first. */
export function kept(conversation: string): Kept[] {
  return read(conversation).filter((one) => Date.now() - one.at < KEPT_MS);
}

function read(conversation: string): Kept[] {
  try {
    const all = JSON.parse(localStorage.getItem(NAME) ?? "{}") as { conversation?: string; words?: Kept[] };
    return all.conversation === conversation ? (all.words ?? []) : [];
  } catch {
    return []; // a browser that forbids storage
  }
}

function write(conversation: string, words: Kept[]): void {
  try {
    if (words.length) localStorage.setItem(NAME, JSON.stringify({ conversation, words }));
    else localStorage.removeItem(NAME);
  } catch {
    // They then last as long as the page.
  }
}
