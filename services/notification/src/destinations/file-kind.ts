import { join } from "node:path";
import type { FileDestination as Configuration } from "@muster/contracts/gen/muster/notification/v1/sink";
import { refuse } from "../domain/refusals.ts";
import { FileDestination } from "./file.ts";
import type { DestinationKind } from "./kind.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const DEFAULT_BYTES = 64 * 1024 * 1024;
const DEFAULT_SECONDS = 86_400;

/** Files in a folder that the operator gave, each tenant's in a folder of its own below. */
export const file = (folder: string): DestinationKind<Configuration> => ({
  secrets: [],
  // Nothing is won by gathering long: the disk is near. One batch at a time, for they are written one after another.
  batching: { maxEvents: 1_000, maxBytes: 4 * 1024 * 1024, lingerMs: 50, inFlight: 1 },
  check: ({ name }) => {
    if (!NAME.test(name)) {
      throw refuse(
        "sink.bad_destination",
        "file.name has 1 to 64 letters, digits, dashes and underscores, such as events",
      );
    }
  },
  hosts: () => [],
  open: ({ name, rotateBytes, rotateSeconds }, { tenant }) =>
    new FileDestination({
      folder: join(folder, tenant),
      name,
      rotateBytes: rotateBytes || DEFAULT_BYTES,
      rotateMs: (rotateSeconds || DEFAULT_SECONDS) * 1_000,
      now: () => new Date(),
    }),
});
