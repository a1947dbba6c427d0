import { dataOf, plistOf, textOf } from "../plist/plist-value.ts";
import { type Answers, CommandMalformed, isMac } from "./command-answer.ts";

export const powerAnswers: Answers = {
  /** It asks for more once it is up again. */
  RestartDevice: ({ parts, channel, afterwards }) => {
    const does = async (): Promise<void> => {
      const { state } = parts;
      state.firmwarePassword = (state.nextFirmwarePassword ?? state.firmwarePassword) || undefined;
      state.nextFirmwarePassword = undefined;
      parts.ledger.add({ kind: "restarted" });
      void channel.poll("started");
    };
    afterwards({ does, endsSession: true });
    return {};
  },

  ShutDownDevice: ({ parts, afterwards }) => {
    afterwards({
      does: async () => {
        parts.state.poweredOff = true;
        parts.ledger.add({ kind: "shut down" });
      },
      endsSession: true,
    });
    return {};
  },

  /** The device says that it understood, then it is another one: silent until someone enrolls it again. */
  EraseDevice: (context) => {
    const { command, device, parts, afterwards } = context;
    const pin = textOf(command["PIN"]);
    if (isMac(context) && pin !== undefined && !/^\d{6}$/.test(pin))
      throw new CommandMalformed("PIN has to be six digits");
    const service = plistOf(command["ReturnToService"]);
    const returns = service["Enabled"] === true;
    const profile = dataOf(service["MDMProfileData"]);
    if (returns && profile === undefined && !parts.state.enrolledViaDep)
      throw new CommandMalformed("ReturnToService needs MDMProfileData");
    afterwards({ does: () => device.erase(returns ? (profile ?? "by Apple") : undefined), endsSession: true });
    return {};
  },
};
