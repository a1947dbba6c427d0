import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Ownership, Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { sql } from "kysely";
import { deviceAt } from "./testing/apple-devices.ts";
import { AppleTenant } from "./testing/apple-tenant.ts";
import { newHost, osqueryBody } from "./testing/hosts.ts";
import { acme, ORIGIN } from "./testing/running-service.ts";

describe("an Apple device that comes again", () => {
  let apple: AppleTenant;
  before(async () => {
    apple = await AppleTenant.start();
  });
  after(() => apple?.stop());

  const list = async () => {
    const everything = { status: Status.STATUS_UNSPECIFIED, duplicatesOnly: false, pageSize: 100, pageToken: "" };
    return (await apple.service.client.listEnrollments(everything, acme)).enrollments;
  };

  it("is the one that it was, though it was erased and has another name", async (t) => {
    const phone = deviceAt(t, apple.service, "iPhone", { seed: "again-phone" });
    await phone.enrollFrom(apple.enrollUrl());
    const { deviceId } = await apple.registered(phone);
    await phone.eraseByHand();
    phone.state.deviceName = "iPhone";
    await phone.enrollFrom(apple.enrollUrl());
    const again = await apple.registered(phone);
    assert.deepEqual([again.deviceId, again.hostname, again.duplicateOf], [deviceId, "iPhone", ""]);
  });

  it("is no clone of itself when its maker vouches for it, nor is the new osquery on it", async (t) => {
    const secret = "a-secret-of-the-osquery-on-Macs";
    const osquery = { name: "osquery", secret, ownership: Ownership.OWNERSHIP_CORPORATE, expiresAt: undefined };
    await apple.service.client.createEnrollSecret(osquery, acme);
    const mac = deviceAt(t, apple.service, "Mac", { seed: "again-mac", factory: apple.factory });
    const { serial, udid: uuid } = mac.hardware;
    const enrollOsquery = async (hostname: string) =>
      (await apple.service.post("/api/osquery/enroll", osqueryBody(secret, newHost({ uuid, serial, hostname }))))
        .status;
    const name = mac.state.deviceName;
    await mac.enrollFrom(apple.enrollUrl());
    assert.equal(await enrollOsquery(name), 200);
    const { deviceId } = await apple.registered(mac);
    await mac.eraseByHand();
    mac.state.deviceName = "MacBook Pro";
    await mac.enrollOverTheAir(`${ORIGIN}/apple/ota/${apple.token}`);
    assert.equal(await enrollOsquery("MacBook Pro"), 200);
    const again = await apple.registered(mac);
    assert.deepEqual([again.deviceId, again.hostname, again.duplicateOf], [deviceId, "MacBook Pro", ""]);
  });

  it("is known without its serial number and its names when it is a person's own", async (t) => {
    const wanted = { name: "Own", maxUses: 10, ownership: Ownership.OWNERSHIP_PERSONAL, expiresAt: undefined };
    const { enrollmentToken } = await apple.service.client.createEnrollmentToken(wanted, acme);
    const url = `${ORIGIN}/apple/enroll/${enrollmentToken?.token}`;
    const phone = deviceAt(t, apple.service, "iPhone", { seed: "again-own-phone" });
    const mac = deviceAt(t, apple.service, "Mac", { seed: "again-own-mac" });
    for (const device of [phone, mac]) await device.enrollFrom(url);
    await mac.signIn("barbara");
    const known = new Set((await list()).map(({ deviceId }) => deviceId));
    await phone.eraseByHand();
    await phone.enrollFrom(url);
    assert.deepEqual(new Set((await list()).map(({ deviceId }) => deviceId)), known);
    const names = [phone, mac].flatMap(({ hardware, state }) => [hardware.serial, state.deviceName]);
    const { data } = apple.service;
    for (const table of ["apple_enrollments", "apple_channels", "devices", "outbox"]) {
      const rows = await data.database.system((work) => sql`select * from ${sql.table(table)}`.execute(work.sql));
      assert.notEqual(rows.rows.length, 0, table);
      const kept = JSON.stringify(rows);
      for (const name of [...names, "barbara"]) assert.equal(kept.includes(name), false, `${table}: ${name}`);
    }
  });
});
