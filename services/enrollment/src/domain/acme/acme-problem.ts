/** The kinds of problem that are answered here (RFC 8555 §6.7; badAttestationStatement: draft-ietf-acme-device-attest). */
export type AcmeProblemType =
  | "accountDoesNotExist"
  | "badAttestationStatement"
  | "badCSR"
  | "badNonce"
  | "badPublicKey"
  | "badSignatureAlgorithm"
  | "malformed"
  | "orderNotReady"
  | "rateLimited"
  | "rejectedIdentifier"
  | "unauthorized"
  | "unsupportedIdentifier";

const STATUS: Readonly<Record<AcmeProblemType, number>> = {
  accountDoesNotExist: 400,
  badAttestationStatement: 400,
  badCSR: 400,
  badNonce: 400,
  badPublicKey: 400,
  badSignatureAlgorithm: 400,
  malformed: 400,
  orderNotReady: 403,
  rateLimited: 429,
  rejectedIdentifier: 403,
  unauthorized: 403,
  unsupportedIdentifier: 400,
};

/** A problem as an order keeps it and as it is answered (RFC 9457). */
export interface ProblemDocument {
  readonly type: string;
  readonly detail: string;
}

export class AcmeProblem extends Error {
  override readonly name = "AcmeProblem";
  readonly type: AcmeProblemType;
  readonly status: number;

  constructor(type: AcmeProblemType, detail: string, options: ErrorOptions & { readonly status?: number } = {}) {
    super(detail, options);
    this.type = type;
    this.status = options.status ?? STATUS[type];
  }

  get document(): ProblemDocument {
    return { type: `urn:ietf:params:acme:error:${this.type}`, detail: this.message };
  }
}
