// The banks that the company supports: to look up, and where the question asks for one, to choose from.
import { useId, useState } from "preact/hooks";
import { fill, texts } from "../texts";
import { Answers, chosen, Frame, Press, Usable } from "./parts";
import type { CardOf, CardProps } from "./types";

const FEW = 8;

type Bank = CardOf<"bank_list">["banks"][number];

/** Banks whose name holds the words in order, or whose code begins with them: 建行 finds 建设银行. */
export function matching(banks: Bank[], words: string): Bank[] {
  const wanted = words.replace(/\s/g, "").toUpperCase();
  return banks.filter((bank) => inOrder(wanted, bank["name"] ?? "") || (bank["code"] ?? "").startsWith(wanted));
}

function inOrder(wanted: string, name: string): boolean {
  let at = 0;
  for (const sign of name) if (sign === wanted[at]) at += 1;
  return at === wanted.length;
}

export function BankList({ card, act, live, busy, buttons }: CardProps<CardOf<"bank_list">>) {
  const T = texts().banks;
  const [words, setWords] = useState("");
  const id = useId();
  const toChoose = live && buttons.some((button) => button.choice === "bank");
  const found = matching(card.banks, words);
  const list = (
    <>
      {card.banks.length > FEW && (
        <div class="field">
          <label for={id}>{T.search}</label>
          <input id={id} type="search" enterKeyHint="search" autocomplete="off" value={words} placeholder={T.example} onInput={(event) => setWords(event.currentTarget.value)} />
        </div>
      )}
      <p class="unseen" role="status">
        {words && fill(T.found, { count: found.length })}
      </p>
      <ul class={toChoose ? "banks choose" : "banks"}>
        {found.map((bank) => (
          <li key={bank["code"]}>{toChoose ? <Press button={chosen(buttons, "bank", bank["code"])} act={act} look="row" /> : bank["name"]}</li>
        ))}
      </ul>
      {!found.length && <p class="faint">{T.none}</p>}
    </>
  );
  if (!toChoose) {
    return (
      <details class="card fold">
        <summary>{fill(T.title, { count: card.banks.length })}</summary>
        {list}
      </details>
    );
  }
  return (
    <Frame title={fill(T.title, { count: card.banks.length })}>
      <Usable live={live} busy={busy}>
        {list}
        <Answers buttons={buttons.filter((button) => button.choice !== "bank")} act={act} live={live} busy={busy} />
      </Usable>
    </Frame>
  );
}
