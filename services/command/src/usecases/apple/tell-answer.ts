import { EventTooLarge } from "@muster/postgres/outbox";
import type { AppleChannel } from "../../domain/apple/apple-channel.ts";
import { factsOf } from "../../domain/apple/catalogue/catalogue.ts";
import { shortened, withFlatMembers } from "../../domain/apple/large-answer.ts";
import { isPartial } from "../../domain/apple/partial-answer.ts";
import type { Step } from "../../domain/evolve.ts";
import type { CommandWork } from "../ports.ts";

/** What of an answer that is too large is told, in bytes of JSON: it leaves room for the rest of the event. */
const MOST_BYTES = 800 * 1024;

/**
 * What a device answers to a question is told to whoever wants to know what it is like. What is too large for an event is told without
 * what the members of its lists hold in them, and, should that be too large still, in part; the command has all of it.
 */
export function tellAnswer(
  work: CommandWork,
  { after, event }: Step,
  { deviceId, personal, tenant }: AppleChannel,
  response: Readonly<Record<string, unknown>>,
  now: Date,
): void {
  const requestType = after.apple?.requestType ?? "";
  const facts = factsOf(requestType);
  if (event.type !== "CommandAcknowledged" || facts?.class !== "question" || facts.priority !== "inventory") return;
  const partial = after.apple === undefined || isPartial(after.apple, personal);
  const tell = (told: typeof response, isCut = false): void =>
    work.emit({
      type: "muster.command.v1.AppleAnswered",
      tenant,
      deviceId,
      actor: `device:${deviceId}`,
      trace: after.traceparent === "" ? {} : { traceparent: after.traceparent },
      data: {
        deviceId,
        userId: after.apple?.userId ?? "",
        commandId: after.id,
        requestType,
        response: told,
        answeredAt: now,
        partial: partial || isCut,
      },
    });
  if (fits(() => tell(response))) return;
  const flat = withFlatMembers(response);
  if (!fits(() => tell(flat))) tell(shortened(flat, MOST_BYTES), true);
}

function fits(tell: () => void): boolean {
  try {
    tell();
    return true;
  } catch (error) {
    if (error instanceof EventTooLarge) return false;
    throw error;
  }
}
