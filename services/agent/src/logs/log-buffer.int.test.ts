import assert from "node:assert/strict";
import { appendFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { temporaryFolder } from "../testing/agent-process.ts";
import { type LogBuffer, openLogBuffer } from "./log-buffer.ts";

describe("the buffer of log lines", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const dropped: number[] = [];

  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  const open = (name: string, maxBytes = 10_000) =>
    openLogBuffer(join(folder.path, name), {
      maxBytes,
      portionBytes: 500,
      dropped: (bytes) => void dropped.push(bytes),
    });
  const numbered = (from: number, count: number) => Array.from({ length: count }, (_, n) => ({ n: from + n }));
  const drain = async (buffer: LogBuffer): Promise<number[]> => {
    const numbers: number[] = [];
    for (let portion = await buffer.oldest(); portion !== undefined; portion = await buffer.oldest()) {
      numbers.push(...portion.lines.map(({ line }) => (line as { n: number }).n));
      await portion.done();
    }
    return numbers;
  };

  it("gives back every line in order, also after a restart, and forgets it only when it is done", async () => {
    const buffer = await open("order");
    await buffer.add("result", numbered(0, 50));
    const portion = await buffer.oldest();
    assert.deepEqual(portion?.lines[0], { kind: "result", line: { n: 0 } });
    await buffer.add("status", numbered(50, 10));
    // The process dies here, before it could say that the portion is done, and in the middle of a line.
    const files = (await readdir(join(folder.path, "order"))).toSorted();
    await appendFile(join(folder.path, "order", files.at(-1) ?? ""), '{"kind":"resu');
    const again = await open("order");
    await again.add("result", numbered(60, 1));
    assert.deepEqual(
      await drain(again),
      Array.from({ length: 61 }, (_, n) => n),
    );
    assert.equal(await again.oldest(), undefined);
    assert.deepEqual(await readdir(join(folder.path, "order")), []);
  });

  it("never holds more than it may: the oldest go, and that is told", async () => {
    const buffer = await open("bound", 2_000);
    for (let n = 0; n < 500; n++) await buffer.add("result", numbered(n, 1));
    assert.ok(dropped.length > 0);
    const left = await drain(buffer);
    assert.equal(left.at(-1), 499);
    assert.ok(left.length > 30 && left.length < 80, `${left.length} lines in 2,000 bytes`);
    assert.deepEqual(
      left,
      numbered(left[0] ?? 0, left.length).map(({ n }) => n),
    );
  });

  it("leaves out a line that no server would take", async () => {
    const buffer = await open("large", 100_000_000);
    await buffer.add("result", [{ n: 1 }, { n: 2, text: "x".repeat(9 * 1024 * 1024) }, { n: 3 }]);
    assert.deepEqual(await drain(buffer), [1, 3]);
  });
});
