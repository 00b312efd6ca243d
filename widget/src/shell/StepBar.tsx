// Where the customer is on the way: one line, always there; a tap unfolds all steps.
import { Step, Stepper } from "@chatui/core";
import { useEffect, useRef, useState } from "preact/hooks";
import { fill, texts } from "../texts";
import { Icon } from "./icons";
import { conversation } from "./session";

export function StepBar() {
  const T = texts().steps;
  const [unfolded, setUnfolded] = useState(false);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!unfolded) return;
    const fold = (event: Event) => !section.current?.contains(event.target as Node) && setUnfolded(false);
    document.addEventListener("pointerdown", fold);
    return () => document.removeEventListener("pointerdown", fold);
  }, [unfolded]);
  const steps = conversation.steps.value;
  if (steps.length === 0) return null;
  const at = steps.findIndex((step) => step.state === "now");
  const finished = at < 0;
  const title = finished ? T.finished : (steps[at]?.title ?? "");
  const position = finished ? "" : fill(T.position, { at: at + 1, all: steps.length });
  return (
    <section ref={section} class="steps" aria-label={T.label} onKeyDown={(event) => event.key === "Escape" && setUnfolded(false)}>
      <button type="button" class="steps-line" aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
        <span class="steps-title">{title}</span>
        <span class="steps-position">{position}</span>
        <span class={unfolded ? "steps-fold up" : "steps-fold"}>
          <Icon name="down" />
        </span>
        <span class="steps-track" aria-hidden="true">
          {steps.map((step) => (
            <i key={step.name} data-state={step.state} />
          ))}
        </span>
      </button>
      {unfolded && (
        <Stepper current={finished ? steps.length : at}>
          {steps.map((step) => (
            <Step
              key={step.name}
              title={step.title}
              desc={{ done: T.done, now: T.now, later: T.later }[step.state]}
              {...(step.state === "now" ? { "aria-current": "step" } : {})}
            />
          ))}
        </Stepper>
      )}
    </section>
  );
}
