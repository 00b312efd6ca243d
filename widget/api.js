// Requests to the gateway. A problem answer becomes an Error with the server's sentence as its message.
import { T } from "./texts.zh.js";

const HEADERS = { "X-Requested-With": "settlement-account" };

export class Problem extends Error {
  constructor(status, code, message) {
    super(message || T.unreachable);
    this.status = status;
    this.code = code;
  }
}

async function request(method, path, { body, json, seconds = 20 } = {}) {
  const headers = method === "GET" ? {} : { ...HEADERS };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: json === undefined ? body : JSON.stringify(json),
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout ? AbortSignal.timeout(seconds * 1000) : undefined,
    });
  } catch {
    throw new Problem(0, "network", T.unreachable);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, answer.error, answer.message);
  return answer;
}

export const enter = (broker) =>
  request("POST", "/api/conversations" + (broker ? `?broker=${encodeURIComponent(broker)}` : ""));
export const send = (message) => request("POST", "/api/messages", { json: message });
export const history = (limit = 60) => request("GET", `/api/history?limit=${limit}`);
export const poll = (after, wait) =>
  request("GET", `/api/poll?after=${encodeURIComponent(after)}&wait=${wait}`, { seconds: wait + 15 });
export const document_ = (id) => request("GET", `/api/documents/${encodeURIComponent(id)}`);
export const noteDocument = (id, event, shown) =>
  request("POST", `/api/documents/${encodeURIComponent(id)}/${event}`, { json: shown });

export function upload(file, kind) {
  const form = new FormData();
  form.append("file", file, "photo");
  if (kind) form.append("kind", kind);
  return request("POST", "/api/uploads", { body: form, seconds: 120 });
}

export const imageUrl = (id) => `/api/images/${encodeURIComponent(id)}`;
export const captchaUrl = (id) => `/api/captcha/${encodeURIComponent(id)}.png`;

/** An id that makes resending harmless. */
export function newCid() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return "c" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
