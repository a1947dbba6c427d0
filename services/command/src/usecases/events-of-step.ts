import type { NewEvent } from "@muster/postgres/outbox";
import type { Step } from "../domain/evolve.ts";
import { isProfileChange } from "../domain/profile-change.ts";
import { commandMessage } from "./command-message.ts";

type Told<T extends NewEvent["type"]> = T extends NewEvent["type"] ? Pick<NewEvent<T>, "type" | "data"> : never;

type StepEvent = Told<
  | `muster.command.v1.${"CommandDelivered" | "CommandAcknowledged" | "CommandFailed" | "CommandExpired" | "CommandCancelled"}`
  | "muster.command.v1.RefetchAccepted"
  | "muster.command.v1.ProfileChangeAcknowledged"
>;

/** What is told on the bus of a step. */
export function eventsOfStep({ event, after }: Step): StepEvent[] {
  switch (event.type) {
    case "CommandDelivered":
    case "CommandFailed":
    case "CommandExpired":
    case "CommandCancelled":
      return [{ type: `muster.command.v1.${event.type}`, data: { command: commandMessage(after) } }];
    case "CommandAcknowledged":
      return [
        { type: "muster.command.v1.CommandAcknowledged", data: { command: commandMessage(after) } },
        ...expected(after),
      ];
    case "CommandRunning":
    case "PutOff":
    case "HandedOutAgain":
    case "WithdrawalAsked":
    case "WithdrawalHandedOut":
      return [];
    default:
      return event satisfies never;
  }
}

/**
 * What a service waits for of a command that was carried out. It is told besides, so that no service needs to listen to
 * the end of every command, of which nearly all are nothing to it.
 */
function expected(command: Step["after"]): StepEvent[] {
  const { deviceId, endedAt, id, type } = command;
  if (type === "refetch") return [{ type: "muster.command.v1.RefetchAccepted", data: { deviceId, commandId: id } }];
  if (isProfileChange(command))
    return [{ type: "muster.command.v1.ProfileChangeAcknowledged", data: { deviceId, commandId: id, endedAt } }];
  return [];
}
