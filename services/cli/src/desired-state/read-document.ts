import type { Complaint, WrittenDocument } from "./document-file.ts";

const API_VERSION = "muster/v1";

/** A field whose content stands elsewhere, on the machine of whoever applies the document. */
export interface Referral {
  /** The field, such as splunkHec.token. */
  readonly path: string;
  readonly from: { readonly env: string } | { readonly file: string };
}

/** A document as it is sent, but for the contents that it refers to. */
export interface ReadDocument {
  readonly kind: string;
  readonly name: string;
  readonly spec: Record<string, unknown>;
  readonly referrals: readonly Referral[];
}

const PARTS = ["apiVersion", "kind", "metadata", "spec"];

/** Reads a document's frame strictly; what may stand in its spec the platform says. */
export function readDocument({ json, position }: WrittenDocument): ReadDocument | Complaint[] {
  const complaints: Complaint[] = [];
  const complain = (path: string, message: string) =>
    complaints.push({ ...position(path), message: path === "" ? message : `${path}: ${message}` });
  if (!isMapping(json))
    return [{ ...position(""), message: "a document is a mapping with apiVersion, kind, metadata and spec" }];
  for (const name of Object.keys(json)) {
    if (!PARTS.includes(name)) complain(name, `is not known; a document has ${PARTS.join(", ")}`);
  }
  const { apiVersion, kind, metadata, spec } = json;
  if (apiVersion !== API_VERSION) complain("apiVersion", `is "${API_VERSION}"`);
  if (typeof kind !== "string") complain("kind", "says what it is, such as Label");
  const name = isMapping(metadata) ? metadata["name"] : undefined;
  if (typeof name !== "string") complain("metadata.name", "is a text; put it in quotes");
  for (const each of isMapping(metadata) ? Object.keys(metadata) : []) {
    if (each !== "name") complain(`metadata.${each}`, "is not known; metadata has only the name");
  }
  if (spec !== undefined && spec !== null && !isMapping(spec)) complain("spec", "is a mapping");
  const referrals: Referral[] = [];
  const plain = isMapping(spec) ? withoutReferrals(spec, "", referrals, complain) : {};
  if (complaints.length > 0 || typeof kind !== "string" || typeof name !== "string") return complaints;
  return { kind, name, spec: plain, referrals };
}

function withoutReferrals(
  spec: Record<string, unknown>,
  at: string,
  referrals: Referral[],
  complain: (path: string, message: string) => void,
): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(spec)) {
    const path = at + name;
    const referral = isMapping(value) ? referralOf(value, path) : undefined;
    if (referral !== undefined) {
      if (typeof referral === "string") complain(`spec.${path}`, referral);
      else referrals.push(referral);
    } else plain[name] = isMapping(value) ? withoutReferrals(value, `${path}.`, referrals, complain) : value;
  }
  return plain;
}

/** The referral that stands in place of a value; a text when it is not well written. */
function referralOf(value: Record<string, unknown>, path: string): Referral | string | undefined {
  const [[name, inner] = [], ...others] = Object.entries(value);
  if (name === "fileRef" && others.length === 0)
    return typeof inner === "string" ? { path, from: { file: inner } } : "fileRef is the path of a file";
  if (name !== "secretRef" || others.length > 0) return undefined;
  const { env, file, ...rest } = isMapping(inner) ? inner : {};
  if (Object.keys(rest).length === 0 && (env === undefined) !== (file === undefined)) {
    if (typeof env === "string") return { path, from: { env } };
    if (typeof file === "string") return { path, from: { file } };
  }
  return "secretRef is {env: NAME} or {file: path}";
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
