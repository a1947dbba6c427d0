export type Dialect = "ssf" | "okta";

/** A signal as it waits for a receiver. */
export interface Signal {
  readonly jti: string;
  readonly eventType: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** Empty when the signal is about the stream itself. */
  readonly deviceId: string;
  readonly email: string;
  readonly txn: string;
  readonly issuedAt: Date;
}

/** To whom it goes. */
export interface Addressee {
  readonly tenant: string;
  readonly streamId: string;
  readonly issuer: string;
  readonly audience: string;
  readonly dialect: Dialect;
}

/**
 * The claims of a security event token (RFC 8417, SSF 1.0 §4): one event, the subject in sub_id, neither sub nor exp. However often
 * it is sent, they are the same.
 */
export function claimsOf(signal: Signal, to: Addressee): Record<string, unknown> {
  const subject = subjectOf(signal, to);
  const claims = {
    iss: to.issuer,
    aud: to.audience,
    iat: Math.floor(signal.issuedAt.getTime() / 1_000),
    jti: signal.jti,
    txn: signal.txn,
  };
  // Okta reads the older draft, in which the subject stands in the event.
  if (to.dialect === "okta") return { ...claims, events: { [signal.eventType]: { subject, ...signal.event } } };
  return { ...claims, sub_id: subject, events: { [signal.eventType]: signal.event } };
}

/** RFC 9493, and SSF 1.0 §3.1 for the complex one. */
function subjectOf({ deviceId, email }: Signal, { tenant, streamId, issuer }: Addressee): object {
  if (deviceId === "") return { format: "opaque", id: streamId };
  return {
    format: "complex",
    device: { format: "iss_sub", iss: issuer, sub: deviceId },
    tenant: { format: "opaque", id: tenant },
    ...(email !== "" && { user: { format: "email", email } }),
  };
}
