import type { Activity } from "../api/types.ts";
import { enumWord, eventName } from "../words/names.ts";
import { DeviceLink } from "./device-link.tsx";
import { Ago } from "./time.tsx";

interface EventLineProps {
  readonly event: Activity;
  readonly isNew?: boolean;
  /** False where all are about one device. */
  readonly named?: boolean;
}

/** One event as a line of a feed: what happened, to which device, by whom, when. */
export const EventLine = ({ event, isNew = false, named = true }: EventLineProps) => (
  <li className={isNew ? "new" : ""}>
    <span className="feed-what">{eventName(event.type)}</span>
    <span className="faint small">
      <Ago time={event.time} />
    </span>
    <span className="faint small cut">
      {named && event.deviceId !== "" && <DeviceLink id={event.deviceId} name={text(event.data?.["displayName"])} />}
      {details(event).map((part, index) => (
        <span key={part}>
          {(index > 0 || (named && event.deviceId !== "")) && " · "}
          {part}
        </span>
      ))}
    </span>
  </li>
);

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** What an event says in the fields that many kinds of events share. */
function details({ data = {}, actor }: Activity): readonly string[] {
  const command = data["command"] as { type?: unknown } | undefined;
  const words = [
    text(data["policyName"]),
    enumWord(text(data["verdict"]), "VERDICT_"),
    enumWord(text(command?.type), "COMMAND_TYPE_"),
    text(data["action"]),
    // That a device or a policy caused what is told of it needs no saying.
    /^(device|policy):/.test(actor) ? "" : actor,
  ];
  return [...new Set(words.filter((word) => word !== ""))];
}
