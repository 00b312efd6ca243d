// The bank cards of this case so far.
import { texts, fill } from "../texts";
import type { Button } from "../contract";
import { Answers, chosen, Frame, Usable } from "./parts";
import type { CardOf, CardProps } from "./types";

type Row = CardOf<"bank_cards">["cards"][number];

export function CardRows({ cards, buttons = [], act }: { cards: Row[]; buttons?: Button[]; act?: CardProps["act"] }) {
  const T = texts().bankCards;
  if (!cards.length) return <p class="faint">{T.none}</p>;
  return (
    <ul class="bank-cards">
      {cards.map((card) => {
        const remove = card["seq"] ? chosen(buttons, "remove", card["seq"]) : undefined;
        return (
          <li key={`${card["seq"]}${card["tail"]}`}>
            <span class="bank">
              {card["bank"]}
              <b>{fill(T.tail, { tail: card["tail"] ?? "" })}</b>
            </span>
            <span class="branch">
              {card["branch"]}
              {card["action"] && <em>{card["action"]}</em>}
            </span>
            {remove && act && (
              <button type="button" class="button text danger" aria-label={remove.title} onClick={() => void act.press(remove)}>
                {T.remove}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

export function BankCards({ card, act, live, busy, buttons }: CardProps<CardOf<"bank_cards">>) {
  const rest = buttons.filter((button) => button.choice !== "remove");
  return (
    <Frame title={texts().bankCards.title}>
      <Usable live={live} busy={busy}>
        <CardRows cards={card.cards} buttons={live ? buttons : []} act={act} />
        <Answers buttons={rest} act={act} live={live} busy={busy} />
      </Usable>
    </Frame>
  );
}
