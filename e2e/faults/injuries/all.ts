import type { Injury } from "../injury.ts";
import { deleteDurable, deleteStream, killNats, repeatEvents, rollBackBus, stopNats } from "./bus.ts";
import { crashPostgres, endConnections } from "./database.ts";
import { refusingReceiver, sinkOutage, sinkWithoutIndex, slowReceiver } from "./receivers.ts";
import { killService, restartService, stopService } from "./services.ts";

/** One lane injures the platform, the other what lies around it, at the same time. */
export const LANES: Readonly<Record<"platform" | "edge", readonly Injury[]>> = {
  platform: [
    killService,
    stopService,
    restartService,
    crashPostgres,
    endConnections,
    killNats,
    stopNats,
    deleteDurable,
    deleteStream,
    rollBackBus,
  ],
  edge: [repeatEvents, slowReceiver, refusingReceiver, sinkOutage, sinkWithoutIndex],
};
