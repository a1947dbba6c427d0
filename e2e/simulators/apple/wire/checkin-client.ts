import type { DeviceParts } from "../device-parts.ts";
import type { ActiveEnrollment } from "../enrollment/active-enrollment.ts";
import type { Plist } from "../plist/plist-value.ts";
import type { DoorAnswer } from "./apple-door.ts";
import type { MdmChannel } from "./mdm-channel.ts";
import { errorCodeOf } from "./mdm-connection.ts";

/** The server did not take a check-in. */
export class CheckinRefused extends Error {
  readonly status: number;
  readonly code: string;
  readonly answer: DoorAnswer;

  constructor(messageType: string, answer: DoorAnswer) {
    const code = errorCodeOf(answer);
    super(`${messageType} was answered with ${answer.status}${code === "" ? "" : ` ${code}`}`);
    this.status = answer.status;
    this.code = code;
    this.answer = answer;
  }
}

/** Sends one check-in message and gives the answer to it. @throws CheckinRefused */
export const checkin = async (
  { ledger }: Pick<DeviceParts, "ledger">,
  enrollment: ActiveEnrollment,
  messageType: string,
  message: Plist,
  channel: Pick<MdmChannel, "name" | "userIds"> = { name: "device", userIds: {} },
): Promise<DoorAnswer> => {
  const answer = await enrollment.connection.checkin({
    MessageType: messageType,
    ...enrollment.ids,
    ...channel.userIds,
    ...message,
  });
  ledger.add({ kind: "checkin", messageType, channel: channel.name, status: answer.status });
  if (answer.status !== 200) throw new CheckinRefused(messageType, answer);
  return answer;
};

/** Who the device is. A device that stays its owner's names neither serial number nor IMEI. */
export const authenticate = async (parts: DeviceParts, enrollment: ActiveEnrollment): Promise<void> => {
  const { hardware, state } = parts;
  const hardwareIds = state.userEnrollment
    ? {}
    : { SerialNumber: hardware.serial, IMEI: hardware.imei, MEID: hardware.meid };
  await checkin(parts, enrollment, "Authenticate", {
    Topic: enrollment.profile.mdm.topic,
    DeviceName: state.deviceName,
    Model: hardware.kind === "Mac" ? hardware.model.product : hardware.model.number,
    ModelName: hardware.model.modelName,
    ProductName: hardware.model.product,
    OSVersion: state.os.version,
    BuildVersion: state.os.build,
    ...hardwareIds,
  });
};

/** Where pushes reach a channel, and the device's keybag in escrow. The first one after Authenticate ends an enrollment. */
export const tokenUpdate = async (
  parts: DeviceParts,
  enrollment: ActiveEnrollment,
  channel: MdmChannel,
): Promise<void> => {
  const own = channel.name === "device";
  const { awaitingConfiguration, unlockToken, userEnrollment } = parts.state;
  await checkin(
    parts,
    enrollment,
    "TokenUpdate",
    {
      Topic: enrollment.profile.mdm.topic,
      Token: channel.pushToken,
      PushMagic: channel.pushMagic,
      UnlockToken: own && !userEnrollment ? unlockToken : undefined,
      AwaitingConfiguration: own && awaitingConfiguration ? true : undefined,
      NotOnConsole: own ? undefined : false,
    },
    channel,
  );
};
