import type { HeardEvent } from "@muster/postgres/listen";
import type { Work } from "@muster/postgres/service-database";
import { forgetAsked } from "../storage/apple-renewals.ts";
import type { EnrollmentDatabase } from "../storage/tables.ts";

/**
 * A command that ended renews no certificate any more: another may be asked for. What was carried out is not listened to,
 * since the device comes with its new certificate then; but such an end may still wait here, parked or in the bus's hands,
 * of a version that did listen to it.
 */
export async function onCommandEnded(work: Work<EnrollmentDatabase>, events: readonly HeardEvent[]): Promise<void> {
  await forgetAsked(work.sql, events.flatMap(commandIn));
}

function commandIn(event: HeardEvent): { tenant: string; id: string }[] {
  if (
    event.type !== "muster.command.v1.CommandAcknowledged" &&
    event.type !== "muster.command.v1.CommandFailed" &&
    event.type !== "muster.command.v1.CommandExpired" &&
    event.type !== "muster.command.v1.CommandCancelled"
  ) {
    throw new Error(`the event ${event.type} was not asked for`);
  }
  const { command } = event.data;
  return command === undefined ? [] : [{ tenant: event.tenant, id: command.id }];
}
