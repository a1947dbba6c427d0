import { readFile } from "node:fs/promises";
import { documentMark } from "./document-mark.ts";
import { DocumentShell } from "./document-shell.ts";
import { type FencedBlock, fencedBlocks } from "./fenced-blocks.ts";
import { lineNotShown } from "./shown-output.ts";

/** Who reads: where they stand, what they have, and what stands for what in the documents. */
export interface Reader {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** What documents call things, and what these are called here. */
  readonly names: Readonly<Record<string, string>>;
  /** What the reader types where a program asks. */
  readonly typed: string;
}

export interface Read {
  readonly executed: number;
  /** Each with the reason. */
  readonly marked: readonly string[];
}

/** Runs every block in `sh` of a document in its order; throws at the first that does not go as the document says. */
export async function runDocument(file: string, reader: Reader): Promise<Read> {
  const blocks = fencedBlocks(await readFile(file, "utf8"));
  const shell = new DocumentShell(reader.folder, reader.env);
  const marked: string[] = [];
  let executed = 0;
  try {
    for (const [place, block] of blocks.entries()) {
      if (block.language !== "sh") continue;
      const mark = documentMark(block.info);
      const where = `${file}:${block.line}`;
      if (mark.kind === "not-run") {
        marked.push(`${where}: ${mark.why}`);
        continue;
      }
      const { code, output } = await shell.run(inHere(block.text, reader.names), mark, reader.typed).catch((cause) => {
        throw new Error(`${where}\n${block.text}\n${(cause as Error).message}`, { cause });
      });
      const problem =
        notAsTold(mark.kind === "ends" ? mark.code : 0, mark.kind, code) ?? unlike(blocks[place + 1], output);
      if (problem !== undefined) throw new Error(`${where}: ${problem}\n${block.text}\n${output}`);
      executed += 1;
    }
  } finally {
    await shell.close();
  }
  return { executed, marked };
}

const inHere = (text: string, names: Reader["names"]): string =>
  Object.entries(names).reduce((so, [there, here]) => so.replaceAll(there, here), text);

const notAsTold = (wanted: number, kind: string, code: number): string | undefined =>
  kind === "until" || code === wanted ? undefined : `it ended with ${code} and not with ${wanted}`;

/** A block in `text` that follows at once is what the reader is shown. */
function unlike(next: FencedBlock | undefined, output: string): string | undefined {
  if (next?.followsAtOnce !== true || next.language !== "text") return undefined;
  const missing = lineNotShown(next.text, output);
  return missing === undefined ? undefined : `it did not show "${missing}"`;
}
