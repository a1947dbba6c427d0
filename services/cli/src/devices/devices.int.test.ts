import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import { type Fleet, startFleet } from "../testing/fleet.ts";
import { endOf, startAtTerminal, startMuster } from "../testing/muster-process.ts";

const [ADA, GRACE] = ["0199a3f0-0000-7000-8000-000000000000", "0199a3f0-0000-7000-8000-000000000001"] as const;

describe("what devices are asked for by the muster command", () => {
  let fleet: Fleet;
  let gateway: GatewayProcess<unknown>;
  let home: string;

  before(async () => {
    home = await mkdtemp(join(tmpdir(), "muster-cli-"));
    fleet = await startFleet();
    gateway = await startGatewayProcess(fleet.address);
  });

  after(async () => {
    await gateway?.stop();
    await fleet?.stop();
    await rm(home, { recursive: true });
  });

  const known = () => ({ MUSTER_SERVER: gateway.url, MUSTER_TOKEN: gateway.admin.token });
  const muster = (...args: string[]) => endOf(startMuster(home, args, known()));
  const lastOrder = () => fleet.orders.commands.at(-1) ?? assert.fail("no device was asked");

  it("goes to the devices that are named, each once, with why", async () => {
    const { out, err, code } = await muster(
      "lock",
      "ada-laptop",
      ADA,
      "--yes",
      "--reason",
      "lost",
      "--message",
      "call us",
    );
    assert.deepEqual([err, code], ["", 0]);
    assert.match(out, /^DEVICE {2}STATE {3}COMMAND\nada {5}queued {2}command-\d+\n$/);
    const { deviceIds, lock, reason, type } = lastOrder();
    assert.deepEqual([deviceIds, lock?.message, reason, type], [[ADA], "call us", "lost", "COMMAND_TYPE_LOCK"]);
  });

  it("goes to those that the list of devices has for a selector", async () => {
    const { err, code } = await muster("refetch", "--selector", "platform=linux,presence=online");
    const { platform, presence } = fleet.listed.at(-1) ?? assert.fail("nothing was listed");
    assert.deepEqual([platform, presence], ["PLATFORM_LINUX", "online"]);
    assert.match(err, /^grace: it is not managed .*\nmuster: 1 of 2 not done\n$/);
    assert.equal(code, 6);
  });

  it("goes to those that fail, or have a fact, as the list of devices has them by the same words", async () => {
    const selector = "compliance=failing,condition=os_version.name starts_with Ubuntu";
    const condition = "os_version.name starts_with Ubuntu";
    const both = ["--compliance", "failing", "--condition", condition];
    for (const asked of [
      ["refetch", "--selector", selector],
      ["query", "select 1", "--selector", selector, "--timeout", "0.5"],
      ["get", "devices", "--selector", selector],
      ["get", "devices", ...both],
      ["get", "devices", "--selector", "compliance=failing", "--condition", condition],
    ]) {
      await muster(...asked);
      const listed = fleet.listed.splice(0).at(-1) ?? assert.fail("nothing was listed");
      assert.deepEqual([listed.compliance, listed.condition], ["COMPLIANCE_FAILING", condition], asked.join(" "));
    }
    const twice = await muster("get", "devices", "--selector", "compliance=passing", ...both);
    assert.match(twice.err, /a selector names compliance once, and not beside --compliance/);
    assert.match((await muster("get", "policies", "--selector", selector)).err, /--selector is for devices/);
  });

  it("goes to nobody when a selector finds none, and says which", async () => {
    const before = fleet.orders.commands.length;
    const empty = ["--selector", "platform=windows,presence=online"];
    for (const asked of [
      ["restart", "ada-laptop", "--yes", ...empty],
      ["query", "select 1", ...empty],
      ["script", "run", "-c", "true", "--yes", ...empty],
    ]) {
      const { err, code } = await muster(...asked);
      assert.match(err, /^muster: no device matches the selector "platform=windows,presence=online"/);
      assert.equal(code, 3);
    }
    assert.equal(fleet.orders.commands.length, before);
  });

  it("is told with its count before a question or a script goes to those of a selector", async () => {
    const both = ["--selector", "platform=linux"];
    const asked = await muster("query", "select 1", ...both, "--timeout", "0.5");
    assert.match(asked.err, /^asks 2 devices: ada, grace\nmuster: 1 of 2 devices did not answer/);
    assert.equal((await muster("query", "select 1", ...both, "--label", "finance")).code, 2);
    const script = ["script", "run", "-c", "true", ...both];
    const before = fleet.orders.commands.length;
    const unsure = await muster(...script);
    assert.match(unsure.err, /--yes says that it is meant: Run it on 2 devices: ada, grace/);
    assert.equal(unsure.code, 2);
    assert.equal(fleet.orders.commands.length, before);
    const sure = await muster(...script, "--yes", "--no-wait");
    assert.match(sure.err, /^Run it on 2 devices: ada, grace\ngrace: it is not managed/);
    assert.deepEqual(lastOrder().deviceIds, [ADA, GRACE]);
    assert.equal((await muster("script", "run", "-c", "true")).code, 2);
  });

  it("goes to nobody when one of the devices is not there, or none is named", async () => {
    const before = fleet.orders.commands.length;
    const { err, code } = await muster("restart", "ada-laptop", "nobody", "noone", "--yes");
    assert.match(
      err,
      /nobody: there is no device nobody .*\nnoone: there is no device noone .*\nmuster: nothing was asked/s,
    );
    assert.equal(code, 3);
    assert.equal((await muster("restart", "--yes")).code, 2);
    assert.equal((await muster("wipe", "ada-laptop", "--yes")).code, 2, "without a reason");
    assert.equal(fleet.orders.commands.length, before);
  });

  it("goes to nobody when an option would do nothing", async () => {
    const before = fleet.orders.commands.length + fleet.orders.campaigns.length;
    for (const idle of [
      ["--wave", "10"],
      ["--pause", "1h"],
      ["--timeout", "1m"],
      ["--campaign", "all", "--wait"],
    ]) {
      const { err, code } = await muster("restart", "ada-laptop", "--yes", ...idle);
      assert.match(err, /--\w+ (is|are) (not )?for --\w+/);
      assert.equal(code, 2);
    }
    assert.equal(fleet.orders.commands.length + fleet.orders.campaigns.length, before);
  });

  it("is not done while nobody has confirmed it", async () => {
    const before = fleet.orders.commands.length;
    const { err, code } = await muster("wipe", "ada-laptop", "--reason", "sold");
    assert.match(err, /nobody is at a terminal to confirm this; --yes says that it is meant: Wipe ada/);
    assert.equal(code, 2);
    assert.equal(fleet.orders.commands.length, before);
  });

  it("is done when the device's name is typed at a terminal, and else not", async () => {
    const wipe = async (answer: string) => {
      const child = startAtTerminal(home, ["wipe", "ada-laptop", "--reason", "sold"], known());
      let shown = "";
      child.stdout.on("data", (chunk: Buffer) => {
        const before = shown;
        shown += chunk.toString();
        if (!before.includes("Type ada to confirm: ") && shown.includes("Type ada to confirm: "))
          child.stdin.write(answer);
      });
      const [code] = (await once(child, "close")) as [number];
      return { shown, code };
    };
    const before = fleet.orders.commands.length;
    for (const answer of ["adb\r", "\u0003", "\u0004"]) {
      const { shown, code } = await wipe(answer);
      assert.match(shown, /Wipe ada \(.*\)\?\r\nEverything on it is erased/);
      assert.match(shown, /nothing was done/);
      assert.equal(code, 130);
    }
    assert.equal(fleet.orders.commands.length, before);
    const { shown, code } = await wipe("ada\r");
    assert.equal(code, 0, shown);
    assert.equal(lastOrder().type, "COMMAND_TYPE_WIPE");
  });

  it("is waited for, and ends by what each device made of it", async () => {
    const done = await muster("restart", "ada-laptop", "--yes", "--wait");
    assert.match(done.out, /^DEVICE {2}STATE {9}ANSWER {2}COMMAND\nada {5}acknowledged {10}command/);
    assert.deepEqual([done.err, done.code], ["", 0], "no progress line for programs");
    const failed = await muster("shutdown", "ada-laptop", "--yes", "--wait", "-o", "json");
    assert.equal(JSON.parse(failed.out)[0].state, "COMMAND_STATE_FAILED");
    assert.equal(failed.err, "muster: ada: failed: not_now\n");
    assert.equal(failed.code, 8);
    const partly = await muster("restart", "ada-laptop", "grace-laptop", "--yes", "--wait");
    assert.match(partly.err, /^grace: it is not managed .*\nmuster: 1 of 2 not done\n$/);
    assert.equal(partly.code, 6);
  });

  it("is waited for as long as a person wants to", async () => {
    const late = await muster("locate", "ada-laptop", "--wait", "--timeout", "1s");
    assert.equal(late.err, "muster: ada: has not ended yet\n");
    assert.equal(late.code, 7);
    const before = fleet.orders.commands.length;
    const child = startMuster(home, ["locate", "ada-laptop", "--wait"], known());
    const ended = endOf(child);
    while (fleet.orders.commands.length === before) await once(fleet.orders.heard, "order");
    await once(fleet.orders.heard, "watch");
    child.kill("SIGINT");
    const { out, err, code } = await ended;
    assert.match(out, /ada {5}queued .*command-\d+/);
    assert.match(err, /broken off; what was asked stays/);
    assert.equal(code, 130);
  });

  it("is said in Apple's words where there is no other", async () => {
    assert.equal((await muster("rename", "ada-laptop", "--to", "Ada's Mac")).code, 0);
    assert.deepEqual(lastOrder().apple?.parameters, { Settings: [{ Item: "DeviceName", DeviceName: "Ada's Mac" }] });
    const file = join(home, "wifi.mobileconfig");
    await writeFile(file, "<plist/>");
    assert.equal((await muster("install-profile", "ada-laptop", "-f", file)).code, 0);
    assert.deepEqual(lastOrder().apple?.parameters, { Payload: Buffer.from("<plist/>").toString("base64") });
    await writeFile(file, "Queries: [DeviceName]");
    assert.equal((await muster("apple", "ada-laptop", "--request", "DeviceInformation", "-f", file, "--yes")).code, 0);
    const { parameters, requestType } = lastOrder().apple ?? assert.fail("not in Apple's words");
    assert.deepEqual([requestType, parameters], ["DeviceInformation", { Queries: ["DeviceName"] }]);
    const piped = startMuster(home, ["apple", "ada-laptop", "--request", "Settings", "-f", "-", "--yes"], known());
    assert.deepEqual(await endOf(piped, "Settings: []").then(({ err, code }) => [err, code]), ["", 0]);
    assert.deepEqual(lastOrder().apple?.parameters, { Settings: [] });
  });

  it("that ends management is waited for, or becomes a campaign too", async () => {
    const unenroll = ["unenroll", "ada-laptop", "--reason", "sold", "--yes"];
    const done = await muster(...unenroll);
    assert.deepEqual([done.err, done.code], ["", 0]);
    assert.match(done.out, /ada +acknowledged/);
    assert.deepEqual([lastOrder().type, lastOrder().reason], ["COMMAND_TYPE_UNENROLL", "sold"]);
    const made = await muster(...unenroll, "--campaign", "sold laptops");
    assert.match(made.err, /second person: `muster campaign approve campaign-0`/);
    assert.equal(fleet.orders.campaigns.at(-1)?.type, "COMMAND_TYPE_UNENROLL");
  });

  it("becomes a campaign, which a second person approves", async () => {
    const wipe = ["wipe", "ada-laptop", "grace-laptop", "--reason", "sold", "--yes"];
    const refused = await muster(...wipe);
    assert.match(refused.err, /needs a second person.*--campaign <name> makes one of this; .*muster campaign approve/);
    assert.equal(refused.code, 5);
    const made = await muster(...wipe, "--campaign", "sold laptops", "--wave", "1", "--wave", "50%", "--pause", "1h");
    assert.equal(made.out, "campaign-0  sold laptops  awaiting approval\n");
    assert.match(made.err, /second person: `muster campaign approve campaign-0`/);
    const campaign = fleet.orders.campaigns.at(-1) ?? assert.fail("there is no campaign");
    assert.deepEqual(campaign.selection?.deviceIds, [ADA, GRACE]);
    assert.deepEqual(
      campaign.waves.map(({ count, percent }) => [count, percent]),
      [
        [1, 0],
        [0, 50],
      ],
    );
    assert.deepEqual([campaign.pauseSeconds, campaign.reason, campaign.type], [3600, "sold", "COMMAND_TYPE_WIPE"]);
  });
});
