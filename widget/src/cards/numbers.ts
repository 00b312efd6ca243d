// Numbers while they are typed: covered from onlookers, grouped for comparing, and the slips that can be told at once.
// The server checks everything again, and decides.

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]; // GB 11643-1999
const ID_CHECKS = "10X98765432";

export type Slip = { kind: "too_short"; missing: number } | { kind: "checksum" };

/** An ID number as typed, without spaces, X in capitals. */
export const tidyId = (typed: string): string => typed.replace(/[\s-]/g, "").replace(/[xX×]/g, "X");

/** What is certainly wrong with an 18-digit ID number; null for anything that the server should judge. */
export function idSlip(typed: string): Slip | null {
  const number = tidyId(typed);
  if (!/^\d*X?$/.test(number) || number.length === 15 || number.length > 18) return null;
  if (number.length < 18) return { kind: "too_short", missing: 18 - number.length };
  const sum = ID_WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return ID_CHECKS[sum % 11] === number[17] ? null : { kind: "checksum" };
}

/**
 * What an onlooker sees of an ID number: the birthday and the serial number stay covered, one sign each, but for
 * the sign that was typed last, so that the customer sees what the finger met.
 */
export function covered(typed: string, from = 6): string {
  return Array.from(typed, (sign, at) => (at < from || at === typed.length - 1 ? sign : "•")).join("");
}

/** A card number in groups of four, as it stands on the card. */
export const grouped = (typed: string): string => typed.replace(/\D/g, "").replace(/(\d{4})(?=\d)/g, "$1 ");

/** Whether the last digit fits (ISO/IEC 7812-1); some Chinese cards do not follow it, so it only asks to look again. */
export function luhnFits(typed: string): boolean {
  const digits = Array.from(typed.replace(/\D/g, ""), Number).reverse();
  const sum = digits.reduce((total, digit, at) => total + (at % 2 ? (digit * 2 > 9 ? digit * 2 - 9 : digit * 2) : digit), 0);
  return digits.length > 0 && sum % 10 === 0;
}
