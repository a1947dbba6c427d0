import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Device } from "@muster/contracts/gen/muster/inventory/v1/device";
import { encodePageToken } from "@muster/postgres/page";
import { narrowDevices, type Sieve } from "./narrow-devices.ts";

const DEVICES = Array.from({ length: 30_000 }, (_, n) => {
  const name = `host ${String(n).padStart(5, "0")}`;
  return Device.fromPartial({ id: name, displayName: name });
});

/** The list of devices in memory, which counts how often it is read. */
function listed() {
  const list = { reads: 0, read: reading };
  async function reading({ pageSize, pageToken }: { readonly pageSize: number; readonly pageToken: string }) {
    list.reads += 1;
    const from = DEVICES.findIndex(({ id }) => encodePageToken([id, id]) === pageToken) + 1;
    const devices = DEVICES.slice(from, from + pageSize);
    const last = devices.at(-1);
    const isEnd = last === undefined || from + pageSize >= DEVICES.length;
    return { devices, nextPageToken: isEnd ? "" : encodePageToken([last.id, last.id]) };
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
      const page = await narrowDevices(read, [each(10), each(15)], { pageSize: 300, pageToken });
      found.push(...page.devices.map(({ id }) => id));
      ({ nextPageToken: pageToken } = page);
    } while (pageToken !== "");
    assert.deepEqual(
      found,
      DEVICES.filter((_, n) => n % 30 === 0).map(({ id }) => id),
    );
  });

  it("are read once where all are wanted, and no further than one answer may take where none is", async () => {
    const dense = listed();
    assert.equal((await narrowDevices(dense.read, [each(1)], { pageSize: 100, pageToken: "" })).devices.length, 100);
    assert.equal(dense.reads, 1);
    const sparse = listed();
    const page = await narrowDevices(sparse.read, [each(1e9)], { pageSize: 100, pageToken: "" });
    assert.equal(page.devices.length, 1);
    assert.ok(sparse.reads <= 40 && page.nextPageToken !== "");
  });
});
