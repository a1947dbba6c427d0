import { Real, textOf } from "../plist/plist-value.ts";
import { type Answers, type CommandContext, CommandFailed, CommandMalformed, mdmError } from "./command-answer.ts";

const lost = ({ parts }: CommandContext): void => {
  if (parts.state.lostMode === undefined) throw new CommandFailed(mdmError(12067, "the device is not in Lost Mode"));
};

export const lostModeAnswers: Answers = {
  EnableLostMode: ({ parts, command }) => {
    const [message, phoneNumber, footnote] = ["Message", "PhoneNumber", "Footnote"].map((key) => textOf(command[key]));
    if (message === undefined && phoneNumber === undefined)
      throw new CommandMalformed("Lost Mode needs a Message or a PhoneNumber");
    parts.state.lostMode = { message: message ?? "", phoneNumber: phoneNumber ?? "", footnote: footnote ?? "" };
    parts.ledger.add({ kind: "locked", message: message ?? "" });
    return {};
  },
  DisableLostMode: (context) => {
    lost(context);
    context.parts.state.lostMode = undefined;
    return {};
  },
  PlayLostModeSound: (context) => {
    lost(context);
    return {};
  },
  DeviceLocation: (context) => {
    lost(context);
    const { latitude, longitude } = context.parts.state.location;
    return {
      Latitude: new Real(latitude),
      Longitude: new Real(longitude),
      HorizontalAccuracy: new Real(15),
      VerticalAccuracy: new Real(4),
      Altitude: new Real(519),
      Speed: new Real(-1),
      Course: new Real(-1),
      Timestamp: context.parts.now().toISOString(),
    };
  },
};
