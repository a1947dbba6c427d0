import type { WritableDict } from "../plist/write-plist.ts";

/** What names a payload, and a profile, which is one too. */
export interface PayloadHead {
  /** In reverse domain order. A profile with the identifier of an installed one replaces it. */
  readonly identifier: string;
  readonly uuid: string;
  readonly displayName?: string;
  readonly organization?: string;
  readonly description?: string;
}

/** A payload of any type: its head, and the keys of the type. */
export const payload = (type: string, head: PayloadHead, keys: WritableDict): WritableDict => ({
  PayloadType: type,
  PayloadVersion: 1,
  PayloadIdentifier: head.identifier,
  PayloadUUID: head.uuid,
  PayloadDisplayName: head.displayName,
  PayloadOrganization: head.organization,
  PayloadDescription: head.description,
  ...keys,
});
