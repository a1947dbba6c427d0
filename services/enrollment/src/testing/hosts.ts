import { randomUUID } from "node:crypto";

export interface OsqueryHost {
  readonly uuid: string;
  readonly hostname: string;
  readonly instanceId: string;
  readonly serial: string;
}

/** A machine that nobody has seen before. */
export const newHost = (changes: Partial<OsqueryHost> = {}): OsqueryHost => ({
  uuid: randomUUID(),
  hostname: `host-${randomUUID().slice(0, 8)}.acme.example`,
  instanceId: randomUUID(),
  serial: `SERIAL-${randomUUID().slice(0, 8)}`,
  ...changes,
});

/** What osqueryd sends from it. */
export const osqueryBody = (secret: string, host: OsqueryHost) => ({
  enroll_secret: secret,
  host_identifier: host.hostname,
  platform_type: "9",
  host_details: {
    os_version: { name: "Ubuntu", platform: "ubuntu", platform_like: "debian", version: "24.04" },
    osquery_info: { instance_id: host.instanceId, version: "5.14.1" },
    system_info: {
      uuid: host.uuid,
      hostname: host.hostname,
      hardware_serial: host.serial,
      hardware_vendor: "Example",
      hardware_model: "One",
    },
  },
});

/** What fleetd sends from it. */
export const orbitBody = (secret: string, host: OsqueryHost) => ({
  enroll_secret: secret,
  hardware_uuid: host.uuid,
  hardware_serial: host.serial,
  hostname: host.hostname,
  platform: "ubuntu",
  platform_like: "debian",
  osquery_identifier: "",
  computer_name: host.hostname,
  hardware_model: "One",
});

/** What our agent sends from it. */
export const agentBody = (token: string, csr: string, host: OsqueryHost) => ({
  token,
  csr,
  hostname: host.hostname,
  hardware: { uuid: host.uuid, serial: host.serial, vendor: "Example", model: "One" },
  os: { platform: "ubuntu", name: "Ubuntu", version: "24.04", kernel: "6.8.0", arch: "x86_64" },
  agent: { version: "0.1.0", protocols: [1], capabilities: ["run_script"] },
});
