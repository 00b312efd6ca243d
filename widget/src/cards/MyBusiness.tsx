// 我的业务: what is under way, each with its own 操作 and 放弃; what is over, folded (R-071…R-080).
import { useRef, useState } from "preact/hooks";
import { fill, texts } from "../texts";
import type { Button, CaseRow } from "../contract";
import { Frame, Pairs, Press, Usable } from "./parts";
import type { Actions, CardOf, CardProps } from "./types";

const FEW = 3;

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
      </Usable>
      {card.completed.length > 0 && <Completed rows={card.completed} act={act} />}
    </Frame>
  );
}

/** What is over, the newest first; all of it only when it is asked for. */
function Completed({ rows, act }: { rows: CaseRow[]; act: Actions }) {
  const T = texts().business;
  const [all, setAll] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const hidden = all ? 0 : rows.length - FEW;

  function showAll() {
    setAll(true);
    // The button goes; whoever used the keyboard is at the first of what has come.
    requestAnimationFrame(() => (list.current?.children[FEW] as HTMLElement | undefined)?.focus({ preventScroll: true }));
  }

  return (
    <details class="fold">
      <summary>{fill(T.completed, { count: rows.length })}</summary>
      <ul class="cases" ref={list}>
        {(all ? rows : rows.slice(0, FEW)).map((row) => (
          <Row key={row.case_no} row={row} act={act} buttons={[]} />
        ))}
      </ul>
      {hidden > 0 && (
        <button type="button" class="button text more" onClick={showAll}>
          {fill(T.more, { count: hidden })}
        </button>
      )}
    </details>
  );
}

const signedUrl = (paper: string) => `/api/signed/${encodeURIComponent(paper)}`;

function Row({ row, act, buttons }: { row: CaseRow; act: Actions; buttons: Button[] }) {
  const T = texts().business;
  return (
    <li class={row.current ? "current" : ""} tabIndex={-1}>
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
