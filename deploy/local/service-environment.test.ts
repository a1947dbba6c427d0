import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openPlatformKeys } from "@muster/bus-accounts/platform-keys";
import { choosePorts } from "./ports.ts";
import { openSecrets } from "./secrets.ts";
import { type EnvironmentInputs, serviceEnvironment } from "./service-environment.ts";
import { SERVICES, type ServiceName } from "./topology.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-environment-"));
let inputs: EnvironmentInputs;
before(async () => {
  inputs = {
    ports: await choosePorts("fixed"),
    secrets: await openSecrets(folder, new Date("2026-11-23T12:00:00Z")),
    adminDatabaseUrl: "postgres://muster:superuser@127.0.0.1:7400/postgres",
    natsUrl: "nats://127.0.0.1:7401",
    natsKeys: await openPlatformKeys({
      folder: join(folder, "nats"),
      accountsDir: join(folder, "accounts"),
      now: new Date(),
    }),
    publicDeviceUrl: "https://localhost:8443",
    logLevel: "info",
    inherited: { PATH: "/bin" },
  };
});
after(() => rmSync(folder, { recursive: true, force: true }));

const holders = (variable: string): ServiceName[] =>
  SERVICES.map(({ name }) => name).filter((name) => serviceEnvironment(name, inputs)[variable] !== undefined);

describe("the environment of a service", () => {
  it("reaches the database as its own role, never as the superuser", () => {
    for (const { name } of SERVICES) {
      const url = new URL(serviceEnvironment(name, inputs)["MUSTER_DATABASE_URL"] ?? "");
      assert.equal(url.username, `muster_${name}`);
      assert.equal(url.password, inputs.secrets.secrets.databasePasswords[name]);
      assert.equal(url.host, "127.0.0.1:7400");
    }
    assert.deepEqual(holders("MUSTER_ADMIN_DATABASE_URL"), []);
  });

  it("reaches the bus as its own user, and never as the bootstrap step", () => {
    const files = SERVICES.map(({ name }) => serviceEnvironment(name, inputs)["MUSTER_NATS_CREDENTIALS"]);
    assert.equal(new Set(files).size, SERVICES.length);
    assert.ok(!files.includes(inputs.natsKeys?.credentials["bus-bootstrap"]));
  });

  it("lets one service alone sign node keys and certificates, and one alone sign commands", () => {
    assert.deepEqual(holders("MUSTER_NODE_KEY_PRIVATE"), ["enrollment"]);
    assert.deepEqual(holders("MUSTER_DEVICE_CA_KEY"), ["enrollment"]);
    assert.deepEqual(holders("MUSTER_COMMAND_SIGNING_KEY"), ["command"]);
    assert.deepEqual(holders("MUSTER_NATS_SIGNING_KEY"), ["notification"]);
  });

  it("gives no two doors the same port", async () => {
    const { services, ...others } = await choosePorts("fixed");
    const all = [
      ...Object.values(others),
      ...Object.values(services).flatMap((ports) => Object.values(ports)),
    ] as number[];
    assert.equal(new Set(all).size, all.length);
    assert.equal(services.gateway.http, 8080);
    assert.equal(others.ingress, 8443);
  });
});
