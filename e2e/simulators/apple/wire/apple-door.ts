import { Agent, type Dispatcher, request } from "undici";
import type { Identity } from "../crypto/certificate.ts";
import { pemOf } from "../crypto/certificate.ts";

export interface DoorRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

export interface DoorAnswer {
  readonly status: number;
  /** As the server wrote it. */
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What one device sends over: HTTP requests to whatever host a profile names. */
export interface AppleDoor {
  send(request: DoorRequest): Promise<DoorAnswer>;
  close(): Promise<void>;
}

export interface AppleDoorOptions {
  /** PEM of the authority that signed the server's certificate. */
  readonly ca?: string;
  /** Shared by a fleet; without it the door keeps one connection to each host of its own, as a device does. */
  readonly dispatcher?: Dispatcher;
  /** Shown in the TLS handshake when a profile does not ask for signed messages. */
  readonly identity?: Identity;
  readonly timeoutMs?: number;
}

const flatten = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> => {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  return flat;
};

export const openAppleDoor = ({ ca, dispatcher, identity, timeoutMs = 30_000 }: AppleDoorOptions): AppleDoor => {
  const client =
    identity === undefined
      ? {}
      : {
          cert: pemOf(identity.certificate),
          key: String(identity.key.privateKey.export({ type: "pkcs8", format: "pem" })),
        };
  const own = dispatcher === undefined || identity !== undefined;
  const through = own
    ? new Agent({
        connections: 1,
        keepAliveTimeout: 30_000,
        connect: { ...(ca === undefined ? {} : { ca }), ...client },
      })
    : dispatcher;
  return {
    async send({ method, url, headers = {}, body }) {
      const response = await request(url, {
        method,
        dispatcher: through,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        headers: { "user-agent": "MDM-simulated/1.0", ...headers },
        ...(body === undefined ? {} : { body }),
      });
      const flat = flatten(response.headers);
      return {
        status: response.statusCode,
        contentType: flat["content-type"] ?? "",
        headers: flat,
        body: Buffer.from(await response.body.arrayBuffer()),
      };
    },
    async close() {
      if (own) await through.destroy();
    },
  };
};
