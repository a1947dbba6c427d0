import type { Schema } from "@muster/api-client/call";

/** A saved script. */
export type Script = Schema<"command.Script">;
