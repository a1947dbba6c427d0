import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isSignedByOneOf } from "../crypto/certificate.ts";
import { testDevice } from "../testing/test-device.ts";
import { tinyMdmServer } from "../testing/tiny-mdm-server.ts";
import { factoryIn } from "./factory-folder.ts";

interface Described {
  readonly name: string;
  readonly udid: string;
  readonly enrolled: boolean;
  readonly pushToken: string;
  readonly pushMagic: string;
  readonly counts: Readonly<Record<string, number>>;
}

const main = fileURLToPath(new URL("../apple-fleet-main.ts", import.meta.url));

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "inherit"] });

const controlOf = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error("no output");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return (JSON.parse(line) as { control: string }).control;
};

const until = async (
  control: string,
  fits: (devices: readonly Described[]) => boolean,
): Promise<readonly Described[]> => {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const devices = (await (await fetch(`${control}/devices`)).json()) as Described[];
    if (fits(devices)) return devices;
    await delay(50);
  }
  throw new Error("did not come true in 20 s");
};

describe("a fleet of Apple devices", () => {
  it("enrolls once, is woken over its control door, and goes on as the same devices", async (t) => {
    const server = await tinyMdmServer(t);
    const folder = await mkdtemp(join(tmpdir(), "muster-apple-fleet-"));
    t.after(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "ca.pem"), server.ca);
    const args = ["--profile", `${server.url}/enroll`, "--ca", join(folder, "ca.pem"), "--devices", "5"];
    const life = ["--state", join(folder, "state"), "--poll-every", "0", "--change-every", "0"];
    const seen: (readonly Described[])[] = [];
    for (let run = 0; run < 2; run += 1) {
      const child = start(...args, ...life);
      t.after(() => child.kill());
      const control = await controlOf(child);
      const devices = await until(control, (all) =>
        all.every(({ enrolled, counts }) => enrolled && counts["polled"] === 1),
      );
      seen.push(devices);
      const [{ name, pushToken, pushMagic }] = devices as [Described];
      const wake = (token: string, mdm: string) =>
        fetch(`${control}/3/device/${token}`, { method: "POST", body: JSON.stringify({ mdm }) });
      assert.equal((await wake(pushToken, pushMagic)).status, 200);
      assert.equal((await wake("00".repeat(32), pushMagic)).status, 410);
      await until(control, (all) => all.some((device) => device.name === name && device.counts["polled"] === 2));
      child.kill("SIGTERM");
      assert.deepEqual(await once(child, "exit"), [0, null]);
    }
    const keys = seen.map((all) => all.map(({ name, udid, pushToken }) => [name, udid, pushToken]));
    assert.deepEqual(keys[0], keys[1]);
    const said = server.checkins.all().map(({ message }) => message["MessageType"]);
    assert.equal(said.filter((type) => type === "Authenticate").length, 5);
  });

  it("comes over the air out of one factory, which is the same after a restart", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "muster-apple-factory-"));
    t.after(() => rm(folder, { recursive: true }));
    const [first, second] = [await factoryIn(folder), await factoryIn(folder)];
    assert.equal(await readFile(join(folder, "root.pem"), "utf8"), first.root);
    assert.equal(second.root, first.root);
    const device = testDevice(t, "iPhone");
    const { certificate } = await second.identityOf(device.hardware);
    assert.equal(isSignedByOneOf(certificate, first.chain), true);
  });
});
