import type { Injury } from "../injury.ts";
import { deleteDurable, deleteStream, killNats, repeatEvents, rollBackBus, stopNats } from "./bus.ts";
import { crashPostgres, endConnections } from "./database.ts";
import { refusingReceiver, sinkOutage, sinkWithoutIndex, slowReceiver } from "./receivers.ts";
import { loseReplica } from "./replicas.ts";
import { killService, restartService, stopService } from "./services.ts";

/** One lane injures the platform, the other what lies around it, at the same time. */
export const lanesOf = (replicas: number): Readonly<Record<"platform" | "edge", readonly Injury[]>> => ({
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
    ...(replicas > 1 ? [loseReplica] : []),
  ],
  edge: [repeatEvents, slowReceiver, refusingReceiver, sinkOutage, sinkWithoutIndex],
});
