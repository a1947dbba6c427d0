import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { v7 as uuidv7 } from "uuid";
import { type CommandProcess, INGRESS_KEY, startCommand } from "./testing/command-process.ts";
import { certificateKeys, clientCertHeader } from "./testing/device-certificate.ts";
import { startTestPlatform, TENANT, type TestPlatform } from "./testing/test-platform.ts";

/** MUSTER_TEST_STREAMS=10000 measures what the README states. */
const STREAMS = Number(process.env["MUSTER_TEST_STREAMS"] ?? 1_000);
const AT_ONCE = 50;
/** Three times what ten thousand streams take each: with a thousand, the heap's own growth weighs as much as theirs. */
const MOST_PER_STREAM = 56 * 1024;

const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(0);

describe("idle streams", { skip: process.platform !== "linux" && "reads /proc" }, () => {
  let platform: TestPlatform;
  let service: CommandProcess;
  const sockets: Socket[] = [];

  before(async () => {
    platform = await startTestPlatform();
    service = await startCommand(platform.database.url, platform.bus.url);
  });

  after(async () => {
    for (const socket of sockets) socket.destroy();
    await service?.stop();
    await platform?.stop();
  });

  const residentBytes = async () => {
    const status = await readFile(`/proc/${service.child.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  };

  it(`take little memory each (${STREAMS} of them, plain HTTP as behind the ingress)`, async (t) => {
    const idle = await residentBytes();
    const keys = await certificateKeys();
    const { hostname, port } = new URL(service.url);
    const open = async () => {
      const certificate = await clientCertHeader({ tenant: TENANT, deviceId: uuidv7(), generation: 1 }, keys);
      const socket = connect(Number(port), hostname);
      sockets.push(socket);
      socket.write(
        `GET /agent/v1/stream HTTP/1.1\r\nhost: muster\r\nclient-cert: ${certificate}\r\nmuster-ingress-key: ${INGRESS_KEY}\r\n\r\n`,
      );
      const [answer] = (await once(socket, "data")) as [Buffer];
      assert.match(answer.toString(), /^HTTP\/1\.1 200 OK/);
    };
    // The first ones warm the process up; what they cost is not a stream's.
    const warm = Math.min(200, STREAMS / 5);
    for (let index = 0; index < warm; index += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, open));
    await delay(1_000);
    const before = await residentBytes();
    for (let index = warm; index < STREAMS; index += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, open));
    await delay(1_000);
    const now = await residentBytes();
    const perStream = (now - before) / (STREAMS - warm);
    t.diagnostic(
      `${(perStream / 1024).toFixed(1)} KiB for each stream, ${mib(idle)} MiB before the first, ${mib(now)} MiB in all`,
    );
    assert.ok(perStream < MOST_PER_STREAM, `${perStream} bytes for each stream`);
  });
});
