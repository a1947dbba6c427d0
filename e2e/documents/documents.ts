import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DocumentMark, documentMark } from "./document-mark.ts";
import { type FencedBlock, fencedBlocks } from "./fenced-blocks.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The documents whose commands are held to what they say, below the root. The first that is read is the last here: what its
 * reader leaves behind is told as drift to who reads of documents.
 */
export const DOCUMENTS: readonly string[] = [
  "docs/*.md",
  "services/*/README.md",
  "deploy/*/README.md",
  "README.md",
].flatMap((pattern) => globSync(pattern, { cwd: ROOT }).sort());

export interface CommandBlock extends FencedBlock {
  readonly mark: DocumentMark;
}

export const blocksOf = (document: string): FencedBlock[] => fencedBlocks(readFileSync(join(ROOT, document), "utf8"));

/** The blocks that are commands for a shell. */
export const commandsOf = (document: string): CommandBlock[] =>
  blocksOf(document)
    .filter(({ language }) => language === "sh")
    .map((block) => ({ ...block, mark: documentMark(block.info) }));
