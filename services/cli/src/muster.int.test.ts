import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { Label } from "@muster/contracts/gen/muster/inventory/v1/device";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import { type Fleet, startFleet } from "./testing/fleet.ts";
import { endOf, startMuster } from "./testing/muster-process.ts";

describe("the muster command", () => {
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

  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => startMuster(home, args, env);
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = known(), input = "") => endOf(start(args, env), input);

  const known = () => ({ MUSTER_SERVER: gateway.url, MUSTER_TOKEN: gateway.admin.token });

  it("answers a question of one device", async (test) => {
    const begin = performance.now();
    const { out, code, err } = await run(["query", "select 1", "--device", "ada-laptop"]);
    const tookMs = performance.now() - begin;
    assert.equal(err, "");
    assert.equal(code, 0);
    assert.equal(out, "NAME  VERSION\nbash  select 1\n");
    test.diagnostic(`with the start of the program: ${tookMs.toFixed(0)} ms`);
  });

  it("prints answers for programs too", async () => {
    const { out } = await run(["query", "select 1", "--device", "ada-laptop", "-o", "json"]);
    assert.deepEqual(JSON.parse(out), [
      {
        deviceId: "0199a3f0-0000-7000-8000-000000000000",
        device: "ada",
        rows: [{ name: "bash", version: "select 1" }],
      },
    ]);
    const csv = await run(["query", "a,b", "--device", "ada-laptop", "-o", "csv"]);
    assert.equal(csv.out, 'name,version\nbash,"a,b"\n');
  });

  it("tells how many did not answer in time, and stops asking them", async () => {
    const { out, err, code } = await run(["query", "select 1", "--all", "--timeout", "0.5"]);
    assert.match(out, /^DEVICE {2}NAME {2}VERSION\nada {5}bash/);
    assert.match(err, /1 of 2 devices did not answer within 0.5 s/);
    assert.equal(code, 6);
    assert.equal(fleet.stopped.length, 1);
  });

  it("runs a script, prints its output and ends with its exit code", async () => {
    const { out, code } = await run(["script", "run", "-c", "echo hi", "--device", "ada-laptop"]);
    assert.equal(out, "ran: echo hi\n");
    assert.equal(code, 7);
    const file = join(home, "script.sh");
    await writeFile(file, "uptime");
    assert.equal((await run(["script", "run", file, "--device", "ada-laptop", "--no-wait"])).out, "command-1\n");
  });

  it("lists in four formats", async () => {
    const { out } = await run(["get", "devices"]);
    assert.match(out, /^NAME {3}PLATFORM {2}OS/);
    assert.equal(out.trimEnd().split("\n").length, 3);
    assert.match((await run(["get", "devices", "-o", "yaml"])).out, /displayName: grace/);
    assert.equal(JSON.parse((await run(["get", "users", "-o", "json"])).out)[0].email, "admin@localhost");
  });

  it("asks the devices that it may, and tells which it may not and why", async () => {
    const script = ["script", "run", "-c", "uptime", "--no-wait"];
    const both = ["--device", "grace-laptop", "--device", "ada-laptop"];
    const partly = await run([...script, ...both]);
    assert.match(partly.out, /^command-\d\n$/);
    assert.equal(partly.err, "grace-laptop: it is not managed (command.device_unenrolled)\nmuster: 1 of 2 not done\n");
    assert.equal(partly.code, 6);
    const none = await run([...script, "--device", "grace-laptop"]);
    assert.equal(none.err, "muster: grace-laptop: it is not managed (command.device_unenrolled)\n");
    assert.equal(none.code, 4);
  });

  it("goes on after the first device that cannot be asked", async () => {
    const { err, code } = await run(["refetch", "nobody", "grace-laptop", "ada-laptop"]);
    assert.deepEqual(err.split("\n"), [
      "nobody: there is no device nobody (inventory.device_unknown)",
      "grace: it is not managed (inventory.device_unenrolled)",
      "muster: 2 of 3 not done",
      "",
    ]);
    assert.equal(code, 6);
  });

  it("makes policies that are enabled unless their file says otherwise", async () => {
    const file = join(home, "policies.yaml");
    await writeFile(file, "- { name: on, query: select 1 }\n- { name: off, query: select 1, enabled: false }\n");
    const { err, code } = await run(["policy", "create", "-f", file]);
    assert.deepEqual([err, code], ["", 0]);
    assert.deepEqual(
      [...fleet.things.policies.values()].map(({ name, enabled }) => [name, enabled]),
      [
        ["on", true],
        ["off", false],
      ],
    );
  });

  it("tells about one thing by its name, and removes several", async () => {
    for (const id of ["1", "2", "3"])
      fleet.things.labels.set(id, Label.fromPartial({ id, name: `label-${id}`, kind: "LABEL_KIND_MANUAL" }));
    assert.match((await run(["describe", "label", "label-2"])).out, /^name +label-2$/m);
    assert.equal(JSON.parse((await run(["get", "labels", "label-3", "-o", "json"])).out).id, "3");
    const { out, err, code } = await run(["delete", "labels", "label-1", "nothing", "2"]);
    assert.equal(out, "label-1 is removed\nlabel-2 is removed\n");
    assert.match(err, /nothing: there is no "nothing" among labels.*\nmuster: 1 of 3 not done/);
    assert.equal(code, 6);
    assert.deepEqual([...fleet.things.labels.keys()], ["3"]);
    const never = await run(["delete", "devices", "ada-laptop"]);
    assert.match(never.err, /devices cannot be deleted; what can be is labels, policies/);
    assert.equal(never.code, 2);
  });

  it("prints a list, and then what changes in it", async () => {
    fleet.things.labels.clear();
    const label = (id: string, deviceCount: number) =>
      fleet.things.labels.set(id, Label.fromPartial({ id, name: id, kind: "LABEL_KIND_MANUAL", deviceCount }));
    label("one", 1);
    const watching = start(["get", "labels", "--watch", "--every", "1s", "-o", "json"], known());
    const changes: [string, string, number][] = [];
    for await (const line of createInterface({ input: watching.stdout })) {
      const { what, item } = JSON.parse(line);
      changes.push([what, item.id, item.deviceCount]);
      if (changes.length === 1) label("one", 2);
      if (changes.length === 2) label("two", 0);
      if (changes.length === 3) fleet.things.labels.delete("one");
      if (changes.length === 4) break;
    }
    watching.kill();
    assert.deepEqual(changes, [
      ["added", "one", 1],
      ["changed", "one", 2],
      ["added", "two", 0],
      ["removed", "one", 2],
    ]);
  });

  it("ends in its own way when called wrongly, when refused, and when nothing or nobody is there", async () => {
    assert.equal((await run(["query", "select 1"])).code, 2);
    assert.equal((await run(["get", "planets"])).code, 2);
    const unknown = await run(["get", "device", "nobody"]);
    assert.equal(unknown.code, 3);
    assert.match(unknown.err, /there is no device nobody \(inventory.device_unknown\)/);
    assert.equal((await run(["get", "devices"], { ...known(), MUSTER_TOKEN: "muster_wrong" })).code, 4);
    const away = await run(["get", "devices"], { ...known(), MUSTER_SERVER: "http://127.0.0.1:9" });
    assert.equal(away.code, 7);
    assert.match(away.err, /cannot be reached/);
  });

  it("signs in with address and password and remembers a token that only its owner can read", async () => {
    const { admin, url } = gateway;
    const { code, err } = await run(["login", "--server", url, "--email", admin.email], {}, `${admin.password}\n`);
    assert.equal(code, 0, err);
    assert.match(err, /Signed in at .* as token:admin@localhost at /);
    const file = join(home, "muster", "config.json");
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.ok(!(await readFile(file, "utf8")).includes(admin.password));
    assert.equal((await run(["get", "devices"], {})).code, 0);
  });

  it("asks the platform of the context that is chosen, and completes its devices in a shell", async () => {
    const { admin, url } = gateway;
    const login = ["login", "--server", url, "--token", admin.token, "--context"];
    for (const name of ["one", "two"]) assert.equal((await run([...login, name], {})).code, 0);
    assert.equal((await run(["context", "use", "one"], {})).code, 0);
    assert.deepEqual(await run(["context", "current"], {}), { out: "one\n", err: "", code: 0 });
    const contexts = async () => {
      const { out } = await run(["context", "list", "-o", "json"], {});
      assert.ok(!out.includes(admin.token));
      return (JSON.parse(out) as { name: string; current: boolean }[]).map(({ name, current }) => [name, current]);
    };
    assert.deepEqual((await contexts()).slice(-2), [
      ["one", true],
      ["two", false],
    ]);
    assert.equal((await run(["complete", "--", "describe", "device", "ada-"], {})).out, "ada-laptop\n");
    // A context that is named goes before the environment.
    assert.match((await run(["get", "devices", "--context", "three"])).err, /there is no context "three"/);
    const typed = ["complete", "--", "--context", "two", "describe", "device", "ada-"];
    assert.equal((await run(typed, {})).out, "ada-laptop\n");
    assert.equal((await run(["context", "delete", "one"], {})).code, 0);
    assert.match((await run(["context", "use", "one"], {})).err, /there is no context "one"; known are: .*two/);
    assert.match((await run(["get", "devices"], {})).err, /which server/);
    assert.equal((await run(["context", "current"], {})).code, 3);
    // Nothing is said in the midst of typing, whatever is wrong.
    assert.deepEqual(await run(["complete", "--", "describe", "device", ""], {}), { out: "", err: "", code: 0 });
  });

  it("prints the events that were asked for, in the format that was asked for", async () => {
    const asked = ["--service", "policy", "--device", "ada-laptop", "--since", "2h", "--format", "ocsf"];
    const before = fleet.streams.length;
    const tail = start(["events", "tail", "--from-position", "4", ...asked], known());
    const [line] = await once(tail.stdout, "data");
    tail.kill();
    assert.equal(String(line), '{"class_uid":5}\n');
    const { deviceIds, format, services, since } = fleet.streams[before] ?? assert.fail("no stream was asked for");
    assert.deepEqual(
      [services, deviceIds, format],
      [["policy"], ["0199a3f0-0000-7000-8000-000000000000"], "EVENT_FORMAT_OCSF"],
    );
    const agoMs = Date.now() - (since?.getTime() ?? 0);
    assert.ok(agoMs >= 7_200_000 && agoMs < 7_300_000, `${agoMs} ms`);
  });

  it("takes up the stream of events where it broke", async () => {
    const before = fleet.streams.length;
    const tail = start(["events", "tail", "--from-position", "4", "-o", "json"], known());
    let seen = "";
    for await (const chunk of tail.stdout) {
      seen += String(chunk);
      if (seen.split("\n").length > 3) break;
    }
    tail.kill();
    const positions = seen
      .trim()
      .split("\n")
      .slice(0, 3)
      .map((line) => JSON.parse(line).position);
    assert.deepEqual(positions, ["5", "6", "7"]);
    assert.deepEqual(
      fleet.streams.slice(before, before + 3).map(({ afterPosition }) => afterPosition),
      ["4", "5", "6"],
    );
  });
});
