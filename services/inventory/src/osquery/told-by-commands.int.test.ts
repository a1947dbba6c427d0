import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import {
  type DeviceServiceServer,
  DeviceServiceService,
} from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { clientOf } from "@muster/rpc/client";
import { eventually } from "@muster/testkit/eventually";
import { tell } from "@muster/testkit/tell";
import type { TestBacking } from "@muster/testkit/test-backing";
import type { TestBus } from "@muster/testkit/test-bus";
import type { Schema } from "../storage/schema.ts";
import { OsqueryHost } from "../testing/osquery-host.ts";
import { type ServiceProcess, startBacking, startService } from "../testing/service-process.ts";

const caller = { tenant: "acme", actor: "ada@example.org" };

describe("an inventory that hears of commands", () => {
  let backing: TestBacking<Schema>;
  let bus: TestBus;
  let service: ServiceProcess;

  before(async () => {
    backing = await startBacking();
    ({ bus } = backing);
    service = await startService(backing);
  });

  after(async () => {
    const code = await service?.stop();
    await backing?.stop();
    assert.equal(code, 0);
  });

  const devices = () => clientOf<DeviceServiceServer>(DeviceServiceService, service.channel);

  it("asks everything again of a device that accepted a refetch, and wakes it", async () => {
    const host = new OsqueryHost(service);
    await host.settle();
    assert.deepEqual((await host.read()).queries, {});
    const woken: string[] = [];
    const waking = bus.bus.subscribe(`wake.device.acme.${host.id}`, {
      callback: (_error, message) => void woken.push(message.string()),
    });
    await bus.bus.flush();
    await tell(bus.bus, {
      type: "muster.command.v1.RefetchAccepted",
      tenant: "acme",
      deviceId: host.id,
      data: { deviceId: host.id, commandId: randomUUID() },
    });
    const asked = await eventually("the questions", async () => {
      const names = Object.keys((await host.read()).queries);
      return names.length > 0 ? names : undefined;
    });
    assert.ok(asked.includes("muster_detail_deb_packages"));
    await eventually("the device to be woken", async () => (woken.includes("queries") ? true : undefined));
    waking.unsubscribe();
  });

  it("lists a program once that osquery and Apple's protocol both tell of, with how far its installation is", async () => {
    const mac = [{ name: "macOS", version: "15.1", platform: "darwin", platform_like: "darwin" }];
    const apps = [
      { name: "Mail.app", version: "2.0", vendor: "com.example.mail" },
      { name: "Map.app", version: "1.0", vendor: "com.example.map" },
    ];
    const host = new OsqueryHost(service, { muster_detail_os_version: mac, muster_detail_apps: apps });
    await host.settle();
    const answer = (requestType: string, response: Record<string, unknown>) =>
      tell(bus.bus, {
        type: "muster.command.v1.AppleAnswered",
        tenant: "acme",
        deviceId: host.id,
        data: {
          deviceId: host.id,
          userId: "",
          commandId: randomUUID(),
          requestType,
          response,
          answeredAt: new Date(),
          partial: false,
        },
      });
    await answer("InstalledApplicationList", {
      InstalledApplicationList: [
        { Name: "Mail", ShortVersion: "2.0", Identifier: "com.example.mail" },
        { Name: "Map", ShortVersion: "1.1", Identifier: "com.example.map" },
      ],
    });
    await answer("ManagedApplicationList", { ManagedApplicationList: { "com.example.mail": { Status: "Managed" } } });
    const listed = await eventually("both lists to be one", async () => {
      const { software } = await devices().listDeviceSoftware(
        { deviceId: host.id, asOf: undefined, search: "" },
        caller,
      );
      return software.some(({ managedState }) => managedState !== "") && software.length === 3 ? software : undefined;
    });
    assert.deepEqual(
      listed.map(({ name, version, sources, managedState }) => [name, version, sources, managedState]),
      [
        ["Mail.app", "2.0", ["app", "apple_app"], "Managed"],
        ["Map", "1.1", ["apple_app"], ""],
        ["Map.app", "1.0", ["app"], ""],
      ],
    );
    const { software } = await devices().listSoftware(
      { search: "mail", source: "", pageSize: 0, pageToken: "" },
      caller,
    );
    assert.deepEqual(
      software.map(({ name, deviceCount, sources }) => [name, deviceCount, sources]),
      [["Mail.app", 1, ["app", "apple_app"]]],
    );
  });
});
