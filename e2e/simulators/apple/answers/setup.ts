import { dataOf } from "../plist/plist-value.ts";
import { type Answers, CommandFailed, mdmError } from "./command-answer.ts";

export const setupAnswers: Answers = {
  /** Lets the Setup Assistant go on. */
  DeviceConfigured: ({ parts }) => {
    if (!parts.state.awaitingConfiguration)
      throw new CommandFailed(mdmError(12094, "the device does not await its configuration"));
    parts.state.awaitingConfiguration = false;
    return {};
  },

  UserConfigured: () => ({}),

  /** Turns declarative management on, once and for all; the device synchronizes after it said yes. */
  DeclarativeManagement: ({ command, channel, device, afterwards }) => {
    const tokens = dataOf(command["Data"]);
    afterwards({ does: () => device.synchronize(tokens, channel), endsSession: false });
    return {};
  },
};
