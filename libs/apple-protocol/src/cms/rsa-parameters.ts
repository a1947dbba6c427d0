import { childrenOf, contextTag, type DerElement, expect, oidOf, TAG } from "../der/read-der.ts";
import { DIGESTS } from "./oids.ts";

/** The digest that RSASSA-PSS and RSAES-OAEP say beside their names (RFC 4055 §3.1, §4.1): SHA-1 where nothing is said. */
export function digestIn(parameters: DerElement | undefined): string | undefined {
  const [first] = parameters === undefined ? [] : childrenOf(expect(parameters, TAG.sequence, "the parameters"));
  if (first?.tag !== contextTag(0)) return "sha1";
  const [digest] = childrenOf(first);
  return DIGESTS[oidOf(childrenOf(expect(digest, TAG.sequence, "the digest"))[0])];
}
