// What became of a submission, and where one is on the way.
import { texts } from "../texts";
import { Answers, Frame, Mark, Pairs } from "./parts";
import type { CardOf, CardProps } from "./types";

const MARKS = { submitted: "now", done: "done", rejected: "bad", failed: "bad", abandoned: "later" } as const;

export function Result({ card, act, live, busy, buttons }: CardProps<CardOf<"result">>) {
  const T = texts().result;
  return (
    <Frame tone={`result ${card.outcome}`}>
      <p class="headline">
        <Mark kind={MARKS[card.outcome]} />
        {T[card.outcome]}
      </p>
      <Pairs
        of={[
          [T.account, card.fund_account],
          [T.caseNo, card.case_no],
          [T.remark, card.remark],
        ]}
      />
      <Answers buttons={buttons} act={act} live={live} busy={busy} />
    </Frame>
  );
}

export function Progress({ card }: CardProps<CardOf<"progress">>) {
  const T = texts().steps;
  return (
    <Frame title={T.label}>
      <ol class="stages">
        {card.steps.map((step) => {
          const state = step["state"] as "done" | "now" | "later";
          return (
            <li key={step["name"]} class={state} aria-current={state === "now" ? "step" : undefined}>
              <Mark kind={state} />
              {step["title"]}
              <span class="unseen">{T[state]}</span>
            </li>
          );
        })}
      </ol>
    </Frame>
  );
}
