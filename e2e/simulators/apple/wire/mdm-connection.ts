import type { Identity } from "../crypto/certificate.ts";
import { type MdmSigner, mdmSigner } from "../crypto/mdm-signer.ts";
import type { MdmPayload } from "../enrollment/enrollment-profile.ts";
import type { Misbehaviour } from "../misbehaviour.ts";
import type { Plist } from "../plist/plist-value.ts";
import { writePlist } from "../plist/write-plist.ts";
import type { AppleDoor, DoorAnswer } from "./apple-door.ts";

export interface MdmConnectionOptions {
  readonly door: AppleDoor;
  readonly mdm: MdmPayload;
  readonly identity: Identity;
  readonly misbehaviour: Misbehaviour;
  readonly now: () => Date;
  /** Of an account-driven enrollment, which shows it with every request. */
  readonly bearer?: () => string | undefined;
}

/** The two addresses that an enrolled device speaks to, with its identity. */
export interface MdmConnection {
  checkin(message: Plist): Promise<DoorAnswer>;
  report(message: Plist): Promise<DoorAnswer>;
  /** Fetches something that the server keeps behind the device's identity. */
  fetch(url: string): Promise<DoorAnswer>;
}

export const mdmConnection = (options: MdmConnectionOptions): MdmConnection => {
  const { door, mdm, identity, misbehaviour, now } = options;
  let own: MdmSigner | undefined;
  let foreign: { readonly by: Identity; readonly sign: MdmSigner } | undefined;
  const signer = (): MdmSigner => {
    const by = misbehaviour.signsAs;
    if (by === undefined) return (own ??= mdmSigner(identity, now));
    if (foreign?.by !== by) foreign = { by, sign: mdmSigner(by, now) };
    return foreign.sign;
  };
  const proof = (body: Buffer): Readonly<Record<string, string>> => {
    const bearer = misbehaviour.showsToken ?? options.bearer?.();
    const signed = misbehaviour.breaksSignature === true ? Buffer.concat([body, Buffer.from(" ")]) : body;
    return {
      ...(mdm.signMessage ? { "mdm-signature": signer()(signed) } : {}),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    };
  };
  const send = async (url: string, message: Plist, contentType: string | undefined): Promise<DoorAnswer> => {
    const { claimsToBe, padsBytes, sendsPost } = misbehaviour;
    const key = "UDID" in message ? "UDID" : "EnrollmentID";
    const said = {
      ...message,
      ...(claimsToBe === undefined ? {} : { [key]: claimsToBe }),
      ...(padsBytes === undefined ? {} : { Padding: "x".repeat(padsBytes) }),
    };
    const body = Buffer.from(writePlist(said));
    return await door.send({
      method: sendsPost === true ? "POST" : "PUT",
      url,
      headers: { ...proof(body), ...(contentType === undefined ? {} : { "content-type": contentType }) },
      body,
    });
  };
  return {
    checkin: (message) => send(mdm.checkInUrl, message, "application/x-apple-aspen-mdm-checkin"),
    report: (message) =>
      send(
        mdm.serverUrl,
        message,
        misbehaviour.omitsContentType === true ? undefined : "application/x-apple-aspen-mdm; charset=UTF-8",
      ),
    fetch: (url) => door.send({ method: "GET", url, headers: proof(Buffer.alloc(0)) }),
  };
};

/** The code of an error document (Apple: 403 with JSON or a property list); empty when the answer has none. */
export const errorCodeOf = ({ contentType, body }: DoorAnswer): string => {
  if (body.length === 0) return "";
  const text = body.toString();
  if (contentType.startsWith("application/json")) {
    try {
      const { code } = JSON.parse(text) as { code?: unknown };
      return typeof code === "string" ? code : "";
    } catch {
      return "";
    }
  }
  return /<key>code<\/key>\s*<string>([^<]*)<\/string>/.exec(text)?.[1] ?? "";
};
