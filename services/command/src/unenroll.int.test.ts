import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Campaign, CampaignState } from "@muster/contracts/gen/muster/command/v1/campaign";
import { CommandState, CommandType } from "@muster/contracts/gen/muster/command/v1/command";
import { Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { eventually } from "@muster/testkit/eventually";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { type CommandProcess, SERVICE_TOKEN, startCommand } from "./testing/command-process.ts";
import { knownAgents } from "./testing/known-agents.ts";
import { order, withoutScript } from "./testing/orders.ts";
import { type RegistryAnswers, startRegistryAnswers } from "./testing/registry-answers.ts";
import { TestAgent } from "./testing/test-agent.ts";
import { startTestPlatform, TENANT, type TestPlatform } from "./testing/test-platform.ts";

const DEADLINE_MS = 60_000;
const UNENROLL = withoutScript(CommandType.COMMAND_TYPE_UNENROLL);
const by = (person: string, actor = `${person}@example.com`) => ({ tenant: TENANT, actor, person });

describe("unenrolling", () => {
  let platform: TestPlatform;
  let registry: RegistryAnswers;
  let one: CommandProcess;
  let two: CommandProcess;
  const lifecycle = new Lifecycle(createLogger("test", "silent"));

  before(async () => {
    platform = await startTestPlatform();
    registry = await startRegistryAnswers(SERVICE_TOKEN, lifecycle);
    const settings = {
      MUSTER_MASTER_KEY: Buffer.alloc(32, 7).toString("base64"),
      MUSTER_APPROVAL_ABOVE: "5",
      MUSTER_ENROLLMENT_GRPC: `127.0.0.1:${registry.port}`,
    };
    one = await startCommand(platform.database.url, platform.bus.url, settings);
    two = await startCommand(platform.database.url, platform.bus.url, settings);
  });
  after(async () => {
    await Promise.all([one?.stop(), two?.stop()]);
    await lifecycle.stop();
    await platform?.stop();
  });

  const ended = (id: string) =>
    eventually(
      `the end of ${id}`,
      async () => {
        const { command } = await two.commands.getCommand({ id }, by("ada"));
        return command?.endedAt === undefined ? undefined : command;
      },
      DEADLINE_MS,
    );
  const unenrolled = (deviceIds: readonly string[]) =>
    registry.unenrolled.filter(({ deviceId }) => deviceIds.includes(deviceId));
  const propose = async (deviceIds: string[], person: string, reason: string): Promise<Campaign> => {
    const request = { ...order(deviceIds, UNENROLL), selection: { deviceIds, labelIds: [], platforms: [] } };
    const pace = { waves: [{ count: 1, percent: 0 }], pauseSeconds: 0, successPercent: 0, haltPercent: 0 };
    const made = await one.campaigns.createCampaign(
      { ...request, ...pace, name: "sold", reason, commandExpiresInSeconds: 0, haltMinimum: 0, expiresInSeconds: 0 },
      by(person),
    );
    return made.campaign ?? assert.fail();
  };

  it("alone ends where the limit is, though ten are asked for at once, by a token too, and counts with what else is weighty", async () => {
    const devices = await knownAgents(platform, 12);
    const asked = await Promise.allSettled(
      devices
        .slice(0, 10)
        .map((deviceId, place) =>
          (place % 2 === 0 ? one : two).commands.unenrollDevice(
            { deviceId, reason: "sold" },
            place % 3 === 0 ? by("grace", "token:ci") : by("grace"),
          ),
        ),
    );
    const done = devices.slice(0, 10).filter((_, place) => asked[place]?.status === "fulfilled");
    assert.equal(done.length, 5);
    assert.deepEqual(
      unenrolled(devices)
        .map(({ deviceId }) => deviceId)
        .toSorted(),
      done.toSorted(),
    );
    for (const answer of asked)
      if (answer.status === "rejected") assert.equal(answer.reason.code, "command.needs_campaign");
    const [again = "", other = ""] = [done[0], devices[10]];
    const answered = await two.commands.unenrollDevice({ deviceId: again, reason: "sold" }, by("grace"));
    assert.equal(answered.enrollment?.status, Status.STATUS_UNENROLLED);
    for (const rest of [UNENROLL, withoutScript(CommandType.COMMAND_TYPE_LOCK)])
      await assert.rejects(one.commands.enqueueCommands(order([other], rest), by("grace", "token:ci")), {
        code: "command.needs_campaign",
      });
    await one.commands.unenrollDevice({ deviceId: other, reason: "sold" }, by("heidi"));
    assert.equal(unenrolled(devices).length, 6);
  });

  it("uses nothing up for what is not there, or is refused as a whole", async () => {
    const devices = await knownAgents(platform, 6);
    const stranger = uuidv7();
    registry.strangers.add(stranger);
    const unknown = { code: "enrollment.unknown" };
    await assert.rejects(one.commands.unenrollDevice({ deviceId: stranger, reason: "" }, by("ivan")), unknown);
    await assert.rejects(one.commands.enqueueCommands(order(devices, UNENROLL), by("ivan")), {
      code: "command.needs_campaign",
    });
    assert.equal(unenrolled(devices).length, 0);
    const { commandCount } = await one.commands.enqueueCommands(order(devices.slice(1), UNENROLL), by("ivan"));
    assert.equal(commandCount, 5);
  });

  it("by commands is done by the platform itself, with a result for each device, and is handed to no agent", async () => {
    const device = await platform.enroll({ agent: 1 });
    const agent = await TestAgent.of(one.url, device);
    const [gone = "", busy = ""] = await knownAgents(platform, 2);
    registry.strangers.add(gone);
    registry.busy.add(busy).add(device.deviceId);
    const { commands } = await one.commands.enqueueCommands(
      order([device.deviceId, gone, busy], { ...UNENROLL, reason: "broken" }),
      by("judy"),
    );
    const idOf = (deviceId: string) => commands.find((each) => each.deviceId === deviceId)?.id ?? assert.fail();
    assert.equal((await ended(idOf(gone))).result?.reason, "enrollment.unknown");
    assert.deepEqual(await agent.checkIn(), []);
    registry.busy.clear();
    // What enrollment could not do is asked again once the lease is over.
    await platform.database.database.tenant(TENANT, (work) =>
      sql`update commands set lease_until = now() where type = 'unenroll' and ended_at is null`.execute(work.sql),
    );
    for (const deviceId of [device.deviceId, busy])
      assert.equal((await ended(idOf(deviceId))).state, CommandState.COMMAND_STATE_ACKNOWLEDGED);
    assert.deepEqual(unenrolled([busy]), [{ deviceId: busy, actor: "judy@example.com", reason: "broken" }]);
    const heard = await platform.heard("muster.command.v1.CommandAcknowledged", busy);
    assert.equal(heard[0]?.command?.type, CommandType.COMMAND_TYPE_UNENROLL);
  });

  it("of many is proposed with a reason, and done wave by wave once somebody else approved it", async () => {
    const devices = await knownAgents(platform, 8);
    await assert.rejects(propose(devices, "kim", ""), { code: "campaign.no_reason" });
    const { id, proposedBy, state } = await propose(devices, "kim", "sold");
    assert.deepEqual([state, proposedBy], [CampaignState.CAMPAIGN_STATE_AWAITING_APPROVAL, "kim"]);
    for (const own of [by("kim"), by("kim", "token:kims")])
      await assert.rejects(two.campaigns.approveCampaign({ id, reason: "" }, own), { code: "campaign.own" });
    assert.equal(unenrolled(devices).length, 0);
    await two.campaigns.approveCampaign({ id, reason: "the buyer has paid" }, by("vera"));
    const completed = await eventually(
      "all to be unenrolled",
      async () => {
        const { campaign } = await one.campaigns.getCampaign({ id }, by("ada"));
        return campaign?.state === CampaignState.CAMPAIGN_STATE_COMPLETED ? campaign : undefined;
      },
      DEADLINE_MS,
    );
    assert.deepEqual([completed.counts?.acknowledged, completed.approvedBy], [8, "vera@example.com"]);
    assert.equal(unenrolled(devices).length, 8);

    const spared = await knownAgents(platform, 6);
    const refused = await propose(spared, "kim", "sold");
    await two.campaigns.rejectCampaign({ id: refused.id, reason: "not these" }, by("vera"));
    await assert.rejects(two.campaigns.approveCampaign({ id: refused.id, reason: "" }, by("vera")), {
      code: "campaign.wrong_state",
    });
    assert.equal(unenrolled(spared).length, 0);
  });
});
