import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ProfileState } from "@muster/contracts/gen/muster/policy/v1/profile";
import { afterList, afterOutcome, type DeviceProfile } from "./device-profile.ts";
import { settle } from "./fit.ts";

const now = new Date("2026-11-25T12:00:00Z");
const later = (ms: number) => new Date(now.getTime() + ms);
const newId = () => "new";

const row = (changes: Partial<DeviceProfile> = {}): DeviceProfile => ({
  tenant: "acme",
  deviceId: "d",
  userId: "",
  profileId: "p",
  identifier: "example.wifi",
  profileName: "Wi-Fi",
  state: ProfileState.PROFILE_STATE_PENDING,
  wanted: true,
  revision: 1,
  generation: 1,
  commandId: "c",
  cause: "",
  since: now,
  repairs: 0,
  repairsSince: undefined,
  ...changes,
});

const has = (uuid: string | undefined, ms = 1) => ({
  uuids: new Map(uuid === undefined ? [] : [["example.wifi", uuid]]),
  at: later(ms),
});

describe("where a profile stands", () => {
  it("is not changed by an answer that it does not wait for", () => {
    const verified = row({ state: ProfileState.PROFILE_STATE_VERIFIED });
    assert.equal(afterOutcome(verified, { kind: "failed", reason: "late", at: now }, newId), undefined);
    assert.equal(afterOutcome(row(), { kind: "cancelled", reason: "unenrolled", at: now }, newId), undefined);
  });

  it("is not missed by a list from before the device took it", () => {
    const delivered = row({ state: ProfileState.PROFILE_STATE_DELIVERED });
    assert.equal(afterList(delivered, "U", has(undefined, 0), newId), undefined);
    assert.equal(afterList(delivered, "U", has(undefined), newId)?.row.commandId, "new");
    assert.equal(afterList(row(), "U", has(undefined), newId), undefined);
  });

  it("is verified by its own revision alone", () => {
    const delivered = row({ state: ProfileState.PROFILE_STATE_DELIVERED });
    assert.equal(afterList(delivered, "U", has("u"), newId)?.row.state, ProfileState.PROFILE_STATE_VERIFIED);
    assert.match(afterList(delivered, "U", has("other"), newId)?.row.cause ?? "", /another profile/);
  });

  it("counts repairs anew after a day", () => {
    const worn = row({ state: ProfileState.PROFILE_STATE_VERIFIED, repairs: 3, repairsSince: now });
    assert.equal(afterList(worn, "U", has(undefined, 86_399_999), newId)?.row.state, ProfileState.PROFILE_STATE_FAILED);
    const again = afterList(worn, "U", has(undefined, 86_400_000), newId)?.row;
    assert.deepEqual([again?.state, again?.repairs], [ProfileState.PROFILE_STATE_PENDING, 1]);
  });

  it("ends with the enrollment that it was said of", () => {
    const key = { tenant: "acme", deviceId: "d", userId: "", profileId: "p" };
    const wanted = { profileName: "Wi-Fi", identifier: "example.wifi", revision: 1 };
    const removing = row({ wanted: false, state: ProfileState.PROFILE_STATE_REMOVING });
    assert.equal(settle({ ...key, held: row(), wanted: undefined, generation: undefined }, newId, now).kind, "gone");
    assert.equal(settle({ ...key, held: removing, wanted: undefined, generation: 2 }, newId, now).kind, "gone");
    const anew = settle({ ...key, held: removing, wanted, generation: 2 }, newId, now);
    assert.deepEqual([anew.row.state, anew.row.generation], [ProfileState.PROFILE_STATE_PENDING, 2]);
  });
});
