// What a card gets, and what it may ask the shell to do.
import type { ComponentType } from "preact";
import type { Button, DeviceMessage, Outbound, PhotoCard, UploadMessage } from "../contract";

export type Card = NonNullable<Outbound["card"]>;
export type CardKind = Card["card"];
export type CardOf<K extends CardKind> = Extract<Card, { card: K }>;
export type PhotoKind = PhotoCard["kind"];
export type Measured = Omit<DeviceMessage, "type" | "cid">;

/** What a card may ask of the shell. Every promise resolves to whether the server has taken it; none rejects. */
export interface Actions {
  /** Tap a button of this message. */
  press(button: Button): Promise<boolean>;
  /** Say something in words, as if typed. */
  say(words: string): Promise<boolean>;
  /** Hand in typed values; `shown` stands in the customer's bubble until the server's masked entry comes; "" for no bubble. */
  fields(values: Record<string, string>, shown: string): Promise<boolean>;
  /** Upload a photo and send it; the bubble shows preview, progress and retry. `progress` gets 0…1. */
  photo(file: Blob, kind?: NonNullable<UploadMessage["kind"]>, progress?: (part: number) => void): Promise<boolean>;
  /** Report a device check. */
  device(measured: Measured): Promise<boolean>;
  /** A short notice of the page itself, read out by screen readers. */
  note(words: string): void;
}

export interface CardProps<T = Card> {
  card: T;
  act: Actions;
  /** Whether this card still belongs to the open question; otherwise show its values, but let nothing be done. */
  live: boolean;
  /** An answer is on its way: keep inputs, but do not send twice. */
  busy: boolean;
  /** The message's buttons that still count; drawn below the card by the shell unless the card's entry has `ownButtons`. */
  buttons: Button[];
}

export interface CardEntry<K extends CardKind> {
  view: ComponentType<CardProps<CardOf<K>>>;
  /** The card draws the message's buttons itself. */
  ownButtons?: boolean;
}

export type Registry = { [K in CardKind]?: CardEntry<K> };
