// Whose assistant this is, how it is shown, and whether it can be reached.
import { elderMode, texts } from "../texts";
import { brand } from "./brand";
import { Icon } from "./icons";
import { link, open } from "./session";
import { dark, scheme } from "./settings";

export function Header() {
  const T = texts().page;
  const company = brand.value;
  return (
    <header class="top">
      {company?.logo && <img class="logo" src={company.logo} alt="" width={32} height={32} />}
      <h1>
        {T.title}
        <small>{company ? company.short_name : T.assistant}</small>
      </h1>
      <button type="button" class="top-button" aria-pressed={elderMode.value} onClick={() => (elderMode.value = !elderMode.value)}>
        {elderMode.value ? T.elderOff : T.elder}
      </button>
      <button type="button" class="top-button icon-only" aria-pressed={dark.value} aria-label={T.dark} title={T.dark} onClick={() => (scheme.value = dark.value ? "light" : "dark")}>
        <Icon name={dark.value ? "sun" : "moon"} />
      </button>
    </header>
  );
}

/** Says so when the server cannot be reached, and when it can again. */
export function Banner() {
  const T = texts().connection;
  const words = { offline: T.offline, reconnecting: T.unstable, slow: T.slow, gone: T.gone, online: "", opening: "" }[link.value];
  return (
    <div class={words ? `banner ${link.value}` : "banner none"} role="status" aria-live="polite">
      {words}
      {link.value === "gone" && (
        <button type="button" class="button text" onClick={() => void open()}>
          {T.reopen}
        </button>
      )}
    </div>
  );
}
