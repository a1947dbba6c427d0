/** A fenced block of a Markdown document, as CommonMark has it, but for tildes. */
export interface FencedBlock {
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** The first word of the info string; empty when there is none. */
  readonly language: string;
  /** The rest of the info string. */
  readonly info: string;
  /** Without the indentation of the fence. */
  readonly text: string;
  /** Whether only blank lines are between the block before and this one. */
  readonly followsAtOnce: boolean;
}

const FENCE = /^(?<indentation> *)`{3}(?<language>[^\s`]*)[ \t]*(?<info>[^`]*)$/;

export function fencedBlocks(markdown: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: { line: number; indentation: string; language: string; info: string; text: string[] } | undefined;
  let proseBetween = true;
  for (const [place, line] of markdown.split("\n").entries()) {
    const { indentation = "", language = "", info = "" } = FENCE.exec(line)?.groups ?? {};
    const fence = FENCE.test(line);
    if (open === undefined && fence) {
      open = { line: place + 1, indentation, language, info: info.trim(), text: [] };
    } else if (open === undefined) {
      proseBetween ||= line.trim() !== "";
    } else if (fence && language === "") {
      const { indentation: _, text, ...rest } = open;
      blocks.push({ ...rest, text: text.join("\n"), followsAtOnce: !proseBetween });
      open = undefined;
      proseBetween = false;
    } else {
      open.text.push(line.startsWith(open.indentation) ? line.slice(open.indentation.length) : line.trimStart());
    }
  }
  if (open !== undefined) throw new Error(`the block that begins in line ${open.line} has no end`);
  return blocks;
}
