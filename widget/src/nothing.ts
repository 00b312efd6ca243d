// Stands in for a polyfill that no supported browser needs.
export {};
