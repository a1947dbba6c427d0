import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Campaign, CampaignDeviceState, CampaignState } from "@muster/contracts/gen/muster/command/v1/campaign";
import type { CreateCampaignRequest } from "@muster/contracts/gen/muster/command/v1/campaign_service";
import { CommandType } from "@muster/contracts/gen/muster/command/v1/command";
import { eventually } from "@muster/testkit/eventually";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { type CommandProcess, startCommand } from "./testing/command-process.ts";
import type { TestDevice } from "./testing/device-certificate.ts";
import { knownAgents } from "./testing/known-agents.ts";
import { caller, order } from "./testing/orders.ts";
import { TestAgent } from "./testing/test-agent.ts";
import { startTestPlatform, TENANT, type TestPlatform } from "./testing/test-platform.ts";

const DEADLINE_MS = 60_000;
const vera = { tenant: TENANT, actor: "vera@example.com" };

describe("campaigns", () => {
  let platform: TestPlatform;
  let one: CommandProcess;
  let two: CommandProcess;
  const settings = {
    MUSTER_MASTER_KEY: Buffer.alloc(32, 7).toString("base64"),
    MUSTER_APPROVAL_ABOVE: "2",
    MUSTER_SCRIPT_APPROVAL_ABOVE: "50",
  };
  before(async () => {
    platform = await startTestPlatform();
    one = await startCommand(platform.database.url, platform.bus.url, settings);
    two = await startCommand(platform.database.url, platform.bus.url, settings);
  });
  after(async () => {
    await Promise.all([one?.stop(), two?.stop()]);
    await platform?.stop();
  });

  const request = (deviceIds: string[], rest: Partial<CreateCampaignRequest> = {}): CreateCampaignRequest => ({
    name: "test",
    selection: { deviceIds, labelIds: [], platforms: [] },
    type: CommandType.COMMAND_TYPE_RUN_SCRIPT,
    runScript: { content: "echo hello", scriptId: "", timeoutSeconds: 0 },
    apple: undefined,
    lock: undefined,
    wipe: undefined,
    lostMode: undefined,
    reason: "test",
    commandExpiresInSeconds: 0,
    waves: [],
    pauseSeconds: 0,
    successPercent: 100,
    haltPercent: 50,
    haltMinimum: 2,
    expiresInSeconds: 0,
    ...rest,
  });
  const wave = (count: number) => ({ count, percent: 0 });
  const create = async (deviceIds: string[], rest: Partial<CreateCampaignRequest> = {}): Promise<Campaign> =>
    (await one.campaigns.createCampaign(request(deviceIds, rest), caller)).campaign ?? assert.fail();
  const get = async (id: string): Promise<Campaign> =>
    (await two.campaigns.getCampaign({ id }, caller)).campaign ?? assert.fail();
  const until = (what: string, id: string, holds: (campaign: Campaign) => boolean): Promise<Campaign> =>
    eventually(
      what,
      async () => {
        const campaign = await get(id);
        return holds(campaign) ? campaign : undefined;
      },
      DEADLINE_MS,
    );
  const fleet = (size: number): Promise<TestDevice[]> =>
    Promise.all(Array.from({ length: size }, () => platform.enroll({ agent: 1 })));
  const idsOf = (devices: readonly TestDevice[]) => devices.map(({ deviceId }) => deviceId);
  /** Lets devices do what they are asked, and says how many were asked something. */
  const work = async (devices: readonly TestDevice[], state: "succeeded" | "failed"): Promise<number> => {
    const worked = await Promise.all(
      devices.map(async (device) => {
        const agent = await TestAgent.of(one.url, device);
        const commands = await agent.checkIn();
        await agent.report(
          ...commands.map(({ id }) => ({
            commandId: id,
            state,
            ...(state === "failed" ? { exitCode: 1, reason: "exit_code" } : { exitCode: 0 }),
          })),
        );
        return commands.length;
      }),
    );
    return worked.filter((count) => count > 0).length;
  };
  const devicesOf = async (
    id: string,
    state: CampaignDeviceState = CampaignDeviceState.CAMPAIGN_DEVICE_STATE_UNSPECIFIED,
  ) => {
    const devices = [];
    for (let pageToken = ""; ; ) {
      const page = await two.campaigns.listCampaignDevices({ id, state, pageSize: 2, pageToken }, caller);
      devices.push(...page.devices);
      if (page.nextPageToken === "") return devices;
      pageToken = page.nextPageToken;
    }
  };

  it("ask wave after wave, each once the one before succeeded, and tell of every device", async () => {
    const devices = await fleet(5);
    const stranger = uuidv7();
    const { id, waveSizes } = await create([...idsOf(devices), stranger], { waves: [wave(2), wave(4)] });
    assert.deepEqual(waveSizes, [2, 4]);
    const first = await until("the first wave", id, (campaign) => campaign.wave === 1);
    assert.equal(first.counts?.waiting, 4);
    const asked = (await devicesOf(id)).filter(({ wave: number }) => number === 1);
    assert.equal(asked.length, 2);
    await eventually(
      "the first wave to be done",
      async () => {
        await work(devices, "succeeded");
        return (await get(id)).wave === 2 ? true : undefined;
      },
      DEADLINE_MS,
    );
    const completed = await eventually(
      "the campaign to be completed",
      async () => {
        await work(devices, "succeeded");
        const campaign = await get(id);
        return campaign.state === CampaignState.CAMPAIGN_STATE_COMPLETED ? campaign : undefined;
      },
      DEADLINE_MS,
    );
    assert.deepEqual([completed.counts?.acknowledged, completed.counts?.refused], [5, 1]);
    const all = await devicesOf(id);
    assert.deepEqual(all.map(({ deviceId }) => deviceId).toSorted(), [...idsOf(devices), stranger].toSorted());
    const [refused] = await devicesOf(id, CampaignDeviceState.CAMPAIGN_DEVICE_STATE_REFUSED);
    assert.deepEqual([refused?.deviceId, refused?.reason], [stranger, "command.device_unknown"]);
    const told = async (type: "CampaignStarted" | "CampaignAdvanced" | "CampaignFinished") =>
      (await platform.heard(`muster.command.v1.${type}`, "")).filter(({ campaign }) => campaign?.id === id).length;
    await eventually("all to be told", async () => ((await told("CampaignFinished")) === 1 ? true : undefined));
    assert.deepEqual([await told("CampaignStarted"), await told("CampaignAdvanced")], [1, 2]);
  });

  it("stop by themselves when too many fail, take back what nobody fetched, and go on when somebody wants it", async () => {
    const devices = await fleet(6);
    const { id } = await create(idsOf(devices));
    await until("the wave", id, ({ counts }) => counts?.queued === 6);
    const failing = devices.slice(0, 2);
    assert.equal(await work(failing, "failed"), 2);
    const halted = await until(
      "the halt",
      id,
      ({ counts, state }) => state === CampaignState.CAMPAIGN_STATE_HALTED && counts?.waiting === 4,
    );
    assert.deepEqual([halted.haltReason, halted.counts?.failed, halted.counts?.queued], ["failures", 2, 0]);
    assert.equal(await work(devices, "succeeded"), 0);
    const [told] = await platform.heard("muster.command.v1.CampaignHalted", "");
    assert.deepEqual([told?.campaign?.id, told?.campaign?.counts?.failed], [id, 2]);
    await one.campaigns.resumeCampaign({ id }, caller);
    await until("the others to be asked again", id, ({ counts }) => counts?.queued === 4);
    assert.equal(await work(devices, "succeeded"), 4);
    const { counts } = await until("the end", id, ({ state }) => state === CampaignState.CAMPAIGN_STATE_COMPLETED);
    assert.deepEqual([counts?.acknowledged, counts?.failed, counts?.cancelled], [4, 2, 0]);
  });

  it("pause, go on and are cancelled when somebody says so", async () => {
    const devices = await fleet(3);
    const { id } = await create(idsOf(devices), { waves: [wave(1), wave(2)] });
    await until("the first wave", id, ({ counts }) => counts?.queued === 1);
    await one.campaigns.pauseCampaign({ id }, caller);
    await until("the wave to be taken back", id, ({ counts }) => counts?.waiting === 3);
    assert.equal(await work(devices, "succeeded"), 0);
    await one.campaigns.resumeCampaign({ id }, caller);
    await until("the first wave again", id, ({ counts }) => counts?.queued === 1);
    await one.campaigns.cancelCampaign({ id }, caller);
    const { counts } = await until("the end", id, (campaign) => campaign.counts?.cancelled === 1);
    assert.deepEqual([counts?.waiting, counts?.queued], [2, 0]);
    await assert.rejects(one.campaigns.resumeCampaign({ id }, caller), { code: "campaign.wrong_state" });
    await assert.rejects(one.campaigns.pauseCampaign({ id: uuidv7() }, caller), { code: "campaign.unknown" });
  });

  it("ask each device once though two replicas look and one is killed in the middle of its waves", async () => {
    const devices = await knownAgents(platform, 5_000);
    const third = await startCommand(platform.database.url, platform.bus.url, settings);
    const made = await Promise.all(
      [0, 1, 2, 3, 4].map((part) => create(devices.slice(part * 1_000, (part + 1) * 1_000))),
    );
    for (const { id } of made) await one.campaigns.approveCampaign({ id, reason: "" }, vera);
    third.child.kill("SIGKILL");
    for (const { id } of made) await until("every device to be asked", id, ({ counts }) => counts?.queued === 1_000);
    const campaigns = made.map(({ id }) => id);
    const { count } = await platform.database.database.tenant(TENANT, (work) =>
      work.sql
        .selectFrom("commands")
        .select((each) => each.fn.countAll<string>().as("count"))
        .where("campaign_id", "in", campaigns)
        .executeTakeFirstOrThrow(),
    );
    assert.equal(count, "5000");
    await third.stop();
    for (const id of campaigns) await one.campaigns.cancelCampaign({ id }, caller);
  });

  it("that are destructive wait for a second person, and are the only way for many devices", async () => {
    const devices = idsOf(await fleet(3));
    const lock = { type: CommandType.COMMAND_TYPE_LOCK, runScript: undefined };
    await assert.rejects(one.commands.enqueueCommands(order(devices, lock), caller), {
      code: "command.needs_campaign",
    });
    const { approvalExpiresAt, id, state } = await create(devices, lock);
    assert.equal(state, CampaignState.CAMPAIGN_STATE_AWAITING_APPROVAL);
    assert.ok(approvalExpiresAt);
    await assert.rejects(one.campaigns.approveCampaign({ id, reason: "" }, caller), { code: "campaign.own" });
    await assert.rejects(one.campaigns.resumeCampaign({ id }, caller), { code: "campaign.wrong_state" });
    assert.equal((await get(id)).counts?.waiting, 3);
    await one.campaigns.approveCampaign({ id, reason: "" }, vera);
    // What has no Apple protocol cannot be locked: each is refused, and the campaign is over.
    const { approvedBy, counts } = await until("the end", id, (campaign) => campaign.endedAt !== undefined);
    assert.deepEqual([approvedBy, counts?.refused], ["vera@example.com", 3]);
    await eventually("the proposal to be told", async () => {
      const proposed = await platform.heard("muster.command.v1.CampaignProposed", "");
      return proposed.some(({ campaign }) => campaign?.id === id) ? true : undefined;
    });
    const few = await create(devices.slice(1), lock);
    assert.equal(few.state, CampaignState.CAMPAIGN_STATE_RUNNING);
  });

  it("are the only way, too, once a person has asked too many within the hour, in small bites, by a token, or all at once", async () => {
    const devices = await knownAgents(platform, 101);
    const bites = Array.from({ length: 10 }, (_, bite) => devices.slice(bite * 10, (bite + 1) * 10));
    const [grace, token] = ["grace@example.com", "token:ci"].map((actor) => ({
      tenant: TENANT,
      actor,
      person: "grace",
    }));
    assert.ok(grace && token);
    const asked = await Promise.allSettled(
      bites.map((bite, place) =>
        (place % 2 === 0 ? one : two).commands.enqueueCommands(order(bite), place % 3 === 0 ? token : grace),
      ),
    );
    const taken = bites.filter((_, place) => asked[place]?.status === "fulfilled");
    assert.equal(taken.length, 5);
    for (const answer of asked)
      if (answer.status === "rejected") assert.equal(answer.reason.code, "command.needs_campaign");
    await one.commands.enqueueCommands(order(taken.flat()), token);
    const more = devices.slice(100);
    await assert.rejects(one.commands.enqueueCommands(order(more), grace), /more than 50 .* 0 are left to you/);
    await one.commands.enqueueCommands(order(more), { ...grace, person: "heidi" });

    const propose = async (reason: string) =>
      (await one.campaigns.createCampaign(request(more, { reason }), grace)).campaign;
    await assert.rejects(propose(" "), { code: "campaign.no_reason" });
    const { id = "", state } = (await propose("repair")) ?? {};
    assert.equal(state, CampaignState.CAMPAIGN_STATE_AWAITING_APPROVAL);
    await assert.rejects(two.campaigns.approveCampaign({ id, reason: "" }, token), { code: "campaign.own" });
    const { campaign } = await two.campaigns.rejectCampaign({ id, reason: "not today" }, vera);
    assert.deepEqual(
      [campaign?.state, campaign?.rejectedBy, campaign?.decisionReason],
      [CampaignState.CAMPAIGN_STATE_REJECTED, "vera@example.com", "not today"],
    );
    const finished = await eventually("the rejection to be told", async () =>
      (await platform.heard("muster.command.v1.CampaignFinished", "")).find((event) => event.campaign?.id === id),
    );
    assert.equal(finished.campaign?.decisionReason, "not today");

    await platform.database.database.tenant(TENANT, (work) =>
      sql`update asked_alone set asked_at = asked_at - interval '61 minutes' where person = 'grace'`.execute(work.sql),
    );
    await one.commands.enqueueCommands(order(more), grace);
  });

  it("are listed newest first, and belong to their tenant", async () => {
    const state = CampaignState.CAMPAIGN_STATE_UNSPECIFIED;
    const first = await one.campaigns.listCampaigns({ state, pageSize: 1, pageToken: "" }, caller);
    const second = await one.campaigns.listCampaigns({ state, pageSize: 1, pageToken: first.nextPageToken }, caller);
    const [newest] = first.campaigns;
    const [older] = second.campaigns;
    assert.ok(newest && older && newest.id > older.id);
    await assert.rejects(one.campaigns.getCampaign({ id: newest.id }, { tenant: "other", actor: "eve" }), {
      code: "campaign.unknown",
    });
  });
});
