import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { Profile, type ProfileChange } from "@muster/contracts/gen/muster/policy/v1/profile";
import {
  type ProfileServiceServer,
  ProfileServiceService,
} from "@muster/contracts/gen/muster/policy/v1/profile_service";
import { type ClientOf, clientOf } from "@muster/rpc/client";
import { eventually } from "@muster/testkit/eventually";
import { enrollMac } from "./testing/enroll-mac.ts";
import { wifiConfig } from "./testing/mobileconfigs.ts";
import { tellOfEnd } from "./testing/profile-answers.ts";
import { caller, startTestPlatform, type TestPlatform } from "./testing/test-platform.ts";

describe("a profile that was deleted and made anew under its identifier", () => {
  let platform: TestPlatform;
  let profiles: ClientOf<ProfileServiceServer>;
  before(async () => {
    platform = await startTestPlatform();
    profiles = clientOf<ProfileServiceServer>(ProfileServiceService, platform.channel);
  });
  after(() => platform.stop());

  it("is not removed again where the new one took the place of its removal", async () => {
    const device = randomUUID();
    await enrollMac(platform, device, 1);
    const create = async (name: string): Promise<string> => {
      const selection = { deviceIds: [device], labelIds: [], platforms: [] };
      const content = wifiConfig("example.wifi");
      const { profile } = await profiles.createProfile(
        { profile: { ...Profile.fromJSON({ name }), content, selection } },
        caller,
      );
      return profile?.id ?? assert.fail("no profile");
    };
    const changes = async (): Promise<ProfileChange[]> =>
      (await platform.told("muster.policy.v1.DesiredStateChanged", device)).flatMap((each) => each.profiles);
    const change = (place: number): Promise<ProfileChange> =>
      eventually(`change ${place}`, async () => (await changes())[place]);
    const standing = async () =>
      (await profiles.listDeviceProfiles({ deviceId: device }, caller)).profiles.map(({ profileId, state }) => [
        profileId,
        state,
      ]);

    const old = await create("the old one");
    await tellOfEnd(platform, device, await change(0), "Acknowledged");
    await eventually("it to be there", async () =>
      (await standing())[0]?.[1] === "PROFILE_STATE_DELIVERED" ? true : undefined,
    );
    await profiles.deleteProfile({ id: old, expectedRevisions: [] }, caller);
    const made = await create("the new one");
    const [removal, install] = [await change(1), await change(2)];
    assert.deepEqual([removal.remove, install.remove, install.profileId], [true, false, made]);
    await tellOfEnd(platform, device, removal, "Cancelled", "superseded");
    await tellOfEnd(platform, device, install, "Acknowledged");
    await eventually("the new one to be there", async () =>
      (await standing()).some(([id, state]) => id === made && state === "PROFILE_STATE_DELIVERED") ? true : undefined,
    );
    assert.deepEqual(await standing(), [[made, "PROFILE_STATE_DELIVERED"]]);
    assert.equal((await changes()).length, 3);
  });
});
