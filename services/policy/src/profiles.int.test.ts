import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { readPlist } from "@muster/apple-protocol/plist/read-plist";
import type { PlistDict } from "@muster/apple-protocol/plist/value";
import type { EventType } from "@muster/contracts/event";
import {
  type AppleDesiredStateServiceServer,
  AppleDesiredStateServiceService,
} from "@muster/contracts/gen/muster/policy/v1/apple_service";
import { Profile, type ProfileChange } from "@muster/contracts/gen/muster/policy/v1/profile";
import {
  type DeviceProfile,
  type ProfileServiceServer,
  ProfileServiceService,
} from "@muster/contracts/gen/muster/policy/v1/profile_service";
import { type ClientOf, clientOf } from "@muster/rpc/client";
import { eventually } from "@muster/testkit/eventually";
import { enrollMac } from "./testing/enroll-mac.ts";
import { wifiConfig } from "./testing/mobileconfigs.ts";
import {
  type CommandEnd,
  type ProfileList,
  tellOfEnd,
  tellOfOthersEnd,
  tellOfProfiles,
} from "./testing/profile-answers.ts";
import { caller, startTestPlatform, type TestPlatform } from "./testing/test-platform.ts";

const DEADLINE_MS = 60_000;

describe("profiles", () => {
  let platform: TestPlatform;
  let profiles: ClientOf<ProfileServiceServer>;
  let desired: ClientOf<AppleDesiredStateServiceServer>;
  let device: string;
  let versions = 0;

  before(async () => {
    platform = await startTestPlatform();
    profiles = clientOf<ProfileServiceServer>(ProfileServiceService, platform.channel);
    desired = clientOf<AppleDesiredStateServiceServer>(AppleDesiredStateServiceService, platform.channel);
  });

  after(() => platform.stop());

  beforeEach(() => {
    device = randomUUID();
  });

  const enroll = (rest: object = {}, apple: object = {}) => enrollMac(platform, device, ++versions, rest, apple);
  const ended = (...end: CommandEnd) => tellOfEnd(platform, device, ...end);
  const listed = (has: ProfileList) => tellOfProfiles(platform, device, has);
  const create = async (given: Partial<Profile> & { identifier: string; keys?: PlistDict }): Promise<Profile> => {
    const { identifier, keys, ...rest } = given;
    const asked = {
      ...Profile.fromJSON({ name: identifier }),
      content: wifiConfig(identifier, keys),
      selection: { deviceIds: [device], labelIds: [], platforms: [] },
      ...rest,
    };
    const { profile } = await profiles.createProfile({ profile: asked }, caller);
    return profile ?? assert.fail("no profile");
  };
  const told = <T extends EventType>(type: T) => platform.told(type, device);
  /** What the device was to do about profiles, in the order of telling, once there is so much of it. */
  const changes = (count: number): Promise<ProfileChange[]> =>
    eventually(
      `${count} changes`,
      async () => {
        const all = (await told("muster.policy.v1.DesiredStateChanged")).flatMap((each) => each.profiles);
        return all.length >= count ? all : undefined;
      },
      DEADLINE_MS,
    );
  const last = async (count: number): Promise<ProfileChange> => {
    const all = await changes(count);
    assert.equal(all.length, count);
    return all[count - 1] ?? assert.fail("nothing was told");
  };
  const stands = (state: string | undefined, cause?: string): Promise<DeviceProfile | true> =>
    eventually(
      `the profile to be ${state}`,
      async () => {
        const [found] = (await profiles.listDeviceProfiles({ deviceId: device }, caller)).profiles;
        if (found === undefined) return state === undefined ? true : undefined;
        return found.state === state && (cause === undefined || found.cause === cause) ? found : undefined;
      },
      DEADLINE_MS,
    );
  const render = async (profileId: string, userId = ""): Promise<PlistDict> => {
    const { content } = await desired.renderProfile({ deviceId: device, userId, profileId, revision: 1 }, caller);
    return readPlist(content) as PlistDict;
  };
  const onDevice = async (profile: Profile) => {
    const { PayloadUUID } = await render(profile.id);
    if (typeof PayloadUUID !== "string") assert.fail("the profile has no PayloadUUID");
    return { PayloadIdentifier: profile.identifier, PayloadUUID };
  };

  it("go to the devices they are for, and are verified by what these say they have", async () => {
    await enroll();
    const profile = await create({ identifier: "example.goes" });
    const install = await last(1);
    assert.deepEqual([install.profileId, install.remove, install.revision], [profile.id, false, 1]);
    await stands("PROFILE_STATE_PENDING");
    await ended(install, "Acknowledged");
    await stands("PROFILE_STATE_DELIVERED");
    await listed([await onDevice(profile)]);
    await stands("PROFILE_STATE_VERIFIED");
    const states = (await told("muster.policy.v1.ProfileStateChanged")).map(({ previous, state }) => [previous, state]);
    assert.deepEqual(states, [
      ["PROFILE_STATE_PENDING", "PROFILE_STATE_DELIVERED"],
      ["PROFILE_STATE_DELIVERED", "PROFILE_STATE_VERIFIED"],
    ]);
    const { profile: counted } = await profiles.getProfile({ id: profile.id }, caller);
    assert.deepEqual([counted?.counts?.verified, counted?.counts?.pending], [1, 0]);
  });

  it("go out anew when their content changes, and only then", async () => {
    await enroll();
    const profile = await create({ identifier: "example.changes" });
    const first = await last(1);
    await ended(first, "Acknowledged");
    await stands("PROFILE_STATE_DELIVERED");
    const words = { ...profile, description: "why", content: Buffer.alloc(0) };
    const renamed = { id: profile.id, profile: words, expectedRevisions: [1] };
    const { profile: same } = await profiles.updateProfile(renamed, caller);
    assert.deepEqual([same?.revision, same?.version], [1, 2]);
    await assert.rejects(profiles.updateProfile(renamed, caller), { code: "revision.changed" });
    const content = wifiConfig(profile.identifier, { SSID_STR: "Another" });
    await profiles.updateProfile({ id: profile.id, profile: { ...profile, content }, expectedRevisions: [2] }, caller);
    const second = await last(2);
    assert.equal(second.revision, 2);
    // A late answer to the earlier one says nothing of this one.
    await ended(first, "Failed", "late");
    await ended(second, "Acknowledged");
    await stands("PROFILE_STATE_DELIVERED");
    const other = profiles.updateProfile(
      { id: profile.id, profile: { ...profile, content: wifiConfig("x") }, expectedRevisions: [] },
      caller,
    );
    await assert.rejects(other, { code: "profile.identifier_changed" });
  });

  it("are sent again when they are missing, three times a day, and then failed", async () => {
    await enroll();
    const profile = await create({ identifier: "example.drifts" });
    for (let count = 1; count <= 4; count++) {
      await ended(await last(count), "Acknowledged");
      await stands("PROFILE_STATE_DELIVERED");
      await listed([]);
    }
    const failed = await stands("PROFILE_STATE_FAILED");
    assert.match(failed === true ? "" : failed.cause, /3 repairs within a day/);
    assert.deepEqual(await profiles.resendProfile({ id: profile.id, deviceIds: [] }, caller), { resent: 1 });
    await stands("PROFILE_STATE_PENDING", "");
    await listed([await onDevice(profile)]);
    await stands("PROFILE_STATE_VERIFIED");
  });

  it("that a device refuses are failed with its reason, and those that were superseded or not fetched come again", async () => {
    await enroll();
    await create({ identifier: "example.refused" });
    await ended(await last(1), "Cancelled", "superseded");
    await ended(await last(2), "Expired");
    await ended(await last(3), "Failed", "MCInstallationErrorDomain 4001: no");
    await stands("PROFILE_STATE_FAILED", "MCInstallationErrorDomain 4001: no");
  });

  it("wait for the commands that were asked for them: how a person's own end is nothing to them, nor to the device", async () => {
    await enroll();
    await create({ identifier: "example.waits" });
    const install = await last(1);
    const stranger = randomUUID();
    await tellOfOthersEnd(platform, device, install, "Failed");
    await tellOfOthersEnd(platform, stranger, install, "Expired");
    await tellOfOthersEnd(platform, stranger, install, "Cancelled");
    // Events are heard in their order: what came before this one has been heard.
    await ended(install, "Acknowledged");
    await stands("PROFILE_STATE_DELIVERED");
    const states = (await told("muster.policy.v1.ProfileStateChanged")).map(({ state }) => state);
    assert.deepEqual(states, ["PROFILE_STATE_DELIVERED"]);
    const { rows } = await platform.database.pool.query("select from devices where id = $1", [stranger]);
    assert.equal(rows.length, 0, "a device that nothing is heard of is not locked");
  });

  it("are removed where they are not for any more, and when they are deleted", async () => {
    await enroll();
    const profile = await create({ identifier: "example.leaves" });
    await ended(await last(1), "Acknowledged");
    await stands("PROFILE_STATE_DELIVERED");
    const elsewhere = { ...profile, selection: { deviceIds: [randomUUID()], labelIds: [], platforms: [] } };
    await profiles.updateProfile({ id: profile.id, profile: elsewhere, expectedRevisions: [] }, caller);
    assert.equal((await last(2)).remove, true);
    await stands("PROFILE_STATE_REMOVING");
    await profiles.updateProfile(
      { id: profile.id, profile: { ...profile, content: Buffer.alloc(0) }, expectedRevisions: [] },
      caller,
    );
    assert.equal((await last(3)).remove, false);
    await profiles.deleteProfile({ id: profile.id, expectedRevisions: [] }, caller);
    await ended(await last(4), "Failed", "MDMErrorDomain 12013: profile example.leaves is not managed");
    await stands(undefined);
    const state = (await told("muster.policy.v1.ProfileStateChanged")).at(-1);
    assert.equal(state?.state, "PROFILE_STATE_REMOVED");
  });

  it("come again when the device enrolls anew, and end with its management", async () => {
    await create({ identifier: "example.anew" });
    await enroll();
    await ended(await last(1), "Acknowledged");
    await stands("PROFILE_STATE_DELIVERED");
    await enroll();
    await enroll({ generations: { apple: 2 } });
    await last(2);
    const events = await told("muster.policy.v1.DesiredStateChanged");
    assert.deepEqual(
      events.map(({ appleGeneration }) => appleGeneration),
      [1, 2],
    );
    await enroll({ generations: { apple: 2 }, status: "STATUS_UNENROLLED", apple: undefined });
    await stands(undefined);
  });

  it("go to the channel of each user, also of one who comes later", async () => {
    const ada = { userId: "A-1", shortName: "ada", longName: "Ada Lovelace" };
    await enroll({}, { users: [ada] });
    const profile = await create({
      identifier: "example.users",
      userChannel: true,
      keys: { SSID_STR: "$MUSTER_USER_NAME's" },
    });
    assert.equal((await last(1)).userId, "A-1");
    await enroll({}, { users: [ada, { userId: "B-2", shortName: "bob", longName: "" }] });
    assert.equal((await last(2)).userId, "B-2");
    const [payload] = (await render(profile.id, "B-2"))["PayloadContent"] as PlistDict[];
    assert.equal(payload?.["SSID_STR"], "bob's");
  });

  it("are filled for the device when they are delivered, as values, and stay sealed where they are kept", async () => {
    await enroll();
    const keys = { Password: "$MUSTER_SERIAL_NUMBER/$MUSTER_HARDWARE_MODEL", Priority: 3 };
    const profile = await create({ identifier: "example.variables", keys });
    await last(1);
    assert.deepEqual(profile.variables, ["MUSTER_HARDWARE_MODEL", "MUSTER_SERIAL_NUMBER"]);
    assert.equal(profile.content.length, 0);
    const [payload] = (await render(profile.id))["PayloadContent"] as PlistDict[];
    assert.deepEqual([payload?.["Password"], payload?.["Priority"]], ["C02<&>/Mac15,3", 3]);
    const { profile: whole } = await profiles.getProfileContent({ id: profile.id }, caller);
    assert.match(whole?.content.toString() ?? "", /\$MUSTER_SERIAL_NUMBER/);
    const { rows } = await platform.database.pool.query<{ sealed: Buffer }>("select sealed from profiles");
    assert.ok(rows.every(({ sealed }) => !sealed.includes("Office")));
    const bodies = await platform.database.pool.query<{ body: string }>("select body from outbox");
    assert.ok(bodies.rows.every(({ body }) => !body.includes("secret of the office")));
  });

  it("reveal nothing of a person's own device, and are given to nobody else", async () => {
    await enroll({ ownership: "OWNERSHIP_PERSONAL", hardwareSerial: "" }, { udid: "" });
    const profile = await create({ identifier: "example.private", keys: { SSID_STR: "$MUSTER_SERIAL_NUMBER" } });
    await last(1);
    await assert.rejects(render(profile.id), { code: "profile.variable_private" });
    await enroll({ hardwareSerial: "C02\u0001" });
    const spoken = () =>
      render(profile.id).then(
        () => undefined,
        ({ code }: { code: string }) => (code === "profile.variable_unknown" ? true : undefined),
      );
    await eventually("what XML cannot carry to be refused", spoken, DEADLINE_MS);
    const request = { deviceId: randomUUID(), userId: "", profileId: profile.id, revision: 1 };
    await assert.rejects(desired.renderProfile(request, caller), { code: "profile.not_for_device" });
    const stranger = { ...caller, tenant: "globex" };
    await assert.rejects(profiles.getProfileContent({ id: profile.id }, stranger), { code: "profile.unknown" });
  });

  it("are refused with everything that is wrong, by their names, and by their identifiers", async () => {
    const profile = await create({ identifier: "example.refusals" });
    const bad = { ...profile, content: wifiConfig("y", { SSID_STR: "$MUSTER_NOTHING" }, { PayloadVersion: 2 }) };
    const { problems } = await profiles.validateProfile({ profile: bad }, caller);
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["PayloadVersion", "PayloadContent[0].SSID_STR"],
    );
    await assert.rejects(profiles.createProfile({ profile: bad }, caller), { code: "profile.invalid" });
    const named = { ...profile, content: wifiConfig("example.other") };
    await assert.rejects(profiles.createProfile({ profile: named }, caller), { code: "profile.name_taken" });
    const same = { ...profile, name: "another", content: wifiConfig("example.refusals") };
    await assert.rejects(profiles.createProfile({ profile: same }, caller), { code: "profile.identifier_taken" });
    await assert.rejects(profiles.checkProfile({ id: "", profile: same }, caller), {
      code: "profile.identifier_taken",
    });

    const content = wifiConfig("example.refusals", { SSID_STR: "elsewhere" });
    const checked = await profiles.checkProfile({ id: profile.id, profile: { ...profile, content } }, caller);
    assert.equal(checked.profile?.revision, profile.revision + 1);
    assert.equal((await profiles.getProfile({ id: profile.id }, caller)).profile?.revision, profile.revision);
  });
});
