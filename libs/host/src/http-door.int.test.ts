import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { createHttpDoor, openHttpDoor } from "./http-door.ts";
import { Lifecycle } from "./lifecycle.ts";
import { createLogger } from "./logging.ts";

const TOO_MUCH = 8 * 1024 * 1024;

const openDoor = async (test: TestContext): Promise<number> => {
  const log = createLogger("door", "silent");
  const door = createHttpDoor({ log, lifecycle: new Lifecycle(log), bodyLimit: 1_000 });
  door.post("/take", (_request, reply) => reply.send({ taken: true }));
  test.after(() => door.close());
  return openHttpDoor(door, 0, "127.0.0.1");
};

/** Sends everything, whatever comes meanwhile. @returns all that came until `isEnough`, or until the connection ended. */
const exchange = (port: number, parts: readonly (string | Buffer)[], isEnough: (answer: string) => boolean) =>
  new Promise<string>((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => {
      for (const part of parts) socket.write(part);
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
    socket.on("data", (bytes: Buffer) => {
      answer += bytes.toString();
      if (isEnough(answer)) socket.destroy();
    });
  });

const head = (headers: string): string => `POST /take HTTP/1.1\r\nhost: door\r\n${headers}\r\n\r\n`;

describe("an HTTP door", () => {
  const whole = Buffer.alloc(TOO_MUCH, "x");
  const chunked = Buffer.concat([Buffer.from(`${TOO_MUCH.toString(16)}\r\n`), whole, Buffer.from("\r\n0\r\n\r\n")]);
  for (const [way, headers, body] of [
    ["with its length", `content-length: ${TOO_MUCH}`, whole],
    ["in chunks", "transfer-encoding: chunked", chunked],
  ] as const) {
    it(`says that a body ${way} is too large while its sender still writes, and takes the next request`, async (test) => {
      const port = await openDoor(test);
      const parts = [head(headers), body, head("content-length: 2"), "{}"];
      const answer = await exchange(port, parts, (text) => text.includes("taken"));
      assert.match(answer, /^HTTP\/1\.1 413 /);
      assert.match(answer, /"code":"http\.too_large"/);
      assert.match(answer, /HTTP\/1\.1 200 [^]*\{"taken":true\}$/);
    });
  }

  it("does not wait at its end for a connection over which nothing was asked", { timeout: 10_000 }, async () => {
    const log = createLogger("door", "silent");
    const lifecycle = new Lifecycle(log);
    const door = createHttpDoor({ log, lifecycle, bodyLimit: 1_000 });
    const arrived = once(door.server, "connection");
    const silent = connect(await openHttpDoor(door, 0, "127.0.0.1"), "127.0.0.1");
    const ended = once(silent, "close");
    await arrived;
    await lifecycle.stop();
    await ended;
  });
});
