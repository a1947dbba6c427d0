import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openPlatformKeys } from "@muster/bus-accounts/platform-keys";
import { choosePorts } from "./ports.ts";
import { openSecrets } from "./secrets.ts";
import { makeServiceCertificates } from "./service-certificates.ts";
import { type EnvironmentInputs, serviceEnvironment } from "./service-environment.ts";
import { SERVICES, type ServiceName } from "./topology.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-environment-"));
let inputs: EnvironmentInputs;
before(async () => {
  inputs = {
    ports: await choosePorts("fixed", 1),
    secrets: await openSecrets(folder, new Date("2026-11-23T12:00:00Z")),
    adminDatabaseUrl: "postgres://muster:superuser@127.0.0.1:7400/postgres",
    natsUrl: "nats://127.0.0.1:7401",
    natsKeys: await openPlatformKeys({
      folder: join(folder, "nats"),
      accountsDir: join(folder, "accounts"),
      now: new Date(),
    }),
    serviceCertificates: undefined,
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

  it("shows the others a certificate of its own, where they have any", async () => {
    assert.deepEqual(holders("MUSTER_GRPC_CERT"), []);
    const serviceCertificates = await makeServiceCertificates(join(folder, "services"), new Date());
    for (const { name } of SERVICES) {
      const { MUSTER_GRPC_CERT = "" } = serviceEnvironment(name, { ...inputs, serviceCertificates });
      assert.equal(
        new X509Certificate(readFileSync(MUSTER_GRPC_CERT)).subjectAltName,
        `URI:urn:muster:service:${name}`,
      );
    }
  });

  it("lets one service alone sign node keys and certificates, and one alone sign commands", () => {
    assert.deepEqual(holders("MUSTER_NODE_KEY_PRIVATE"), ["enrollment"]);
    assert.deepEqual(holders("MUSTER_DEVICE_CA_KEY"), ["enrollment"]);
    assert.deepEqual(holders("MUSTER_COMMAND_SIGNING_KEY"), ["command"]);
    assert.deepEqual(holders("MUSTER_NATS_SIGNING_KEY"), ["notification"]);
  });

  it("reaches every replica of another service", async () => {
    const ports = await choosePorts("fixed", 2);
    const { MUSTER_POLICY_GRPC, MUSTER_HTTP_PORT } = serviceEnvironment("command", { ...inputs, ports }, 1);
    const [first, second] = ports.services.policy;
    assert.equal(MUSTER_POLICY_GRPC, `ipv4:127.0.0.1:${first?.grpc},127.0.0.1:${second?.grpc}`);
    assert.equal(MUSTER_HTTP_PORT, String(ports.services.command[1]?.http));
  });

  it("gives no two doors the same port", async () => {
    for (const replicas of [1, 3]) {
      const { services, page, ...others } = await choosePorts("fixed", replicas);
      const doors = Object.values(services).flatMap((own) => own.flatMap((ports) => Object.values(ports)));
      const all = [...doors, ...Object.values(others), ...(replicas > 1 ? [page] : [])] as number[];
      assert.equal(new Set(all).size, all.length);
      assert.equal(doors.includes(page), replicas === 1);
      assert.equal(page, 8080);
      assert.equal(others.ingress, 8443);
    }
  });
});
