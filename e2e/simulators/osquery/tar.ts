const BLOCK = 512;

const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;

/** A tar archive (POSIX ustar) of one file, as the carver sends it. */
export const tarOf = (path: string, content: Buffer): Buffer => {
  const header = Buffer.alloc(BLOCK);
  const put = (at: number, text: string): void => void header.write(text, at, "latin1");
  put(0, path.replace(/^\/+/, "").slice(0, 100));
  put(100, octal(0o600, 7) + octal(0, 7) + octal(0, 7) + octal(content.length, 11) + octal(0, 11));
  put(148, " ".repeat(8));
  put(156, "0");
  put(257, "ustar\u000000");
  put(
    148,
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )} `,
  );
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * BLOCK)]);
};
