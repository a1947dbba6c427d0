import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Ownership } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
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
});
