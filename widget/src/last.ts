/** The last of a list. Array.at would do, but Chrome before 92 and Safari before 15.4 do not know it. */
export const lastOf = <T>(list: readonly T[]): T | undefined => list[list.length - 1];
