import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Place, tokenAfter } from "../storage/read-devices.ts";
import { narrowDevices, type Sieve } from "./narrow-devices.ts";

const DEVICES: readonly Place[] = Array.from({ length: 30_000 }, (_, n) => {
  const place = `host ${String(n).padStart(5, "0")}`;
  return { id: place, place };
});

/** The list of devices in memory, which counts how often it is read. */
function listed() {
  const list = { reads: 0, read: reading };
  async function reading(limit: number, pageToken: string) {
    list.reads += 1;
    const from = DEVICES.findIndex((device) => tokenAfter(device) === pageToken) + 1;
    return DEVICES.slice(from, from + limit);
  }
  return list;
}

const each =
  (nth: number): Sieve =>
  async (ids) =>
    new Set(ids.filter((id) => Number(id.slice(5)) % nth === 0));

describe("devices that are sieved", () => {
  it("come in pages that leave none out and repeat none, until the last", async () => {
    const { read } = listed();
    const found: string[] = [];
    let pageToken = "";
    do {
      const page = await narrowDevices(read, [each(10), each(15)], 300, pageToken);
      found.push(...page.deviceIds);
      ({ nextPageToken: pageToken } = page);
    } while (pageToken !== "");
    assert.deepEqual(
      found,
      DEVICES.filter((_, n) => n % 30 === 0).map(({ id }) => id),
    );
  });

  it("are read once where all are wanted, and no further than one answer may take where none is", async () => {
    const dense = listed();
    assert.equal((await narrowDevices(dense.read, [each(1)], 100, "")).deviceIds.length, 100);
    assert.equal(dense.reads, 1);
    const sparse = listed();
    const page = await narrowDevices(sparse.read, [each(1e9)], 100, "");
    assert.deepEqual(page.deviceIds, [DEVICES[0]?.id]);
    assert.ok(sparse.reads <= 6 && page.nextPageToken !== "");
  });
});
