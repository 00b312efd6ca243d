// What is remembered for this visit. Browsers that forbid storage, as some do inside a frame, forget it when the page is left.

export type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const inMemory = new Map<string, string>();

const memory: Kept = {
  getItem: (key) => inMemory.get(key) ?? null,
  setItem: (key, value) => void inMemory.set(key, value),
  removeItem: (key) => void inMemory.delete(key),
};

export function kept(): Kept {
  try {
    return window.sessionStorage;
  } catch {
    return memory;
  }
}
