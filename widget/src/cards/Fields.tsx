// Values that were read, beside the photo they were read from: compared, corrected in their place, confirmed.
import { useId, useState } from "preact/hooks";
import { fill, texts } from "../texts";
import type { Button, ShownField } from "../contract";
import { lines, sharedStart, widthOf } from "./lines";
import { grouped } from "./numbers";
import { Frame, Press, Thumb, Usable } from "./parts";
import type { CardOf, CardProps } from "./types";

const CONFIRMING = ["yes", "add"];
const OTHER_WAYS = ["replace"];
const MOST_ON_A_LINE = 26; // halves of a Chinese sign: 13 of those, or a card number of 19 digits

export function Fields({ card, act, live, busy, buttons }: CardProps<CardOf<"fields">>) {
  const T = texts().values;
  const [edits, setEdits] = useState<Record<string, string>>({});
  const changed = card.fields.filter((field) => field.name in edits && edits[field.name]!.trim() !== field.value);
  const doubtful = card.fields.filter((field) => field.doubtful).length;
  const main = buttons.filter((button) => CONFIRMING.includes(button.choice ?? ""));
  const ways = buttons.filter((button) => OTHER_WAYS.includes(button.choice ?? ""));

  async function save(event: Event) {
    event.preventDefault();
    if (!changed.length) return;
    const fields = Object.fromEntries(changed.map((field) => [field.name, edits[field.name]!.trim()]));
    if (await act.fields(fields, changed.map((field) => field.label).join("、"))) setEdits({});
  }

  return (
    <Frame>
      {card.image && <Thumb image={card.image} label={texts().message.photo} wide />}
      {live && doubtful > 0 && <p class="notice warn">{fill(T.lookAtMarked, { count: doubtful })}</p>}
      <Usable live={live} busy={busy}>
        <form class="values" autocomplete="off" onSubmit={(event) => void save(event)}>
          {lines(card.fields).map((line) => (
            <div key={line[0]!.name} class={line.length > 1 ? "line two" : "line"}>
              {line.map((field, at) => (
                <Value
                  key={field.name}
                  field={field}
                  live={live}
                  value={edits[field.name] ?? field.value}
                  said={at ? sharedStart(line[0]!.label, field.label) : 0}
                  onInput={(text) => setEdits({ ...edits, [field.name]: text })}
                />
              ))}
            </div>
          ))}
          {changed.length > 0 && (
            <button type="submit" class="button primary">
              {T.save}
            </button>
          )}
        </form>
        {live && (
          <>
            <div class="actions">
              {[...main, ...ways].map((button) => (
                <Press key={button.id} button={button} act={act} look={button === main[0] && !changed.length ? "primary" : "secondary"} disabled={changed.length > 0} />
              ))}
            </div>
            {changed.length > 0 && <p class="hint">{T.saveFirst}</p>}
            <Others buttons={buttons.filter((button) => !main.includes(button) && !ways.includes(button))} act={act} />
          </>
        )}
      </Usable>
    </Frame>
  );
}

function Others({ buttons, act }: { buttons: Button[]; act: CardProps["act"] }) {
  if (!buttons.length) return null;
  return (
    <div class="others">
      {buttons.map((button) => (
        <Press key={button.id} button={button} act={act} look="text" />
      ))}
    </div>
  );
}

interface ValueProps {
  field: ShownField;
  live: boolean;
  value: string;
  /** So many signs of the label stand on the line already: 有效期起 … 止. */
  said: number;
  onInput: (value: string) => void;
}

function Value({ field, live, value, said, onInput }: ValueProps) {
  const T = texts().values;
  const id = useId();
  const long = widthOf(field.value) > MOST_ON_A_LINE;
  const shared = { id, name: field.name, value, maxLength: 200, "aria-describedby": field.doubtful ? `${id}-doubt` : undefined } as const;
  return (
    <div class={live && field.doubtful ? "value doubtful" : "value"}>
      {field.editable ? (
        <label for={id}>
          {said > 0 && <span class="said">{field.label.slice(0, said)}</span>}
          {field.label.slice(said)}
        </label>
      ) : (
        <span class="name">{field.label}</span>
      )}
      {!field.editable || !live ? (
        <b>{field.value || T.empty}</b>
      ) : long ? (
        <textarea rows={2} {...shared} onInput={(event) => onInput(event.currentTarget.value.replace(/\n/g, ""))} />
      ) : (
        <input type="text" autocomplete="off" {...shared} onInput={(event) => onInput(event.currentTarget.value)} />
      )}
      {field.name === "card_number" && <small aria-hidden="true">{grouped(value)}</small>}
      {live && field.doubtful && <em id={`${id}-doubt`}>{value ? T.doubtful : T.missing}</em>}
    </div>
  );
}
