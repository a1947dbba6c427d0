import { CmsError, readingCms } from "./cms-error.ts";
import { type OpenOptions, openEnvelope } from "./open-envelope.ts";

/** The first byte of every DER message: a SEQUENCE. */
const SEQUENCE = 0x30;

/**
 * Opens an S/MIME file (RFC 8551 §3.3), as the token of Apple Business Manager is one, and answers with the text that is
 * in it. The message may also stand there as PEM, as bare base64 or as DER. Throws CmsError.
 */
export const openSmime = (file: Uint8Array, options: OpenOptions): Buffer =>
  readingCms(() => bodyOf(openEnvelope(messageIn(Buffer.from(file)), options).content));

function messageIn(file: Buffer): Buffer {
  if (file[0] === SEQUENCE) return file;
  const { body, headers } = readPart(file.toString("latin1"));
  // Files that were copied about lose their headers, and gain PEM's lines.
  const text = headers.has("content-type") ? body : file.toString("latin1");
  const message = Buffer.from(text.replaceAll(/^-----.*$/gm, ""), "base64");
  if (message[0] !== SEQUENCE) throw new CmsError("malformed", "the file is not an S/MIME message");
  return message;
}

/** What a part says when its transfer encoding is undone (RFC 2045 §6); what has no headers is all body. */
function bodyOf(part: Buffer): Buffer {
  const { body, headers } = readPart(part.toString("latin1"));
  if (!headers.has("content-type")) return part;
  switch (headers.get("content-transfer-encoding")?.toLowerCase() ?? "7bit") {
    case "7bit":
    case "8bit":
    case "binary":
      return Buffer.from(body, "latin1");
    case "base64":
      return Buffer.from(body, "base64");
    case "quoted-printable":
      return Buffer.from(unquoted(body), "latin1");
    default:
      throw new CmsError("unsupported", "the text is in a transfer encoding that is not known");
  }
}

function readPart(text: string): { readonly headers: ReadonlyMap<string, string>; readonly body: string } {
  const end = /\r?\n\r?\n/.exec(text);
  const head = text.slice(0, end?.index ?? 0).replaceAll(/\r?\n[ \t]+/g, " ");
  const headers = new Map<string, string>();
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: end === null ? "" : text.slice(end.index + end[0].length) };
}

const unquoted = (text: string): string =>
  text
    .replaceAll(/=\r?\n/g, "")
    .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
