import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  type NatsSubscriber,
  type PulledEvent,
  type SubscriberConnection,
  startNatsSubscriber,
} from "../simulators/nats-subscriber.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";
import { identityOf, type OsqueryMachines, osqueryMachines } from "./testing/osquery-machines.ts";

interface Subscriber {
  readonly id: string;
  readonly connection: SubscriberConnection;
  readonly health: { readonly state: string; readonly waitingEvents: number; readonly settledAt?: string };
}

const ENROLLED = "muster.enrollment.v1.DeviceEnrolled";

describe("a SIEM that pulls events from the bus", () => {
  let journey: JourneyPlatform;
  let machines: OsqueryMachines;
  let subscriber: Subscriber;
  let siem: NatsSubscriber;

  before(async () => {
    journey = await startJourneyPlatform();
    machines = osqueryMachines(journey);
    subscriber = await journey.api.post<Subscriber>("/api/v1/subscribers", {
      name: "SIEM",
      filter: { types: [ENROLLED] },
    });
    siem = await startNatsSubscriber(subscriber.connection);
  });

  after(async () => {
    await siem?.close();
    await machines?.stop();
    await journey?.stop();
  });

  /** Enrolls a machine, and waits for the event that tells of it. */
  const enroll = (name: string): Promise<PulledEvent> => {
    machines.start({ identity: identityOf(name), enrollSecret: journey.enrollSecret });
    return siem.events.until(
      (events) => events.find(({ data }) => JSON.stringify(data).includes(name)),
      `the event of ${name}`,
      90_000,
    );
  };

  it("hears of a device that enrolls", async () => {
    const event = await enroll("first-machine");
    assert.equal(event.type, ENROLLED);
    const { devices } = await journey.api.get<{ devices: { id: string }[] }>("/api/v1/devices");
    assert.equal(event.subject, devices[0]?.id);
  });

  it("has credentials that nobody else is shown: not in the answers that follow, and not in what is kept of the request", async () => {
    const [, seed = ""] = /-----BEGIN USER NKEY SEED-----\s+(\S+)/.exec(subscriber.connection.credentials) ?? [];
    assert.match(seed, /^SU/);
    const kept = await journey.api.until<{ activities: { data: { action: string } }[] }, string>(
      "/api/v1/activities?types=muster.gateway.v1.ActionTaken",
      ({ activities }) => {
        const made = activities.find(({ data }) => data.action === "subscriber.write");
        return made && JSON.stringify(made);
      },
    );
    assert.match(kept, /"credentials":"\(removed\)"/);
    const shown = JSON.stringify(await journey.api.get(`/api/v1/subscribers/${subscriber.id}`));
    for (const text of [kept, shown]) assert.equal(text.includes(seed), false);
  });

  it("hears of the next one after the bus was killed", async () => {
    const { nats } = journey.platform.backing;
    await nats?.kill("SIGKILL");
    await nats?.restart();
    await enroll("second-machine");
  });

  it("hears of the next one, with the same credentials, after the bus lost everything it stored", async () => {
    const { nats } = journey.platform.backing;
    await nats?.kill("SIGKILL");
    for (const store of ["accounts", "jetstream"]) {
      await rm(join(dirname(nats?.logFile ?? ""), store), { recursive: true });
    }
    await nats?.restart();
    await enroll("third-machine");
  });

  it("is seen by the administrator as one who took everything", async () => {
    await journey.api.until<Subscriber, true>(`/api/v1/subscribers/${subscriber.id}`, ({ health }) =>
      health.state === "SUBSCRIBER_STATE_RUNNING" && health.waitingEvents === 0 && health.settledAt !== undefined
        ? true
        : undefined,
    );
  });

  it("is cut off when it is revoked, and cannot come back", async () => {
    const refused = siem.untilRefused();
    await journey.api.delete(`/api/v1/subscribers/${subscriber.id}`);
    assert.match(await refused, /Revoked|Expired|Authorization/);
    await assert.rejects(startNatsSubscriber(subscriber.connection), /Authorization/);
  });
});
