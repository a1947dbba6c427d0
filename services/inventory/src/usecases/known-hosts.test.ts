import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { followChanges } from "./follow-changes.ts";
import { KnownHosts } from "./known-hosts.ts";

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const key = { tenant: "acme", deviceId: "d1" };
const host = {
  ...key,
  platform: "PLATFORM_LINUX",
  ownership: "OWNERSHIP_CORPORATE",
  unenrolled: false,
  generations: {},
} as const;

describe("what is remembered of a host", () => {
  let known: KnownHosts;
  const lookAt = (at: number, ...changes: { tenant: string; deviceId: string | undefined }[]) =>
    followChanges({ known, look: async () => changes, now: () => new Date(at) })();

  beforeEach(async () => {
    known = new KnownHosts();
    await lookAt(NOW);
    known.remember(key, host, NOW, NOW + 60 * MINUTE, known.changes);
  });

  it("is believed while looks find no change, for ten minutes at most", async () => {
    for (let minute = 1; minute < 10; minute++) {
      await lookAt(NOW + minute * MINUTE - 1);
      assert.ok(known.find(key, NOW + minute * MINUTE), `minute ${minute}`);
    }
    await lookAt(NOW + 10 * MINUTE);
    assert.equal(known.find(key, NOW + 10 * MINUTE), undefined);
  });

  it("is not believed when nobody could look for a minute", () => {
    assert.ok(known.find(key, NOW + MINUTE - 1));
    assert.equal(known.find(key, NOW + MINUTE), undefined);
  });

  it("is forgotten by a change of the host or of its tenant, not by another's", async () => {
    await lookAt(NOW, { tenant: "acme", deviceId: "d2" }, { tenant: "globex", deviceId: undefined });
    assert.ok(known.find(key, NOW));
    await lookAt(NOW, key);
    assert.equal(known.find(key, NOW), undefined);
    known.remember(key, host, NOW, NOW + MINUTE, known.changes);
    await lookAt(NOW, { tenant: "acme", deviceId: undefined });
    assert.equal(known.find(key, NOW), undefined);
  });

  it("is only who it is after it answered", () => {
    const before = known.changes;
    known.reconsider(key);
    assert.equal(known.find(key, NOW)?.quietUntil, 0);
    known.remember(key, host, NOW, NOW + MINUTE, before);
    assert.equal(known.find(key, NOW)?.quietUntil, 0, "read before it answered");
    assert.deepEqual(known.find(key, NOW)?.host, host);
  });

  it("is not another tenant's, even if one had the same id", () => {
    const other = { tenant: "globex", deviceId: key.deviceId };
    assert.equal(known.find(other, NOW), undefined);
    known.reconsider(other);
    assert.equal(known.find(key, NOW)?.quietUntil, NOW + 60 * MINUTE);
  });

  it("is not what was read before a change that came in between", async () => {
    const before = known.changes;
    await lookAt(NOW, key);
    known.remember(key, host, NOW, NOW + MINUTE, before);
    assert.equal(known.find(key, NOW), undefined);
  });
});
