// On iOS the keyboard covers the page instead of shrinking it; the page then takes the height that is left to see.

export function fitKeyboard(): void {
  const seen = globalThis.visualViewport;
  if (!seen) return;
  const fit = () => {
    const covered = seen.height < window.innerHeight - 80;
    const style = document.documentElement.style;
    if (covered) style.setProperty("--height", `${seen.height}px`);
    else style.removeProperty("--height");
    if (covered) window.scrollTo(0, 0);
  };
  seen.addEventListener("resize", fit);
  seen.addEventListener("scroll", fit);
}
