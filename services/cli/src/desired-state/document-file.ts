import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
} from "yaml";

/** Where something stands in a file; lines and columns begin at 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something that is wrong with a file, and where. */
export interface Complaint extends Position {
  readonly message: string;
}

/** One YAML document, and the way back from a field of it to its place in the file. */
export interface WrittenDocument {
  readonly content: Node;
  readonly json: unknown;
  /** The place of a field, such as spec.selection.labels; of what is around it when it is not written. */
  readonly position: (path: string) => Position;
}

/** Parts a file into its documents. What is no YAML is complained of with its place. */
export function parseFile(file: string, text: string): { documents: WrittenDocument[]; complaints: Complaint[] } {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false }) as Document.Parsed[];
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const complaints = parsed.flatMap(({ errors }) =>
    errors.map(({ pos, message }) => ({ ...at(pos[0]), message: message.toLowerCase() })),
  );
  const documents = parsed
    .filter(({ contents, errors }) => errors.length === 0 && contents !== null && !isEmptyScalar(contents))
    .map((document) => {
      const content = document.contents as ParsedNode;
      return {
        content,
        json: document.toJS({ maxAliasCount: 100 }) as unknown,
        position: (path: string) => at(offsetOf(content, path)),
      };
    });
  return { documents, complaints };
}

const isEmptyScalar = (node: Node): boolean => isScalar(node) && node.value === null;

function offsetOf(content: Node, path: string): number {
  let node: unknown = content;
  let offset = content.range?.[0] ?? 0;
  let rest = path;
  while (rest !== "") {
    const step = stepInto(node, rest);
    if (step === undefined) break;
    ({ node, rest } = step);
    offset = step.offset ?? offset;
  }
  return offset;
}

interface StepInto {
  readonly node: unknown;
  readonly offset: number | undefined;
  readonly rest: string;
}

/** A name may hold dots itself, so the longest that fits is taken. */
function stepInto(node: unknown, path: string): StepInto | undefined {
  if (isMap(node)) {
    const fitting = node.items.filter(({ key }) => {
      const name = isScalar(key) ? String(key.value) : "";
      return path === name || path.startsWith(`${name}.`);
    });
    const [pair] = fitting.toSorted((one, other) => nameOf(other.key).length - nameOf(one.key).length);
    if (pair === undefined) return undefined;
    const offset = isScalar(pair.key) ? pair.key.range?.[0] : undefined;
    return { node: pair.value, offset, rest: path.slice(nameOf(pair.key).length + 1) };
  }
  if (isSeq(node)) {
    const [index = "", ...rest] = path.split(".");
    const item = node.items[Number(index)] as Node | undefined;
    return item === undefined ? undefined : { node: item, offset: item.range?.[0], rest: rest.join(".") };
  }
  return undefined;
}

const nameOf = (key: unknown): string => (isScalar(key) ? String(key.value) : "");
