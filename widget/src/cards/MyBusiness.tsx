// 我的业务: what is under way, each with its own 操作 and 放弃; what is over, folded (R-071…R-080).
import { fill, texts } from "../texts";
import type { Button, CaseRow } from "../contract";
import { Frame, Pairs, Press, Usable } from "./parts";
import type { Actions, CardOf, CardProps } from "./types";

export function MyBusiness({ card, act, live, busy, buttons }: CardProps<CardOf<"my_business">>) {
  const T = texts().business;
  const free = buttons.filter((button) => !card.pending.some((row) => row.case_no === button.item));
  return (
    <Frame>
      <Usable live={live} busy={busy}>
        <h3 class="card-title">{fill(T.pending, { count: card.pending.length })}</h3>
        {card.pending.length ? (
          <ul class="cases">
            {card.pending.map((row) => (
              <Row key={row.case_no} row={row} act={act} buttons={live ? buttons.filter((button) => button.item === row.case_no) : []} />
            ))}
          </ul>
        ) : (
          <p class="faint">{T.none}</p>
        )}
        {live && free.map((button) => <Press key={button.id} button={button} act={act} look="primary" />)}
        {card.completed.length > 0 && (
          <details class="fold">
            <summary>{fill(T.completed, { count: card.completed.length })}</summary>
            <ul class="cases">
              {card.completed.map((row) => (
                <Row key={row.case_no} row={row} act={act} buttons={[]} />
              ))}
            </ul>
          </details>
        )}
      </Usable>
    </Frame>
  );
}

const signedUrl = (paper: string) => `/api/signed/${encodeURIComponent(paper)}`;

function Row({ row, act, buttons }: { row: CaseRow; act: Actions; buttons: Button[] }) {
  const T = texts().business;
  return (
    <li class={row.current ? "current" : ""}>
      <p class="case-head">
        <b>{row.business}</b>
        <span class={`state ${row.state}`}>{row.status}</span>
      </p>
      {row.remark && <p class="notice warn">{`${T.remark}：${row.remark}`}</p>}
      <Pairs
        of={[
          [T.caseNo, row.case_no],
          [T.opened, row.opened],
          [T.updated, row.updated],
        ]}
      />
      {row.signed && (
        <p class="papers">
          <a href={signedUrl(row.signed)} target="_blank" rel="noopener">
            {T.signed}
          </a>
          <a href={`${signedUrl(row.signed)}?download=1`} download>
            {T.download}
          </a>
        </p>
      )}
      {buttons.length > 0 && (
        <div class="actions">
          {buttons.map((button) => (
            <Press key={button.id} button={button} act={act} look={button.choice === "operate" ? "primary" : "text danger"} />
          ))}
        </div>
      )}
    </li>
  );
}
