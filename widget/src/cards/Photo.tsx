// A photo that is asked for: an example of what it should show, what is there already, and how to take it (R-024…R-027).
import { PhotoPicker } from "../capture/PhotoPicker";
import { texts } from "../texts";
import { BrokerChoice } from "./Broker";
import { Mark, Frame, Press, Thumb, Usable } from "./parts";
import { Example } from "./Example";
import type { CardOf, CardProps } from "./types";

export function Photo(props: CardProps<CardOf<"photo">>) {
  const { card, act, live, busy, buttons } = props;
  if (card.kind === "qr") return <BrokerChoice {...props} />;
  if (!live) return null; // the photo itself stands in the customer's own message
  const T = texts().photo;
  const received = Object.entries(card.received ?? {});
  return (
    <Frame title={card.title || T[card.kind]}>
      {received.length > 0 && (
        <ul class="thumbs">
          {received.map(([kind, image]) => (
            <li key={kind}>
              <Thumb image={image} label={(T as Record<string, string>)[kind] ?? kind} />
              <span>
                <Mark kind="done" />
                {(T as Record<string, string>)[kind] ?? kind}
                <span class="unseen">{T.received}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <Usable live={live} busy={busy}>
        <PhotoPicker kind={card.kind} megabytes={card.max_megabytes} act={act} disabled={busy}>
          <Example kind={card.kind} />
        </PhotoPicker>
        {buttons.map((button) => (
          <Press key={button.id} button={button} act={act} look={button.choice === "keep" ? "secondary" : "text"} />
        ))}
      </Usable>
    </Frame>
  );
}
