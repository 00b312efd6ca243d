// Our own company codes. Anything else is refused here already; the server checks the signature.

const OURS = /^settlement-account:\d{4}:[A-Za-z0-9]{1,20}:[0-9a-f]{32}$/;

export const isOurs = (content: string): boolean => OURS.test(content.trim());
