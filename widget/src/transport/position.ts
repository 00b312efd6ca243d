// Positions in the outbox, such as "1700000000000-0": milliseconds and a count.

export function isAfter(one: string, other: string): boolean {
  const [a, b] = [parts(one), parts(other)];
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}

function parts(position: string): [number, number] {
  const [milliseconds = "0", count = "0"] = position.split("-");
  return [Number(milliseconds), Number(count)];
}
