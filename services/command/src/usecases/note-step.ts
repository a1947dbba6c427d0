import { noteSpan, sendsTraces, type TraceCarrier, traceOf } from "@muster/host/telemetry";
import { ATTRIBUTE, SPAN } from "@muster/host/telemetry-names";
import type { Command } from "../domain/command.ts";
import type { CommandEvent } from "../domain/decide.ts";
import type { Step } from "../domain/evolve.ts";

/** For this long after it was asked for, what a device does about a command is shown in the trace of the asking. */
const ONE_TRACE_MS = 3_600_000;

export const traceOfCommand = ({ traceparent }: Command): TraceCarrier => (traceparent === "" ? {} : { traceparent });

const NAMES: Partial<Record<CommandEvent["type"], string>> = {
  CommandDelivered: SPAN.handOutCommand,
  HandedOutAgain: SPAN.handOutCommand,
  WithdrawalHandedOut: SPAN.handOutWithdrawal,
};

/**
 * Notes what a device's request did to a command. A request speaks of many commands and belongs to no one's trace: the
 * span of the step joins the two. It hangs below the asking while that is young and links the request; later it is the
 * other way round, since no one keeps looking at a trace of yesterday. @returns the place of the span.
 */
export function noteStep({ event, after }: Step, request: TraceCarrier, now: Date): TraceCarrier {
  const asking = traceOfCommand(after);
  const young = after.traceparent !== "" && now.getTime() - after.createdAt.getTime() < ONE_TRACE_MS;
  if (!sendsTraces()) return young ? asking : request;
  return noteSpan(NAMES[event.type] ?? SPAN.takeResult, {
    parent: traceOf(young ? asking : request),
    links: [young ? request : asking],
    attributes: {
      [ATTRIBUTE.commandId]: after.id,
      [ATTRIBUTE.deviceId]: after.deviceId,
      [ATTRIBUTE.commandState]: after.state,
      [ATTRIBUTE.commandType]: after.type,
    },
  });
}
