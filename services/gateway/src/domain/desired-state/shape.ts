/** What may stand in a field of a document. */
export interface Field {
  readonly name: string;
  readonly type: "text" | "number" | "boolean" | "bytes" | "enum" | "time" | "object" | "map" | "any";
  readonly list: boolean;
  /** It holds a secret or a file's content: documents refer to it, and it is never shown. */
  readonly hidden: boolean;
  /** What it holds is taken as it is, with the line break that files end with. */
  readonly file: boolean;
  /** Left out is something else than empty. */
  readonly optional: boolean;
  /** Of an enum: its names, the first of which stands for "not stated". */
  readonly values: readonly string[];
  /** What the names of an enum begin with; it may be left out. */
  readonly prefix: string;
  /** Of an object, or of the values of a map. */
  readonly shape: Shape | undefined;
  /** The kind whose things it names. */
  readonly names: string | undefined;
  /** Of several fields with the same text here only one may be set. */
  readonly oneOf: string | undefined;
}

/** What may stand in a document. */
export type Shape = readonly Field[];

/** The field at a path such as splunkHec.tls.clientKey. */
export function fieldAt(shape: Shape, path: string): Field | undefined {
  const [first, ...rest] = path.split(".");
  const field = shape.find(({ name }) => name === first);
  return rest.length === 0 || field === undefined ? field : fieldAt(field.shape ?? [], rest.join("."));
}

/**
 * The path of the field that a service's refusal begins with or names, such as interval_seconds; empty when it names none.
 * Services refuse in words, and most begin them with the field as the proto or the API calls it.
 */
export function fieldNamedIn(message: string, shape: Shape): string {
  for (const word of message.match(/[A-Za-z][A-Za-z0-9_.]*/g) ?? []) {
    const name = word.replace(/\.$/, "").replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (fieldAt(shape, name) !== undefined) return name;
  }
  return "";
}
