// One message: who said it, words, card, photo, and what became of an own one.
import { Bubble } from "@chatui/core";
import { memo } from "preact/compat";
import type { ComponentType } from "preact";
import { registry } from "../cards/registry";
import type { CardProps } from "../cards/types";
import { fill, texts } from "../texts";
import * as api from "../transport/api";
import { Choices } from "./Buttons";
import { Photo } from "./Photo";
import { actions, retry } from "./session";
import type { Item } from "./conversation";
import { Words } from "./words";

interface Props {
  item: Item;
  live: boolean;
  busy: boolean;
}

export const Message = memo(function Message({ item, live, busy }: Props) {
  return item.author === "customer" ? <Own item={item} /> : <Answer item={item} live={live} busy={busy} />;
});

function Answer({ item, live, busy }: Props) {
  const entry = item.card ? registry[item.card.card] : undefined;
  const View = entry?.view as ComponentType<CardProps> | undefined;
  return (
    <article class={View ? "message assistant wide" : "message assistant"} data-cid={item.cid} data-card={item.card?.card} data-live={live} tabIndex={-1}>
      <h2 class="unseen">{texts().message.assistant}</h2>
      {item.text && (
        <Bubble>
          <Words text={item.text} />
        </Bubble>
      )}
      {View && item.card && <View card={item.card} act={actions} live={live} busy={busy} buttons={live ? item.buttons : []} />}
      {!(View && entry?.ownButtons) && <Choices buttons={item.buttons} act={actions} live={live} busy={busy} />}
    </article>
  );
}

function Own({ item }: { item: Item }) {
  const T = texts().message;
  const source = item.preview ?? (item.upload ? api.imageUrl(item.upload) : null);
  return (
    <article class={`message customer ${item.state ?? ""}`} data-cid={item.cid} data-state={item.state}>
      <h2 class="unseen">{T.you}</h2>
      {source ? <Photo source={source} label={T.photo} /> : <Bubble>{item.text}</Bubble>}
      <Fate item={item} />
    </article>
  );
}

function Fate({ item }: { item: Item }) {
  const T = texts().message;
  if (item.state === "failed") {
    return (
      <p class="fate failed" role="alert">
        <span>
          {T.failed}
          {item.problem && `：${item.problem}`}
        </span>
        <button type="button" class="button text" onClick={() => item.cid && retry(item.cid)}>
          {T.retry}
        </button>
      </p>
    );
  }
  if (item.state === "sending") {
    const part = item.progress;
    return (
      <p class="fate">
        {part === undefined ? T.sending : fill(T.uploaded, { percent: Math.round(part * 100) })}
        {part !== undefined && <progress max={1} value={part} aria-label={T.uploading} />}
      </p>
    );
  }
  return item.state === "sent" ? <p class="fate">{T.sent}</p> : null;
}
