import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { connect } from "node:tls";
import type { ServiceName } from "../calls.ts";
import { TestAuthority } from "../testing/certificate-folder.ts";
import { SecuredService } from "../testing/secured-service.ts";

const REFUSED = { name: "Refusal", code: "rpc.forbidden" };

describe("services that show each other certificates", () => {
  let folder: string;
  let authority: TestAuthority;
  let closing: (() => Promise<void>)[] = [];
  let count = 0;

  const service = async (name: ServiceName, of = authority, trusted?: TestAuthority[]): Promise<SecuredService> => {
    count += 1;
    const made = new SecuredService(name, join(folder, `${name}-${count}`));
    closing.push(() => made.close());
    await made.trust(of, trusted);
    return made.open();
  };
  const listening = async (made: SecuredService): Promise<number> => {
    const { port, close } = await made.listen();
    closing.unshift(close);
    return port;
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-rpc-"));
    authority = await TestAuthority.create();
  });
  afterEach(async () => {
    for (const close of closing) await close();
    closing = [];
  });
  after(() => rm(folder, { recursive: true }));

  it("answer those who call them", async () => {
    const inventory = await service("inventory");
    const port = await listening(inventory);
    for (const name of ["gateway", "enrollment", "command"] as const) {
      assert.equal(await (await service(name)).caller("inventory", port)("there?"), "there?");
    }
    assert.equal(await inventory.caller("inventory", port)("myself?"), "myself?");
  });

  it("refuse a service that has no business with them, and say so", async () => {
    const inventory = await service("inventory");
    const port = await listening(inventory);
    await assert.rejects((await service("notification")).caller("inventory", port)("facts?"), REFUSED);
    const { names } = await inventory.heard.said("not of a service that calls this one");
    assert.equal(names, "URI:urn:muster:service:notification");
  });

  it("refuse a peer of an authority that they do not know, and say so", async () => {
    const inventory = await service("inventory");
    const port = await listening(inventory);
    const stranger = await service("gateway", await TestAuthority.create(), [authority]);
    const asked = stranger.caller("inventory", port)("facts?");
    asked.catch(() => undefined);
    const { reason } = await inventory.heard.said("do not believe each other");
    assert.equal(reason, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    await stranger.close();
    await assert.rejects(asked);
  });

  it("refuse a peer that speaks without TLS", async () => {
    const inventory = await service("inventory");
    const port = await listening(inventory);
    const plain = new SecuredService("gateway", folder);
    const asked = plain.caller("inventory", port)("facts?");
    asked.catch(() => undefined);
    await inventory.heard.said("do not believe each other");
    await plain.close();
    await assert.rejects(asked);
  });

  it("tell nothing to a service that is another than they wanted to ask", async () => {
    const port = await listening(await service("inventory"));
    const gateway = await service("gateway");
    const asked = gateway.caller("policy", port)("verdicts?");
    asked.catch(() => undefined);
    const { wanted, names } = await gateway.heard.said("not of the service that was called");
    assert.deepEqual([wanted, names], ["policy", "URI:urn:muster:service:inventory"]);
    await gateway.close();
    await assert.rejects(asked);
  });

  it("do not start with a certificate that is another's, or with a key that is of another certificate", async () => {
    const wrong = new SecuredService("policy", join(folder, "wrong"));
    const { cert, key } = await authority.issue("urn:muster:service:inventory");
    await wrong.folder.write({ ca: authority.pem, cert, key });
    await assert.rejects(wrong.open(), /lacks the name urn:muster:service:policy/);
    await wrong.trust(authority);
    await wrong.folder.write({ key });
    await assert.rejects(wrong.open(), /is not the key of the certificate/);
  });

  it("keep what they have while the files do not belong together", async () => {
    const inventory = await service("inventory");
    const port = await listening(inventory);
    await inventory.folder.write({ key: (await authority.issue("urn:muster:service:inventory")).key });
    await inventory.heard.said("certificates on disk are of no use");
    assert.equal(await (await service("gateway")).caller("inventory", port)("there?"), "there?");
  });

  it("take up another authority while they are asked, and no call is lost", async () => {
    const next = await TestAuthority.create();
    const inventory = await service("inventory");
    const gateway = await service("gateway");
    let { port, close } = await inventory.listen();
    const stop = new AbortController();
    const traffic = new EventEmitter();
    const asking = Array.from({ length: 4 }, async () => {
      const ask = gateway.caller("inventory", port);
      while (!stop.signal.aborted) {
        const question = randomUUID();
        assert.equal(await ask(question), question);
        traffic.emit("answer");
      }
    });
    Promise.all(asking).catch((error: unknown) => traffic.emit("error", error));
    const more = async () => {
      for (let left = 20; left > 0; left -= 1) await once(traffic, "answer");
    };
    // First both are believed, then new certificates are shown, then the old authority is forgotten.
    const steps: [TestAuthority, TestAuthority[]][] = [
      [authority, [authority, next]],
      [next, [authority, next]],
      [next, [next]],
    ];
    for (const [index, [of, trusted]] of steps.entries()) {
      await more();
      const serial = await inventory.trust(of, trusted);
      await gateway.trust(of, trusted);
      for (const each of [inventory, gateway]) await each.heard.said("took up renewed certificates", index + 1);
      assert.equal(await serialAt(port, gateway), serial.toUpperCase());
      // The connections end as they do by age, and are made anew with the new certificates.
      await close();
      ({ port, close } = await inventory.listen(port));
    }
    await more();
    stop.abort();
    await Promise.all(asking);
    const left = await service("gateway", authority, [next]);
    const asked = left.caller("inventory", port)("still?");
    asked.catch(() => undefined);
    await inventory.heard.said("do not believe each other");
    await left.close();
    await assert.rejects(asked);
    await close();
  });

  /** Of the certificate that a new connection is shown. */
  async function serialAt(port: number, caller: SecuredService): Promise<string> {
    const { files } = caller.folder;
    const [cert, key, ca] = await Promise.all([readFile(files.cert), readFile(files.key), readFile(files.ca)]);
    const socket = connect({ port, cert, key, ca, ALPNProtocols: ["h2"], checkServerIdentity: () => undefined });
    await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  }
});
