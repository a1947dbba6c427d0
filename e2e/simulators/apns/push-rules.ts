import type { IncomingHttpHeaders } from "node:http2";

export interface Refusal {
  readonly status: number;
  readonly reason: string;
  /** When the token was found dead, milliseconds; with 410. */
  readonly timestamp?: number;
}

export interface AskedPush {
  readonly token: string;
  readonly magic: string;
  readonly topic: string;
  readonly apnsId: string;
  readonly expiration: number;
  readonly priority: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** A payload of device management has at most so many bytes. */
const MOST_BYTES = 4_096;

const no = (status: number, reason: string): Refusal => ({ status, reason });

/** Whether a certificate's topic may be pushed to at all. */
export const isManagement = (topic: string): boolean => topic.startsWith("com.apple.mgmt");

/** Reads a request as Apple's documentation describes one ("Sending notification requests to APNs"). */
export function readPush(headers: IncomingHttpHeaders, body: Buffer, ownTopic: string): AskedPush | Refusal {
  const header = (name: string): string => String(headers[name] ?? "");
  if (header(":method") !== "POST") return no(405, "MethodNotAllowed");
  const token = /^\/3\/device\/(.*)$/.exec(header(":path"))?.[1];
  if (token === undefined) return no(404, "BadPath");
  if (token === "") return no(400, "MissingDeviceToken");
  if (!/^[0-9a-f]+$/i.test(token) || token.length < 64 || token.length % 2 !== 0) return no(400, "BadDeviceToken");
  if (body.length === 0) return no(400, "PayloadEmpty");
  if (body.length > MOST_BYTES) return no(413, "PayloadTooLarge");
  const topic = headers["apns-topic"] === undefined ? ownTopic : header("apns-topic");
  if (topic === "") return no(400, "BadTopic");
  if (topic !== ownTopic) return no(400, "TopicDisallowed");
  if (header("apns-push-type") !== "mdm") return no(400, "InvalidPushType");
  if (!["1", "5", "10"].includes(header("apns-priority") || "10")) return no(400, "BadPriority");
  if (!/^\d+$/.test(header("apns-expiration") || "0")) return no(400, "BadExpirationDate");
  const apnsId = header("apns-id");
  if (apnsId !== "" && !UUID.test(apnsId)) return no(400, "BadMessageId");
  const magic = magicIn(body);
  // Apple itself would let it through, and the device would not listen: here it shows.
  if (magic === undefined) return no(400, "PayloadEmpty");
  return {
    token: token.toLowerCase(),
    magic,
    topic,
    apnsId,
    expiration: Number(header("apns-expiration") || "0"),
    priority: header("apns-priority"),
  };
}

/** The body is `{"mdm": "<magic>"}` and nothing else. */
function magicIn(body: Buffer): string | undefined {
  try {
    const payload = JSON.parse(body.toString()) as Record<string, unknown>;
    const [name, ...others] = Object.keys(payload);
    const { mdm } = payload;
    return name === "mdm" && others.length === 0 && typeof mdm === "string" && mdm !== "" ? mdm : undefined;
  } catch {
    return undefined;
  }
}
