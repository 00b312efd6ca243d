// Contrast as WCAG 2.2 defines it. Colours are "#rrggbb".

/** 1 (none) to 21 (black on white). */
export function contrast(one: string, other: string): number {
  const [light, shade] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (shade + 0.05);
}

/** `colour` mixed with as little white as makes it readable on `ground`. */
export function lightened(colour: string, ground: string, least: number): string {
  for (let white = 0; white < 1; white += 0.05) {
    const mixed = mixedWithWhite(colour, white);
    if (contrast(mixed, ground) >= least) return mixed;
  }
  return "#ffffff";
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

function mixedWithWhite(colour: string, white: number): string {
  return "#" + channels(colour).map((value) => Math.round(value + (255 - value) * white).toString(16).padStart(2, "0")).join("");
}
