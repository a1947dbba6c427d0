import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import type { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";
import { type RestClient, restClient } from "./testing/rest-client.ts";

const DEADLINE_MS = 60_000;

interface Campaign {
  readonly id: string;
  readonly state: string;
  readonly wave?: number;
  readonly approvedBy?: string;
  readonly decisionReason?: string;
  readonly counts?: Readonly<Record<string, number>>;
}

describe("a campaign", () => {
  let journey: JourneyPlatform;
  let vera: RestClient;
  before(async () => {
    journey = await startJourneyPlatform({ environment: { MUSTER_APPROVAL_ABOVE: "1" } });
    vera = await secondPerson(journey);
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

    const sold = { name: "Sold", selection: iphones, type: "COMMAND_TYPE_WIPE" };
    await assert.rejects(journey.api.post("/api/v1/campaigns", sold), /campaign\.no_reason/);
    const wipe = await journey.api.post<Campaign>("/api/v1/campaigns", { ...sold, reason: "sold" });
    assert.equal(wipe.state, "CAMPAIGN_STATE_AWAITING_APPROVAL");
    await assert.rejects(journey.api.post(`/api/v1/campaigns/${wipe.id}/approve`), /campaign\.own/);
    const { token } = await journey.api.post<{ token: string }>("/api/v1/api-tokens", { name: "mine", role: "admin" });
    const own = restClient(journey.platform.urls.gateway, token);
    await assert.rejects(own.post(`/api/v1/campaigns/${wipe.id}/approve`), /campaign\.own/);
    await vera.post(`/api/v1/campaigns/${wipe.id}/approve`, { reason: "the buyer has paid" });
    const approved = await until(wipe.id, ({ counts }) => counts?.["queued"] === 3);
    assert.deepEqual([approved.approvedBy, approved.decisionReason], ["token:vera", "the buyer has paid"]);
    for (const device of devices) await device.poll();
    await until(wipe.id, ({ state }) => state === "CAMPAIGN_STATE_COMPLETED");
  });

  it("unenrolls more devices than one person may alone only when a second person approved it", async (t) => {
    const devices = await enrolled(t, ["leaving-1", "leaving-2", "leaving-3"]);
    const { enrollments } = await journey.api.get<{ enrollments: readonly { readonly deviceId: string }[] }>(
      "/api/v1/enrollments?status=STATUS_ENROLLED",
    );
    const deviceIds = enrollments.map(({ deviceId }) => deviceId).slice(0, devices.length);
    const [first = "", ...others] = deviceIds;
    await journey.api.post(`/api/v1/enrollments/${first}/unenroll`, { reason: "sold" });
    const { token } = await journey.api.post<{ token: string }>("/api/v1/api-tokens", { name: "ci", role: "admin" });
    const ownToken = restClient(journey.platform.urls.gateway, token);
    for (const [deviceId, client] of [
      [others[0], journey.api],
      [others[1], ownToken],
    ] as const)
      await assert.rejects(
        client.post(`/api/v1/enrollments/${deviceId}/unenroll`, { reason: "sold" }),
        /command\.needs_campaign/,
      );
    const leaving = await ownToken.post<Campaign>("/api/v1/campaigns", {
      name: "Sold",
      reason: "sold",
      selection: { deviceIds: others },
      type: "COMMAND_TYPE_UNENROLL",
    });
    assert.equal(leaving.state, "CAMPAIGN_STATE_AWAITING_APPROVAL");
    await assert.rejects(journey.api.post(`/api/v1/campaigns/${leaving.id}/approve`), /campaign\.own/);
    await vera.post(`/api/v1/campaigns/${leaving.id}/approve`, { reason: "the buyer has paid" });
    const completed = await until(leaving.id, ({ state }) => state === "CAMPAIGN_STATE_COMPLETED");
    assert.equal(completed.counts?.["acknowledged"], 2);
    for (const deviceId of deviceIds) {
      const { status } = await journey.api.get<{ status: string }>(`/api/v1/enrollments/${deviceId}`);
      assert.equal(status, "STATUS_UNENROLLED");
    }
  });
});

/** Another administrator, by a token that they made themselves. */
async function secondPerson({ api, platform }: JourneyPlatform): Promise<RestClient> {
  const { gateway } = platform.urls;
  const credentials = { email: "vera@example.com", password: "correct horse battery" };
  await api.post("/api/v1/users", { ...credentials, name: "Vera", role: "admin" });
  const headers = { "content-type": "application/json", "x-muster-csrf": "1" };
  const post = (path: string, body: object, cookie = "") =>
    fetch(new URL(path, gateway), { method: "POST", headers: { ...headers, cookie }, body: JSON.stringify(body) });
  const signedIn = await post("/api/v1/sign-in", credentials);
  const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const made = await post("/api/v1/api-tokens", { name: "vera" }, cookie);
  return restClient(gateway, ((await made.json()) as { token: string }).token);
}
