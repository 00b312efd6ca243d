// A field whose signs are covered while they are typed. The value stays in the field itself, so that caret, paste, autofill and
// screen readers work as ever; only what is drawn differs: the field's own letters are invisible, and the cover lies under them.
import { useLayoutEffect, useRef } from "preact/hooks";
import { covered } from "./numbers";

interface Props {
  id: string;
  name: string;
  value: string;
  maxLength: number;
  describedBy: string;
  wrong: boolean;
  /** Show everything. */
  open: boolean;
  onInput: (value: string) => void;
}

export function CoveredInput({ id, name, value, maxLength, describedBy, wrong, open, onInput }: Props) {
  const signs = useRef<HTMLSpanElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const follow = () => signs.current && input.current && (signs.current.scrollLeft = input.current.scrollLeft);
  useLayoutEffect(() => void follow(), [value, open]);
  return (
    <span class="covered">
      <span ref={signs} class="covered-signs" aria-hidden="true">
        {open ? value : covered(value)}
      </span>
      <input
        ref={input}
        id={id}
        name={name}
        data-first
        type="text"
        inputMode="text"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        required
        maxLength={maxLength}
        value={value}
        aria-describedby={describedBy}
        aria-invalid={wrong}
        onInput={(event) => onInput(event.currentTarget.value)}
        onScroll={follow}
        onSelect={follow}
      />
    </span>
  );
}
