import { type Writable, writePlist } from "../plist/write-plist.ts";

/** A command as a device fetches it. */
export const writeCommand = (uuid: string, command: Readonly<Record<string, Writable | undefined>>): Buffer =>
  writePlist({ CommandUUID: uuid, Command: command });
