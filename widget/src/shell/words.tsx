// The assistant's words: line breaks by CSS, **bold** and https links as elements, everything else as it is.
import type { ComponentChild } from "preact";

const MARKS = /\*\*([^*\n]+)\*\*|(https:\/\/[\w\-./?=&%#~:+]+)/g;

export function Words({ text }: { text: string }) {
  return <>{parts(text)}</>;
}

export function parts(text: string): ComponentChild[] {
  const found: ComponentChild[] = [];
  let last = 0;
  for (const match of text.matchAll(MARKS)) {
    const [whole, bold, link = whole] = match;
    if (match.index > last) found.push(text.slice(last, match.index));
    found.push(
      bold ? (
        <strong key={match.index}>{bold}</strong>
      ) : (
        <a key={match.index} href={link} target="_blank" rel="noopener noreferrer">
          {link}
        </a>
      ),
    );
    last = match.index + whole.length;
  }
  if (last < text.length) found.push(text.slice(last));
  return found;
}
