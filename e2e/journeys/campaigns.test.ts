import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import type { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";
import { restClient } from "./testing/rest-client.ts";

const DEADLINE_MS = 60_000;

interface Campaign {
  readonly id: string;
  readonly state: string;
  readonly wave?: number;
  readonly approvedBy?: string;
  readonly counts?: Readonly<Record<string, number>>;
}

describe("a campaign", () => {
  let journey: JourneyPlatform;
  before(async () => {
    journey = await startJourneyPlatform({ environment: { MUSTER_APPROVAL_ABOVE: "1" } });
  });
  after(() => journey?.stop());

  const enrolled = async (t: TestContext, seeds: readonly string[]): Promise<SimulatedAppleDevice[]> => {
    const { token } = await journey.api.post<{ token: string }>("/api/v1/enrollment-tokens", {
      name: "c",
      maxUses: 20,
    });
    const devices = seeds.map((seed) => testDevice(t, "iPhone", { ca: journey.ca, seed }));
    for (const device of devices) {
      await device.enrollFrom(`${journey.platform.urls.device}/apple/enroll/${token}`);
      await device.poll();
    }
    return devices;
  };
  const until = (id: string, found: (campaign: Campaign) => boolean): Promise<Campaign> =>
    journey.api.until(
      `/api/v1/campaigns/${id}`,
      (campaign: Campaign) => (found(campaign) ? campaign : undefined),
      DEADLINE_MS,
    );

  it("asks the iPhones of a fleet wave by wave, and erases them only when a second person approved it", async (t) => {
    const devices = await enrolled(t, ["campaign-1", "campaign-2", "campaign-3"]);
    const iphones = { platforms: ["PLATFORM_IOS"] };
    await journey.api.until(
      "/api/v1/devices?platform=PLATFORM_IOS",
      ({ devices: known = [] }: { readonly devices?: readonly unknown[] }) => (known.length === 3 ? true : undefined),
      DEADLINE_MS,
    );
    const asking = await journey.api.post<Campaign>("/api/v1/campaigns", {
      name: "Which version",
      selection: iphones,
      type: "COMMAND_TYPE_APPLE",
      apple: { requestType: "DeviceInformation", parameters: { Queries: ["OSVersion"] } },
      waves: [{ count: 1 }, { percent: 100 }],
    });
    for (const wave of [1, 2]) {
      await until(asking.id, (campaign) => campaign.wave === wave);
      for (const device of devices) await device.poll();
    }
    const completed = await until(asking.id, ({ state }) => state === "CAMPAIGN_STATE_COMPLETED");
    assert.equal(completed.counts?.["acknowledged"], 3);

    const wipe = await journey.api.post<Campaign>("/api/v1/campaigns", {
      name: "Sold",
      selection: iphones,
      type: "COMMAND_TYPE_WIPE",
    });
    assert.equal(wipe.state, "CAMPAIGN_STATE_AWAITING_APPROVAL");
    await assert.rejects(journey.api.post(`/api/v1/campaigns/${wipe.id}/approve`), /campaign\.own/);
    const { token } = await journey.api.post<{ token: string }>("/api/v1/api-tokens", { name: "vera", role: "admin" });
    const vera = restClient(journey.platform.urls.gateway, token);
    await vera.post(`/api/v1/campaigns/${wipe.id}/approve`);
    const approved = await until(wipe.id, ({ counts }) => counts?.["queued"] === 3);
    assert.equal(approved.approvedBy, "token:vera");
    for (const device of devices) await device.poll();
    await until(wipe.id, ({ state }) => state === "CAMPAIGN_STATE_COMPLETED");
  });
});
