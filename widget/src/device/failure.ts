// The ways in which a camera or microphone can be out of reach; each needs another remedy.
import type { DeviceMessage } from "../contract";

export type Reason = NonNullable<DeviceMessage["failure"]>;

const NAMES: Record<string, Reason> = {
  NotAllowedError: "not_allowed",
  PermissionDeniedError: "not_allowed", // older WebViews
  SecurityError: "not_allowed",
  NotFoundError: "not_found",
  DevicesNotFoundError: "not_found",
  OverconstrainedError: "not_found",
  NotReadableError: "not_readable",
  TrackStartError: "not_readable",
  AbortError: "not_readable",
};

export class DeviceFailure extends Error {
  constructor(readonly reason: Reason) {
    super(reason);
  }
}

/** The reason behind whatever getUserMedia threw. */
export function reasonOf(error: unknown): Reason {
  if (error instanceof DeviceFailure) return error.reason;
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  return NAMES[name] ?? "unsupported";
}
