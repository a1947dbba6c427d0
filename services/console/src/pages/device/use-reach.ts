import type { Device } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { useMay } from "../../session/session.tsx";
import type { Reach } from "./reach.ts";

/** What decides which commands a device takes, where the person may ask it for any. */
export function useReach({ id, unenrolled }: Device): Reach | undefined {
  const enabled = useMay("command.write") && !unenrolled;
  return useApi("/api/v1/enrollments/{deviceId}", { path: { deviceId: id } }, { enabled }).data;
}
