import type { OutgoingEvent } from "../domain/outgoing-event.ts";

export interface SyslogHeader {
  /** 0 to 23, RFC 5424 §6.2.1. */
  readonly facility: number;
  /** The HOSTNAME; empty means the event's tenant. */
  readonly hostname: string;
}

const SEVERITY_NOTICE = 5;
/** RFC 5424 §7.2.2: a name of one's own has an enterprise number; this one is IANA's for names without (RFC 5612). */
const SD_ID = "muster@32473";

/**
 * One event as a syslog message after RFC 5424. The structured data names the event, so that a receiver knows a
 * repetition. The text is MSG-ANY: JSON readers behind a receiver stumble over the mark that MSG-UTF8 begins with.
 */
export function syslogMessage(event: OutgoingEvent, { facility, hostname }: SyslogHeader): string {
  const header = [
    `<${facility * 8 + SEVERITY_NOTICE}>1`,
    event.time.toISOString(),
    name(hostname || event.tenant, 255),
    "muster",
    "-",
    name(event.type.split(".").at(-1) ?? "", 32),
  ].join(" ");
  const parameters = Object.entries({
    id: event.id,
    type: event.type,
    tenant: event.tenant,
    device: event.deviceId,
    position: event.position,
  })
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key}="${value.replaceAll(/["\\\]]/g, "\\$&")}"`);
  return `${header} [${[SD_ID, ...parameters].join(" ")}] ${event.text}`;
}

/** RFC 5425 §4.3: each message behind its length in octets. */
export function framed(message: string): Buffer {
  const octets = Buffer.from(message);
  return Buffer.concat([Buffer.from(`${octets.length} `), octets]);
}

/** A field of the header: printable ASCII without spaces, "-" when there is none. */
const name = (text: string, length: number): string => text.replaceAll(/[^\x21-\x7e]/g, "_").slice(0, length) || "-";
