import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Colours for people: only on a terminal, and not for whoever asked for none (NO_COLOR). */
export const styled = (format: Format, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(format, text, { stream });
