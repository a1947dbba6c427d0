import { Problem } from "@muster/api-client/problem";
import { api } from "../../api/client.ts";
import type { Device } from "../../api/types.ts";
import { useChange } from "../../api/use-api.ts";
import { propose } from "./use-ask.ts";

/** Ends the management of a device, or asks a second person for it where that needs one. */
export function useUnenroll(device: Device) {
  const change = async ({ reason, name }: { readonly reason: string; readonly name: string }): Promise<void> => {
    try {
      await api.post("/api/v1/enrollments/{deviceId}/unenroll", { path: { deviceId: device.id }, body: { reason } });
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.code !== "command.needs_campaign") throw problem;
      await propose(device, { type: "COMMAND_TYPE_UNENROLL", reason }, name);
    }
  };
  return useChange(change, "devices", `devices/${device.id}`, "campaigns");
}
