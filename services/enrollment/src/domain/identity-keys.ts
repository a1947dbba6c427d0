import { shortHostname, usableSerial, usableUuid } from "./hardware.ts";

/** By what a machine is found again; undefined where it says nothing of worth. */
export interface IdentityKeys {
  readonly uuid: string | undefined;
  readonly serial: string | undefined;
  readonly instance: string | undefined;
  readonly host: string;
}

export interface Identifiable {
  readonly tenant: string;
  readonly hardwareUuid: string;
  readonly hardwareSerial: string;
  readonly hostname: string;
}

export const identityKeys = (machine: Identifiable, instanceId: string): IdentityKeys => ({
  uuid: usableUuid(machine.hardwareUuid),
  serial: usableSerial(machine.hardwareSerial),
  instance: instanceId === "" ? undefined : instanceId,
  host: shortHostname(machine.hostname),
});

/**
 * What two entries that may be the same machine have in common, at least one of these. A serial number is worth something
 * only with the hostname, because vendors repeat them; an osquery database only where the hardware says nothing, because
 * images are made with one inside.
 */
export function identityNames(machine: Identifiable, instanceId: string): string[] {
  const { uuid, serial, instance, host } = identityKeys(machine, instanceId);
  const names: string[][] = [];
  if (uuid !== undefined) names.push(["uuid", uuid]);
  if (serial !== undefined) names.push(["serial", serial, host]);
  if (uuid === undefined && serial === undefined && instance !== undefined) names.push(["instance", instance, host]);
  return names.map((name) => JSON.stringify([machine.tenant, ...name]));
}
