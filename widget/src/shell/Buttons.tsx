// The choices under a message: few ones stand as buttons with the likeliest first, many ones as chips.
import type { Actions } from "../cards/types";
import type { Button } from "../contract";

const FEW = 3;

export function Choices({ buttons, act, live, busy }: { buttons: Button[]; act: Actions; live: boolean; busy: boolean }) {
  if (!live || buttons.length === 0) return null;
  const few = buttons.length <= FEW;
  return (
    <div class={few ? "choices few" : "choices"} role="group">
      {buttons.map((button, index) => (
        <button
          key={button.id}
          type="button"
          class={few ? `button ${index === 0 ? "primary" : "secondary"}` : "button chip"}
          disabled={busy}
          onClick={() => void act.press(button)}
        >
          {button.title}
        </button>
      ))}
    </div>
  );
}
