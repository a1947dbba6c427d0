import { refuse } from "./refusals.ts";

const MAX_SCRIPT_BYTES = 512 * 1024;
const MAX_NAME = 200;

/** Refuses what cannot be a script: nothing, too much, or bytes that no shell reads and Postgres does not keep. */
export function checkScriptContent(content: string): void {
  if (content.trim() === "") throw refuse("script.bad_content", "content is empty");
  if (content.includes("\0")) throw refuse("script.bad_content", "content has a NUL character; send it as plain text");
  const size = Buffer.byteLength(content);
  if (size > MAX_SCRIPT_BYTES) {
    throw refuse("script.too_large", `content has ${size} bytes, at most ${MAX_SCRIPT_BYTES} are allowed`);
  }
}

export function checkScriptName(name: string): void {
  if (name.trim() === "" || name.length > MAX_NAME || /\p{Cc}/u.test(name)) {
    throw refuse("script.bad_name", `a script's name has 1 to ${MAX_NAME} printable characters`);
  }
}
