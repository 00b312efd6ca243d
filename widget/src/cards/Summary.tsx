// Everything that is about to be submitted, and 确定.
import { texts } from "../texts";
import { CardRows } from "./BankCards";
import { Answers, Frame, Mark, Pairs, pairsOf } from "./parts";
import type { CardOf, CardProps } from "./types";

export function Summary({ card, act, live, busy, buttons }: CardProps<CardOf<"summary">>) {
  const T = texts().summary;
  return (
    <Frame title={T.title}>
      <Pairs of={pairsOf(card.fields)} />
      <h4>{T.cards}</h4>
      <CardRows cards={card.cards} />
      <h4>{T.documents}</h4>
      <ul class="marked">
        {card.documents.map((title) => (
          <li key={title}>
            <Mark kind="done" />《{title}》
          </li>
        ))}
      </ul>
      <Answers buttons={buttons} act={act} live={live} busy={busy} />
    </Frame>
  );
}
