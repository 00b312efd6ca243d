// Makes elements. Text is always set as text: nothing that a person or the assistant wrote becomes markup.

/** h("p.note", {title: "…"}, "text", child): properties that start with "on" are listeners. */
export function h(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && !key.includes("-")) element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const MARKS = /\*\*([^*\n]+)\*\*|(https:\/\/[\w\-./?=&%#~:+]+)/g;

/** The assistant's words: line breaks by CSS, **bold** and https links as elements, everything else as it is. */
export function words(text) {
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(MARKS)) {
    parts.push(text.slice(last, match.index));
    parts.push(
      match[1]
        ? h("strong", {}, match[1])
        : h("a", { href: match[2], target: "_blank", rel: "noopener noreferrer" }, match[2]),
    );
    last = match.index + match[0].length;
  }
  parts.push(text.slice(last));
  return parts.filter(Boolean);
}

/** A list of name and value, for cards. */
export function pairs(rows) {
  return h("dl.pairs", {}, rows.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]).flat());
}
