import { deviceId } from "../api/device.ts";
import { usage } from "../failure.ts";
import { print, printWhole } from "../output/print.ts";
import { type GlobalOptions, openSession } from "./session.ts";

export interface CreateReceiverOptions extends GlobalOptions {
  readonly name: string;
  readonly okta: boolean;
  readonly audience?: string;
  readonly push?: string;
  readonly header?: string;
  readonly event?: readonly string[];
}

/** Where Okta takes security events. */
const OKTA_PATH = "/security/api/v1/security-events";

/** Makes a receiver and, where signals are to be pushed without its asking, its stream. */
export async function createReceiver(options: CreateReceiverOptions): Promise<void> {
  const { api, format } = openSession(options);
  const { name, okta, audience = "", push, header, event = [] } = options;
  if (okta && URL.parse(audience) === null) throw usage("--okta takes the address of the organization as --audience");
  const endpointUrl = push ?? (okta ? new URL(OKTA_PATH, audience).href : undefined);
  const body = { name, audience, dialect: okta ? "SIGNAL_DIALECT_OKTA" : "SIGNAL_DIALECT_SSF" };
  const created = await api.call("/api/v1/signal-receivers", { method: "POST", body });
  if (endpointUrl === undefined) return printWhole(created, format);
  const stream = { endpointUrl, eventsRequested: event, ...(header !== undefined && { authorizationHeader: header }) };
  const { stream: made } = await api.call(`${pathOf(String(created.id))}/stream`, { method: "POST", body: stream });
  await printWhole({ ...created, stream: made }, format);
}

export async function actOnReceiver(
  act: "verify" | "pause" | "resume" | "rotate" | "revoke",
  id: string,
  { reason, ...options }: GlobalOptions & { readonly reason?: string },
): Promise<void> {
  const { api, format } = openSession(options);
  const path = `${pathOf(id)}/${act === "rotate" ? "rotate-secret" : act}`;
  const receiver = await api.call(path, { method: "POST", ...(act === "pause" && { body: { reason } }) });
  if (act === "rotate") await printWhole(receiver, format);
}

export async function assignPerson(device: string, email: string, options: GlobalOptions): Promise<void> {
  const { api } = openSession(options);
  const path = `/api/v1/devices/${encodeURIComponent(await deviceId(api, device))}/person`;
  const person = await api.call(path, { method: "PUT", body: { email } });
  print(person.email === "" ? "nobody is known to work with it\n" : `${person.email}\n`);
}

const pathOf = (id: string): string => `/api/v1/signal-receivers/${encodeURIComponent(id)}`;
