// Embeds the page in any site by one tag:
//   <script src="https://<gateway>/widget/loader.js" data-broker="0127" async></script>
// A round button opens the conversation in a frame: a panel on a wide screen, the whole screen of a phone. The
// gateway must name the site in EMBED_ORIGINS. Plain script: no import, no global but SettlementAccount, no <style>
// (styles are set one by one, which every content security policy of the site allows).

declare const LOADER_TEXTS: { open: string; close: string; title: string };

(() => {
  const tag = document.currentScript as HTMLScriptElement | null;
  if (!tag || "SettlementAccount" in window) return;
  const server = new URL(tag.src).origin;
  const { broker, colour, side } = tag.dataset;
  const WIDE = matchMedia("(min-width: 560px)");
  const COLOUR = colour ?? "#12406b";
  const edge = side === "left" ? "left" : "right";

  function made<K extends keyof HTMLElementTagNameMap>(name: K, style: Partial<CSSStyleDeclaration>): HTMLElementTagNameMap[K] {
    const element = document.createElement(name);
    Object.assign(element.style, { all: "initial", boxSizing: "border-box", fontFamily: "system-ui, sans-serif", ...style });
    return element;
  }

  const launcher = made("button", {
    position: "fixed", bottom: "20px", [edge]: "20px", zIndex: "2147483000", padding: "0 20px", height: "52px", border: "0",
    borderRadius: "26px", background: COLOUR, color: "#fff", fontSize: "16px", fontWeight: "600", lineHeight: "52px", cursor: "pointer",
    boxShadow: "0 4px 16px rgba(0,0,0,.3)", whiteSpace: "nowrap",
  }); // prettier-ignore
  launcher.type = "button";
  launcher.textContent = LOADER_TEXTS.open;
  launcher.setAttribute("aria-expanded", "false");

  const panel = made("div", { display: "none", position: "fixed", zIndex: "2147483001", flexDirection: "column", background: COLOUR, overflow: "hidden" });
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", LOADER_TEXTS.title);

  const shut = made("button", {
    alignSelf: "flex-end", flex: "none", minHeight: "44px", padding: "0 16px", border: "0", background: "transparent", color: "#fff",
    fontSize: "15px", lineHeight: "44px", cursor: "pointer",
  }); // prettier-ignore
  shut.type = "button";
  shut.textContent = `${LOADER_TEXTS.close} ✕`;
  for (const button of [launcher, shut]) {
    // "all: initial" also took the browser's ring that shows where the keyboard is.
    button.addEventListener("focus", () => button.matches(":focus-visible") && (button.style.outline = "3px solid #ffbf47"));
    button.addEventListener("blur", () => (button.style.outline = "none"));
  }
  panel.append(shut);

  let frame: HTMLIFrameElement | null = null;

  function place(): void {
    const wide = { top: "auto", left: "auto", right: "auto", bottom: "20px", [edge]: "20px", width: "400px", height: "min(720px, calc(100vh - 40px))", borderRadius: "16px", boxShadow: "0 8px 40px rgba(0,0,0,.35)" };
    const whole = { top: "0", left: "0", right: "0", bottom: "0", width: "100%", height: "100%", borderRadius: "0", boxShadow: "none" };
    Object.assign(panel.style, WIDE.matches ? wide : whole);
  }

  function open(): void {
    if (!frame) {
      frame = made("iframe", { flex: "1", width: "100%", minHeight: "0", border: "0", background: "#f1f4f8" });
      frame.title = LOADER_TEXTS.title;
      frame.allow = `camera ${server}; microphone ${server}; autoplay ${server}`;
      frame.src = `${server}/${broker ? `?broker=${encodeURIComponent(broker)}` : ""}`;
      panel.append(frame);
    }
    place();
    panel.style.display = "flex";
    launcher.style.display = "none";
    launcher.setAttribute("aria-expanded", "true");
    frame.focus();
  }

  function close(): void {
    panel.style.display = "none";
    launcher.style.display = "inline-block";
    launcher.setAttribute("aria-expanded", "false");
    launcher.focus();
  }

  launcher.addEventListener("click", open);
  shut.addEventListener("click", close);
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
  WIDE.addEventListener?.("change", () => panel.style.display === "flex" && place());
  launcher.style.display = "inline-block";
  const mount = () => document.body.append(launcher, panel);
  if (document.body) mount();
  else addEventListener("DOMContentLoaded", mount);

  Object.assign(window, { SettlementAccount: { open, close } });
})();
