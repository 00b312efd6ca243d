// What several cards are made of.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Button, ShownField } from "../contract";
import { lookAt } from "../shell/Photo";
import { texts } from "../texts";
import { imageUrl } from "../transport/api";
import type { Actions } from "./types";
import "./cards.css";

interface FrameProps {
  title?: ComponentChildren;
  tone?: string;
  children: ComponentChildren;
}

/** A card's box. */
export function Frame({ title, tone = "", children }: FrameProps) {
  return (
    <section class={`card ${tone}`}>
      {title && <h3 class="card-title">{title}</h3>}
      {children}
    </section>
  );
}

/** The part of a card that can be used: switched off as a whole once it belongs to an earlier question. */
export function Usable({ live, busy, children }: { live: boolean; busy: boolean; children: ComponentChildren }) {
  return (
    <fieldset class="usable" disabled={!live || busy}>
      {children}
    </fieldset>
  );
}

/** Names and values; those without a value are left out. */
export function Pairs({ of }: { of: [string, string | null | undefined][] }) {
  const shown = of.filter(([, value]) => value);
  if (!shown.length) return null;
  return (
    <dl class="pairs">
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export const pairsOf = (fields: ShownField[]): [string, string][] => fields.map((field) => [field.label, field.value]);

interface PressProps {
  button: Button | undefined;
  act: Actions;
  look?: string;
  disabled?: boolean;
  children?: ComponentChildren;
}

/** One of the message's own buttons; nothing when the message has none of that kind. */
export function Press({ button, act, look = "secondary", disabled = false, children }: PressProps) {
  if (!button) return null;
  return (
    <button type="button" class={`button ${look}`} disabled={disabled} onClick={() => void act.press(button)}>
      {children ?? button.title}
    </button>
  );
}

/** The message's button for that choice, of that item if one is named. */
export function chosen(buttons: Button[], choice: string, item?: string): Button | undefined {
  return buttons.find((button) => button.choice === choice && (item === undefined || button.item === item));
}

/** A small picture that opens large; its place is kept while it loads. */
export function Thumb({ image, label, wide = false }: { image: string; label: string; wide?: boolean }) {
  const [gone, setGone] = useState(false);
  const T = texts().message;
  if (gone) return <span class="thumb gone">{T.photoGone}</span>;
  return (
    <button type="button" class={wide ? "thumb wide" : "thumb"} aria-label={`${T.lookAtPhoto}：${label}`} onClick={() => lookAt(imageUrl(image), label)}>
      <img src={imageUrl(image)} alt="" width={112} height={72} loading="lazy" decoding="async" onError={() => setGone(true)} />
    </button>
  );
}

/** A mark in front of a line; drawn, so that no font is needed. */
export function Mark({ kind }: { kind: "done" | "now" | "later" | "bad" | "lock" }) {
  return (
    <svg class={`mark ${kind}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={MARKS[kind]} />
    </svg>
  );
}

const MARKS = {
  done: "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zm5 6.300-6.500 6.500-3-3-1.400 1.400 4.400 4.400 7.900-7.900z",
  now: "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zm0 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16zm0 3.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9z",
  later: "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zm0 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16z",
  bad: "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zm3.500 5.100L12 10.600 8.500 7.100 7.100 8.500l3.500 3.500-3.500 3.500 1.400 1.400 3.500-3.500 3.500 3.500 1.400-1.400-3.500-3.500 3.500-3.500z",
  lock: "M12 2a5 5 0 0 1 5 5v3h1.500A1.500 1.500 0 0 1 20 11.500v9a1.500 1.500 0 0 1-1.500 1.500h-13A1.500 1.500 0 0 1 4 20.500v-9A1.500 1.500 0 0 1 5.500 10H7V7a5 5 0 0 1 5-5zm0 2a3 3 0 0 0-3 3v3h6V7a3 3 0 0 0-3-3z",
};

/** The message's buttons at the foot of a card, the likeliest first and filled. */
export function Answers({ buttons, act, live, busy }: { buttons: Button[]; act: Actions; live: boolean; busy: boolean }) {
  if (!live || !buttons.length) return null;
  return (
    <div class="actions">
      {buttons.map((button, at) => (
        <Press key={button.id} button={button} act={act} look={at === 0 ? "primary" : "secondary"} disabled={busy} />
      ))}
    </div>
  );
}
