import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { readPlist } from "./read-plist.ts";
import type { PlistDict } from "./value.ts";
import { writePlist } from "./write-plist.ts";

const run = promisify(execFile);
const isThere = (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, "plistutil")));
const skip = isThere ? false : "plistutil is not installed: apt-get install libplist-utils";

/** What one kind of property list becomes as the other. */
async function converted(list: Uint8Array, format: "bin" | "xml"): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "muster-plist-"));
  try {
    const [input, output] = [join(folder, "in"), join(folder, "out")];
    await writeFile(input, list);
    await run("plistutil", ["-f", format, "-i", input, "-o", output]);
    return await readFile(output);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("plistutil of libplist", { skip }, () => {
  const command: PlistDict = {
    CommandUUID: "0001_InstallProfile",
    Command: {
      RequestType: "InstallProfile",
      Payload: Buffer.from([0, 1, 0xfe, 0xff]),
      Text: "ä < & > \u{1F511} \"'",
      Nothing: "",
      Whole: [0, -1, 255, 65_536, 2 ** 40, -(2 ** 31)],
      Fraction: 0.5,
      Yes: true,
      No: false,
      When: new Date("2026-11-25T12:00:00Z"),
      Empty: {},
      None: [],
    },
  };

  it("reads what we write, and we read its binary form", async () => {
    const binary = await converted(Buffer.from(writePlist(command)), "bin");
    assert.equal(binary.subarray(0, 8).toString("latin1"), "bplist00");
    assert.deepEqual(plain(readPlist(binary)), plain(command));
  });

  it("writes XML that we read", async () => {
    const binary = await converted(Buffer.from(writePlist(command)), "bin");
    assert.deepEqual(plain(readPlist(await converted(binary, "xml"))), plain(command));
  });
});

/** As JSON: dictionaries that are read have no prototype. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
