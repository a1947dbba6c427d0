import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { Vault } from "@muster/vault/vault";
import type { Command } from "../../domain/command.ts";
import { sealedBy } from "../../sealed-by.ts";
import { insertAppleBodies } from "../../storage/apple-commands.ts";
import type { CommandDatabase } from "../../storage/tables.ts";
import { profileRemoval } from "../../testing/profile-removal.ts";
import { BodyReader } from "./apple-bodies.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../migrations");
const { openBody, sealBody } = sealedBy(new Vault(Buffer.alloc(32, 7)));

describe("what commands carry", () => {
  let server: TestDatabase<CommandDatabase>;
  before(async () => {
    server = await startTestDatabase("command", MIGRATIONS);
  });
  after(() => server.stop());

  const commandWith = (tenant: string, bodyId: string | undefined): Command => profileRemoval(tenant, { bodyId });
  const keep = async (tenant: string, text: string): Promise<string> => {
    const id = randomUUID();
    const sealed = sealBody(tenant, id, { parameters: { Identifier: text } });
    await server.database.tenant(tenant, (work) => insertAppleBodies(work.sql, [{ tenant, id, sealed }]));
    return id;
  };
  const texts = async (reader: BodyReader, commands: readonly Command[]) => {
    const bodies = await server.database.system((work) => reader.bodiesOf(work, commands));
    return commands.map(({ id }) => bodies.get(id)?.parameters["Identifier"]);
  };
  const loseAll = () => server.asOwner("delete from command.apple_bodies");

  it("is read once for all who carry it, and for those who come later not at all", async () => {
    const reader = new BodyReader(openBody);
    const [one, other] = [await keep("acme", "one"), await keep("acme", "other")];
    const ask = () =>
      texts(
        reader,
        [one, other, one, undefined].map((id) => commandWith("acme", id)),
      );
    assert.deepEqual(await ask(), ["one", "other", "one", undefined]);
    await loseAll();
    assert.deepEqual(await ask(), ["one", "other", "one", undefined]);
  });

  it("belongs to its tenant, also where it is remembered", async () => {
    const reader = new BodyReader(openBody);
    const id = await keep("acme", "one");
    assert.deepEqual(await texts(reader, [commandWith("acme", id)]), ["one"]);
    assert.deepEqual(await texts(reader, [commandWith("globex", id)]), [undefined]);
  });

  it("is read anew when it is large", async () => {
    const reader = new BodyReader(openBody);
    const large = "x".repeat(600 * 1024);
    const id = await keep("acme", large);
    assert.deepEqual(await texts(reader, [commandWith("acme", id)]), [large]);
    await loseAll();
    assert.deepEqual(await texts(reader, [commandWith("acme", id)]), [undefined]);
  });
});
