import { createHash } from "node:crypto";
import type { Declaration, SoftwareUpdate } from "@muster/contracts/gen/muster/policy/v1/declaration";
import { selected } from "../policy.ts";
import { refuse } from "../refusals.ts";
import { findingsIn } from "./check-declaration.ts";
import { isRecord, type Payload } from "./payload-key.ts";

/** What a person decides about a declaration. */
export interface DeclarationDraft {
  readonly name: string;
  readonly description: string;
  readonly identifier: string;
  readonly type: string;
  readonly payload: Payload;
  readonly predicate: string;
  readonly contentSha256: string;
  readonly contentType: string;
  readonly contentBytes: number;
  readonly assigned: boolean;
  readonly deviceIds: readonly string[];
  readonly labelIds: readonly string[];
  readonly platforms: readonly string[];
  readonly userChannel: boolean;
  readonly enabled: boolean;
}

const LIMITS = { name: 200, description: 10_000, predicate: 2_000 } as const;
const LARGEST_PAYLOAD = 64 * 1024;
const LARGEST_CONTENT = 2 * 1024 * 1024;
const ENFORCEMENT = "com.apple.configuration.softwareupdate.enforcement.specific";
const SUBSCRIPTIONS = "com.apple.configuration.management.status-subscriptions";
const PROFILE_TYPE = "application/x-apple-aspen-config";

/** Where devices fetch what a declaration refers to. */
const contentUrl = (origin: string, sha256: string): string =>
  `${origin.replace(/\/$/, "")}/apple/declarations/content/${sha256}`;

/** What was asked for, with what the server fills in; refused with everything that is wrong. */
export function draftOf(
  asked: Declaration | undefined,
  id: string,
  origin: string,
  held?: DeclarationDraft,
): DeclarationDraft {
  if (asked === undefined) throw refuse("declaration.missing", "the request carries no declaration");
  const name = asked.name.trim();
  if (name === "") throw refuse("declaration.bad_name", "name is empty");
  for (const [field, limit] of Object.entries(LIMITS) as [keyof typeof LIMITS, number][])
    if (asked[field].length > limit)
      throw refuse("declaration.too_long", `${field} is longer than ${limit} characters`);
  const { payload: written, type } = saidBy(asked, held);
  const content = contentOf(asked, type, held);
  const payload = content.contentSha256 === "" ? written : refersTo(written, type, content, origin);
  if (JSON.stringify(payload).length > LARGEST_PAYLOAD)
    throw refuse("declaration.too_long", `the payload is larger than ${LARGEST_PAYLOAD} bytes of JSON`);
  const draft: DeclarationDraft = {
    name,
    description: asked.description,
    identifier: asked.identifier || (held?.identifier ?? id),
    type,
    payload,
    predicate: asked.predicate,
    ...content,
    assigned: asked.selection !== undefined,
    ...selected(asked.selection),
    userChannel: asked.userChannel,
    enabled: asked.enabled,
  };
  if (held !== undefined && (held.identifier !== draft.identifier || held.type !== draft.type))
    throw refuse("declaration.fixed", "identifier and type never change: make another declaration");
  const { problems } = findingsIn(draft);
  if (asked.content.length > 0 && !mayHaveContent(type))
    problems.push("content belongs to a legacy configuration or to an asset with data");
  if (problems.length > 0) throw refuse("declaration.invalid", problems.join("; "));
  return draft;
}

function saidBy(
  { payload, softwareUpdate, statusItems, type }: Declaration,
  held: DeclarationDraft | undefined,
): { readonly type: string; readonly payload: Payload } {
  if (softwareUpdate !== undefined) return { type: ENFORCEMENT, payload: enforcement(softwareUpdate) };
  if (statusItems.length > 0)
    return { type: SUBSCRIPTIONS, payload: { StatusItems: [...new Set(statusItems)].map((Name) => ({ Name })) } };
  return { type: type || (held?.type ?? ""), payload: payload ?? {} };
}

const enforcement = (update: SoftwareUpdate): Payload => ({
  TargetOSVersion: update.targetOsVersion,
  TargetLocalDateTime: update.targetLocalDateTime,
  ...(update.targetBuildVersion !== "" && { TargetBuildVersion: update.targetBuildVersion }),
  ...(update.detailsUrl !== "" && { DetailsURL: update.detailsUrl }),
});

const isLegacy = (type: string): boolean => type.startsWith("com.apple.configuration.legacy");
const mayHaveContent = (type: string): boolean =>
  isLegacy(type) || (type.startsWith("com.apple.asset.") && type !== "com.apple.asset.useridentity");

type Content = Pick<DeclarationDraft, "contentSha256" | "contentType" | "contentBytes">;

function contentOf({ content, contentType }: Declaration, type: string, held: DeclarationDraft | undefined): Content {
  if (content.length > LARGEST_CONTENT)
    throw refuse("declaration.too_long", `the content is larger than ${LARGEST_CONTENT} bytes`);
  const stated = isLegacy(type) ? PROFILE_TYPE : contentType;
  if (content.length === 0) {
    const { contentBytes = 0, contentSha256 = "", contentType: before = "" } = held ?? {};
    return { contentSha256, contentBytes, contentType: contentSha256 === "" ? "" : stated || before };
  }
  return {
    contentSha256: createHash("sha256").update(content).digest("hex"),
    contentType: stated || "application/octet-stream",
    contentBytes: content.length,
  };
}

function refersTo(payload: Payload, type: string, content: Content, origin: string): Payload {
  const url = contentUrl(origin, content.contentSha256);
  if (isLegacy(type)) return { ...payload, ProfileURL: url };
  const reference = isRecord(payload["Reference"]) ? payload["Reference"] : {};
  return {
    ...payload,
    Reference: {
      ...reference,
      DataURL: url,
      ContentType: content.contentType,
      Size: content.contentBytes,
      "Hash-SHA-256": content.contentSha256,
    },
    Authentication: { Type: "MDM" },
  };
}
