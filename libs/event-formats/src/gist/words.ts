import type { ToldEvent } from "../told-event.ts";

/** The device as a sentence names it. */
export const deviceName = ({ device, deviceId }: ToldEvent): string =>
  device !== undefined && device.hostname !== "" ? device.hostname : deviceId;

/** An enum's value in a sentence's words: COMMAND_TYPE_RUN_SCRIPT without its prefix is "run script". */
export const enumWords = (value: string, prefix: string): string =>
  value.slice(prefix.length).toLowerCase().replaceAll("_", " ");

/** ": why", or nothing when no reason is given. */
export const because = (reason: string): string => (reason === "" ? "" : `: ${reason}`);
