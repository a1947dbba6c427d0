import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { sql } from "kysely";
import { caller, RunningNotification } from "./testing/running-notification.ts";

describe("a sink with an event that cannot be told in its format", () => {
  let service: RunningNotification;

  before(async () => {
    service = await RunningNotification.start("127.0.0.1/32");
  });

  after(async () => {
    assert.equal(await service.stop(), 0);
  });

  const lines = async (): Promise<{ event: { id: string } }[]> => {
    const text = await readFile(join(service.sinkFolder, "acme", "flawed.ndjson"), "utf8").catch(() => "");
    return text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { event: { id: string } });
  };

  it("sets it aside with the reason, again when it is sent once more, and goes on", async () => {
    const { id: sinkId } = await service.createSink({
      file: { name: "flawed" },
      format: "EVENT_FORMAT_ECS",
      filter: { services: ["policy", "inventory"] },
    });
    const before = await service.policyChanged("before");
    const { rows } = await service.database.database.tenant("acme", ({ sql: db }) =>
      sql<{ id: string }>`
        insert into activities (tenant, id, type, source, device_id, actor, time, traceparent, data)
        values ('acme', gen_random_uuid(), 'muster.inventory.v1.DeviceFactsChanged', '/muster/inventory', '', '', now(), '',
          '{"facts": [null]}') returning id`.execute(db),
    );
    const behind = await service.policyChanged("behind");
    const written = await eventually("its neighbours", async () => {
      const told = await lines();
      return told.length >= 2 ? told.map(({ event }) => event.id) : undefined;
    });
    assert.deepEqual(written, [before, behind]);
    const letters = () => service.sinks.listDeadLetters({ sinkId, pageSize: 0, pageToken: "" }, caller);
    const [letter] = await eventually("a dead letter", async () => {
      const { deadLetters } = await letters();
      return deadLetters.length > 0 ? deadLetters : undefined;
    });
    assert.equal(letter?.eventId, rows[0]?.id);
    assert.match(letter?.reason ?? "", /^cannot be told as ecs: ./);
    // Sent once more it is no better: it is set aside again, and its neighbours go on.
    await service.sinks.replayDeadLetters({ sinkId, eventIds: [] }, caller);
    await eventually("the dead letter again", async () => {
      const { deadLetters } = await letters();
      return deadLetters.some(({ failedAt }) => failedAt && letter?.failedAt && failedAt > letter.failedAt)
        ? true
        : undefined;
    });
    const last = await service.policyChanged("last");
    await eventually("the last", async () =>
      (await lines()).some(({ event }) => event.id === last) ? true : undefined,
    );
  });
});
