/** Devices use a few hundred keys; whoever makes up others must not fill the memory. */
const MOST = 2_000;
const LONGEST = 100;

const known = new Map<string, string>();

/**
 * The same text, as the engine keeps names. To make a name of a text that was cut out of a document costs more than all else
 * that is done with a key, and devices say the same keys again and again.
 */
export function asKey(text: string): string {
  const key = known.get(text);
  if (key !== undefined) return key;
  if (text.length > LONGEST) return text;
  if (known.size >= MOST) known.clear();
  // The name alone is kept: a piece of a document would keep the document.
  const [name = text] = Object.keys({ [text]: true });
  known.set(name, name);
  return name;
}
