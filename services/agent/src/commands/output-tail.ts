/** Keeps the last bytes of what a script writes: that is where it says why it failed. */
export interface OutputTail {
  add(chunk: Buffer): void;
  text(): string;
  truncated(): boolean;
}

export function createOutputTail(maxBytes: number): OutputTail {
  const chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  return {
    add(chunk) {
      chunks.push(chunk);
      size += chunk.length;
      for (let first = chunks[0]; first !== undefined && size > maxBytes; first = chunks[0]) {
        truncated = true;
        const surplus = size - maxBytes;
        if (first.length <= surplus) chunks.shift();
        else chunks[0] = first.subarray(surplus);
        size -= Math.min(first.length, surplus);
      }
    },
    text() {
      const bytes = Buffer.concat(chunks);
      // A character that was cut in two at the start is left out: its continuation bytes are 10xxxxxx.
      const whole = truncated ? bytes.findIndex((byte) => (byte & 0xc0) !== 0x80) : 0;
      return bytes.subarray(Math.max(0, whole)).toString("utf8");
    },
    truncated: () => truncated,
  };
}
