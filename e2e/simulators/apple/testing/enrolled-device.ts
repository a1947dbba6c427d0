import type { TestContext } from "node:test";
import type { SimulatedAppleDevice } from "../apple-device.ts";
import type { AppleKind, AppleModel } from "../hardware/apple-models.ts";
import { makeDeviceAuthority } from "../hardware/device-authority.ts";
import type { Plist } from "../plist/plist-value.ts";
import { testDevice } from "./test-device.ts";
import { type TinyMdmServer, tinyMdmServer } from "./tiny-mdm-server.ts";

const factory = makeDeviceAuthority();

export interface EnrolledDevice {
  readonly server: TinyMdmServer;
  readonly device: SimulatedAppleDevice;
  /** Sends one command, has the device ask for it, and gives the whole report. */
  readonly ask: (requestType: string, more?: Plist) => Promise<Plist>;
}

/** A device under a server of its own: by a profile, or supervised by Automated Device Enrollment. */
export const enrolledDevice = async (
  t: Pick<TestContext, "after">,
  kind: AppleKind,
  options: {
    readonly mdm?: Plist;
    readonly model?: AppleModel;
    readonly supervised?: boolean;
    readonly sharedIpad?: boolean;
  } = {},
): Promise<EnrolledDevice> => {
  const server = await tinyMdmServer(t);
  const { mdm = {}, model, supervised = false, sharedIpad = false } = options;
  const given = model === undefined ? {} : { model };
  const device = testDevice(t, kind, { ca: server.ca, factory: await factory, given });
  if (supervised) {
    server.answers.reply = ({ path }) =>
      path === "/ade"
        ? { headers: { "content-type": "application/x-apple-aspen-config" }, body: server.profile(mdm) }
        : undefined;
    await device.enrollAutomated({ url: `${server.url}/ade`, supervised, sharedIpad, awaitDeviceConfigured: true });
    delete server.answers.reply;
  } else await device.enrollWith(server.profile(mdm));
  return {
    server,
    device,
    async ask(requestType, more = {}) {
      const uuid = server.enqueue(requestType, more);
      await device.poll();
      return await server.report(uuid);
    },
  };
};

/** The code of a report's first error. */
export const errorOf = ({ ErrorChain }: Plist): unknown =>
  (ErrorChain as readonly Plist[] | undefined)?.[0]?.["ErrorCode"];
