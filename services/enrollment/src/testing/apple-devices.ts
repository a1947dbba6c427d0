import type { SimulatedAppleDevice } from "@muster/e2e/simulators/apple/apple-device";
import { makeRsaKey } from "@muster/e2e/simulators/apple/crypto/key-pair";
import { signedDataOf } from "@muster/e2e/simulators/apple/crypto/signed-data";
import {
  type AcmeWish,
  acmeWishOf,
  readEnrollmentProfile,
  scepRequestOf,
} from "@muster/e2e/simulators/apple/enrollment/enrollment-profile";
import { machineInfo } from "@muster/e2e/simulators/apple/enrollment/machine-info";
import type { AppleKind } from "@muster/e2e/simulators/apple/hardware/apple-models";
import type { DeviceAuthority } from "@muster/e2e/simulators/apple/hardware/device-authority";
import { writePlist } from "@muster/e2e/simulators/apple/plist/write-plist";
import { readConfigurationProfile } from "@muster/e2e/simulators/apple/profile/configuration-profile";
import type { ScepRequest } from "@muster/e2e/simulators/apple/scep/scep-client";
import { testDevice } from "@muster/e2e/simulators/apple/testing/test-device";
import { type AppleDoor, openAppleDoor } from "@muster/e2e/simulators/apple/wire/apple-door";
import { ORIGIN, type RunningService } from "./running-service.ts";

/** What devices send over: the service stands behind the origin that profiles name, without an ingress. */
export const doorTo = ({ url }: Pick<RunningService, "url">): AppleDoor => {
  const door = openAppleDoor({});
  return {
    send: (request) => door.send({ ...request, url: request.url.replace(ORIGIN, url) }),
    close: () => door.close(),
  };
};

type Options = NonNullable<Parameters<typeof testDevice>[2]>;

/** A simulated device at the doors of the service. */
export const deviceAt = (
  test: Parameters<typeof testDevice>[0],
  service: RunningService,
  kind: AppleKind,
  options: Options,
): SimulatedAppleDevice => testDevice(test, kind, { door: doorTo(service), ...options });

/** What a device says of itself before it is enrolled, signed with the identity from its factory. */
export const machineInfoOf = async (
  { hardware, state }: SimulatedAppleDevice,
  factory: DeviceAuthority,
  personal: boolean,
): Promise<Buffer> => {
  const content = Buffer.from(writePlist(machineInfo({ hardware, state }, personal)));
  const by = await factory.identityOf(hardware);
  return signedDataOf({ content, by, chain: factory.chain, at: new Date() }).message;
};

/** What the SCEP payload of an enrollment profile has a device ask for, with a key of its own. */
export const requestIn = async (profile: Buffer): Promise<ScepRequest> => {
  const { identity } = readEnrollmentProfile(readConfigurationProfile(profile));
  const { bits, ...request } = scepRequestOf(identity, { kind: "iPhone" } as SimulatedAppleDevice["hardware"]);
  return { ...request, key: await makeRsaKey(bits) };
};

/** What the ACME payload of an enrollment profile has a device ask for. */
export const acmeWishIn = (profile: Buffer): AcmeWish => {
  const { identity } = readEnrollmentProfile(readConfigurationProfile(profile));
  return acmeWishOf(identity, { kind: "iPhone" } as SimulatedAppleDevice["hardware"]);
};
