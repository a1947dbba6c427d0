import { sql } from "kysely";

/** Stands in no JSON text: control characters in it are escaped (RFC 8259 §7). */
const BETWEEN = "\u001e";

/** JSON texts as an array of text: sent as one text, as an array would have each quote in them escaped. */
export const jsonTexts = (texts: readonly string[]) => sql`string_to_array(${texts.join(BETWEEN)}::text, ${BETWEEN})`;
