import { createHash } from "node:crypto";
import type { AppleBody } from "../../domain/apple/apple-body.ts";
import type { AppleDevice, AppleReach } from "../../domain/apple/apple-device.ts";
import { type AppleWork, PRIORITIES } from "../../domain/apple/apple-work.ts";
import { factsOf } from "../../domain/apple/catalogue/catalogue.ts";
import { whyNotEligible } from "../../domain/apple/eligibility.ts";
import { type AppleRequest, type GenericOrder, inAppleWords } from "../../domain/apple/generic-orders.ts";
import { supersedeKey } from "../../domain/apple/supersede.ts";
import type { EnqueueRefusal } from "../../domain/channel.ts";

/** What carries a body to the table, once for all who share it. */
export interface BodySeal {
  readonly newId: () => string;
  readonly seal: (tenant: string, bodyId: string, body: AppleBody) => Buffer;
}

/** The bodies of one request, each stored once. */
export class AppleBodies {
  readonly #sealing: BodySeal;
  readonly #ids = new Map<string, string>();
  readonly sealed: { readonly tenant: string; readonly id: string; readonly sealed: Buffer }[] = [];

  constructor(sealing: BodySeal) {
    this.#sealing = sealing;
  }

  /** The id of the body; nothing for one that carries nothing. */
  idOf(tenant: string, body: AppleBody): string | undefined {
    const text = JSON.stringify(body);
    if (text === '{"parameters":{}}') return undefined;
    const key = `${tenant}/${createHash("sha256").update(text).digest("base64url")}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#sealing.newId();
    this.#ids.set(key, id);
    this.sealed.push({ tenant, id, sealed: this.#sealing.seal(tenant, id, body) });
    return id;
  }
}

/** Whether a device may be asked this over Apple's protocol, and if so as what. */
export function planFor(
  order: GenericOrder,
  reach: AppleReach,
): { readonly request: AppleRequest } | { readonly refusal: EnqueueRefusal } {
  const no = (code: EnqueueRefusal["code"], message: string) => ({ refusal: { code, message } });
  if (!reach.enrolled) return no("command.device_unenrolled", "the device is no longer managed");
  const request = inAppleWords(order, reach);
  if (request === undefined) return no("command.unsupported", "Apple's protocol has no such command");
  const ineligible = whyNot(request, reach);
  return ineligible === undefined ? { request } : { refusal: ineligible };
}

/** Why the device may not be asked now; looked at when it is asked for, and once more when it is delivered. */
export function whyNot(
  { requestType, userId }: Pick<AppleRequest, "requestType" | "userId">,
  device: AppleDevice,
): EnqueueRefusal | undefined {
  const facts = factsOf(requestType);
  // What only an expert's property list knows is the expert's to answer for, but not on a person's own device.
  if (facts === undefined)
    return device.personal
      ? {
          code: "command.ownership_forbids",
          message: "a person's own device is asked nothing that the catalogue does not know",
        }
      : undefined;
  return whyNotEligible(requestType, facts, device, userId === "" ? "device" : "user");
}

/** The work that a request makes for one device. */
export function workFor(
  { body, requestType, userId }: AppleRequest,
  { epoch }: Pick<AppleReach, "epoch">,
  bodyId: string | undefined,
  identifier = "",
): AppleWork {
  return {
    requestType,
    userId,
    epoch,
    priority: PRIORITIES[factsOf(requestType)?.priority ?? "configuration"],
    supersedeKey: supersedeKey(requestType, body, identifier),
    putOff: false,
    bodyId,
  };
}
