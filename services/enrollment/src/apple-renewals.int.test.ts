import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it, type TestContext } from "node:test";
import type { EventType } from "@muster/contracts/event";
import { Command } from "@muster/contracts/gen/muster/command/v1/command";
import type { HeardEvent } from "@muster/postgres/listen";
import { eventually } from "@muster/testkit/eventually";
import { tell } from "@muster/testkit/tell";
import { v7 as newId } from "uuid";
import { onCommandEnded } from "./events/on-command-ended.ts";
import { deviceAt, requestIn } from "./testing/apple-devices.ts";
import { AppleTenant } from "./testing/apple-tenant.ts";
import { acme } from "./testing/running-service.ts";
import { askRenewal, askRenewals } from "./usecases/apple/ask-renewals.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe("the certificates of Apple devices are renewed", () => {
  let apple: AppleTenant;
  before(async () => {
    apple = await AppleTenant.start();
  });
  after(() => apple?.stop());

  const at = new Date();
  const later = (ms: number) => new Date(at.getTime() + ms);
  const deps = (now: Date) => ({ database: apple.service.data.database, now: () => now, newId });
  const sweep = (now: Date) => askRenewals(deps(now))();
  const byHand = (deviceId: string, now: Date) => askRenewal(deps(now))("acme", deviceId, acme.actor);
  const render = (deviceId: string, commandId: string) =>
    apple.service.appleDevices.renderRenewalProfile({ deviceId, commandId }, acme);

  const enrolled = async (t: TestContext, seed: string) => {
    const device = deviceAt(t, apple.service, "iPhone", { seed });
    await device.enrollFrom(apple.enrollUrl());
    const { deviceId } = await apple.registered(device);
    return {
      device,
      deviceId,
      /** The commands that were asked for, the first one first. */
      asked: async () =>
        (await apple.told("IdentityRenewalRequested", { deviceId })).map(
          ({ body }) => (body as { commandId: string }).commandId,
        ),
      endsIn: (ms: number) =>
        apple.service.data.database.system((work) =>
          work.sql
            .updateTable("apple_enrollments")
            .set({ in_use_not_after: later(ms) })
            .where("device_id", "=", deviceId)
            .execute(),
        ),
    };
  };

  it("before they end, one at a time and not too often", async (t) => {
    const { asked, deviceId, endsIn } = await enrolled(t, "renewals-sweep");
    await sweep(at);
    assert.deepEqual(await asked(), []);
    await endsIn(20 * DAY_MS);
    await sweep(at);
    await sweep(later(5 * HOUR_MS));
    const [commandId = "", ...others] = await asked();
    assert.deepEqual(others, []);

    const [one, two] = [
      await requestIn((await render(deviceId, commandId)).content),
      await requestIn((await render(deviceId, commandId)).content),
    ];
    assert.notEqual(one.challenge, two.challenge);
    await assert.rejects(apple.certify(one), { failInfo: "2" });
    await apple.certify(two);
    await assert.rejects(render(deviceId, randomUUID()), { code: "apple.not_renewing" });

    const command = Command.fromPartial({ id: commandId, deviceId });
    const data = { command };
    await tell(apple.service.bus.bus, { type: "muster.command.v1.CommandFailed", tenant: "acme", deviceId, data });
    await eventually("the end to be heard", () =>
      render(deviceId, commandId).then(
        () => undefined,
        ({ code }: { code: string }) => (code === "apple.not_renewing" ? true : undefined),
      ),
    );
    await sweep(later(3 * HOUR_MS));
    assert.equal((await asked()).length, 1);
    await sweep(later(4 * HOUR_MS + 1));
    assert.equal((await asked()).length, 2);
  });

  it("again at once when a person asks, after the device came with the new one", async (t) => {
    const { asked, device, deviceId } = await enrolled(t, "renewals-by-hand");
    const commandId = await byHand(deviceId, at);
    await assert.rejects(byHand(deviceId, at), { code: "apple.not_renewing" });
    // It comes with its new certificate while it takes the profile, and says that it has taken it after that.
    await device.renewWith((await render(deviceId, commandId)).content);
    assert.equal((await apple.told("IdentityRenewed", { deviceId })).length, 1);
    const again = await byHand(deviceId, at);
    assert.deepEqual(await asked(), [commandId, again]);
  });

  it("after eight days also where the device took the profile and never came with the new one", async (t) => {
    const [swept, byPerson] = [await enrolled(t, "renewals-over"), await enrolled(t, "renewals-over-by-hand")];
    await swept.endsIn(20 * DAY_MS);
    await sweep(at);
    await byHand(byPerson.deviceId, at);
    const early = later(8 * DAY_MS - 1);
    await sweep(early);
    await assert.rejects(byHand(byPerson.deviceId, early), { code: "apple.not_renewing" });
    const [first = "", ...others] = await swept.asked();
    assert.deepEqual(others, []);

    await sweep(later(8 * DAY_MS));
    await byHand(byPerson.deviceId, later(8 * DAY_MS));
    const [, second = ""] = await swept.asked();
    assert.equal((await byPerson.asked()).length, 2);
    // The earlier command is over: only the newer one brings a profile.
    await assert.rejects(render(swept.deviceId, first), { code: "apple.not_renewing" });
    assert.ok((await render(swept.deviceId, second)).content.length > 0);
    await sweep(later(9 * DAY_MS));
    assert.equal((await swept.asked()).length, 2);
  });

  it("again after an end that a version before has left parked, also one that brought the profile", async (t) => {
    const { asked, deviceId } = await enrolled(t, "renewals-parked");
    const heard = (type: EventType, id: string): HeardEvent =>
      ({ type, tenant: "acme", deviceId, data: { command: Command.fromPartial({ id, deviceId }) } }) as HeardEvent;
    const hear = (...events: HeardEvent[]) =>
      apple.service.data.database.system((work) => onCommandEnded(work, events));
    await hear(heard("muster.command.v1.CommandAcknowledged", await byHand(deviceId, at)));
    await byHand(deviceId, at);
    assert.equal((await asked()).length, 2);
    await assert.rejects(hear(heard("muster.command.v1.CommandQueued", newId())), /was not asked for/);
  });
});
