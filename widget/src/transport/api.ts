// Requests to the gateway (docs/http.md). Whatever goes wrong becomes a Problem with a sentence to show.
import type { Inbound, Outbound, UploadMessage } from "../contract";
import { texts } from "../texts";

const HEADERS = { "X-Requested-With": "settlement-account" };
const REQUEST_SECONDS = 20;
const UPLOAD_SECONDS = 120;

/** `code` is the gateway's, or "network" when it could not be asked. `message` may be shown as it is. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string | undefined,
    readonly retryAfterSeconds = 0,
  ) {
    super(message || texts().connection.unreachable);
  }

  /** Whether the same request may well succeed a little later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface History {
  entries: Outbound[];
  /** Where to stream on from. */
  last: string;
  /** Where to page back from; null when there is nothing older. */
  before: string | null;
  logged_in: boolean;
  progress: Outbound["progress"];
}

export interface DocumentText {
  id: string;
  title: string;
  version: string;
  sha256: string;
  /** Least reading time, in seconds. */
  seconds: number;
  /** The server's own rendering, without live markup. */
  html: string;
}

export interface Brand {
  code: string;
  name: string;
  short_name: string;
  /** "#rrggbb", dark enough to carry white words; null for the page's own. */
  colour: string | null;
  /** Address of a picture on our origin. */
  logo: string | null;
}

type Json = Record<string, unknown>;

async function request<T>(method: "GET" | "POST", path: string, body?: object, seconds = REQUEST_SECONDS): Promise<T> {
  const stop = new AbortController();
  const alarm = setTimeout(() => stop.abort(), seconds * 1000);
  let response: Response;
  let answer: Json;
  try {
    response = await fetch(path, {
      method,
      headers: method === "GET" ? {} : { ...HEADERS, ...(body ? { "Content-Type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      credentials: "same-origin",
      cache: "no-store",
      signal: stop.signal,
    });
    answer = (await response.json().catch(() => ({}))) as Json;
  } catch {
    throw new Problem(0, "network", texts().connection.unreachable);
  } finally {
    clearTimeout(alarm);
  }
  if (!response.ok) throw problemOf(response.status, answer, response.headers.get("Retry-After"));
  return answer as T;
}

function problemOf(status: number, answer: Json, retryAfter: string | null): Problem {
  return new Problem(status, String(answer["error"] ?? "unavailable"), answer["message"] as string | undefined, Number(retryAfter) || 0);
}

const of = encodeURIComponent;

/** Begin, or come back; `broker` is the company that a QR link names. */
export const enter = (broker?: string | null) =>
  request<{ conversation: string; created: boolean }>("POST", `/api/conversations${broker ? `?broker=${of(broker)}` : ""}`);
export const send = (message: Inbound) => request<{ cid: string }>("POST", "/api/messages", message);
export const history = (limit: number, before?: string) =>
  request<History>("GET", `/api/history?limit=${limit}${before ? `&before=${of(before)}` : ""}`);
export const poll = (after: string, waitSeconds: number) =>
  request<{ entries: Outbound[]; last: string }>("GET", `/api/poll?after=${of(after)}&wait=${waitSeconds}`, undefined, waitSeconds + 15);
export const brand = () => request<{ brand: Brand | null }>("GET", "/api/brand");

export const openDocument = (id: string) => request<DocumentText>("GET", `/api/documents/${of(id)}`);
export const noteDocument = (id: string, event: "opened" | "end", shown: { version: string; sha256: string }) =>
  request<Json>("POST", `/api/documents/${of(id)}/${event}`, shown);

export const eventsUrl = (after: string) => `/api/events?after=${of(after)}`;
export const imageUrl = (id: string) => `/api/images/${of(id)}`;
export const captchaUrl = (id: string) => `/api/captcha/${of(id)}.png`;

/** Store a photo; `progress` is called with 0…1. fetch cannot tell how far an upload is, XMLHttpRequest can. */
export function upload(file: Blob, kind?: UploadMessage["kind"], progress?: (part: number) => void): Promise<{ upload: string }> {
  const form = new FormData();
  form.append("file", file, "photo");
  if (kind) form.append("kind", kind);
  return new Promise((done, fail) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", "/api/uploads");
    sending.timeout = UPLOAD_SECONDS * 1000;
    sending.responseType = "json";
    for (const [name, value] of Object.entries(HEADERS)) sending.setRequestHeader(name, value);
    sending.upload.onprogress = (event) => event.lengthComputable && progress?.(event.loaded / event.total);
    sending.onload = () => {
      const answer = (sending.response ?? {}) as Json;
      if (sending.status === 201) done(answer as { upload: string });
      else fail(problemOf(sending.status, answer, sending.getResponseHeader("Retry-After")));
    };
    sending.onerror = sending.ontimeout = sending.onabort = () => fail(new Problem(0, "network", undefined));
    sending.send(form);
  });
}

/** An id that makes resending harmless. */
export function newCid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return "c" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
