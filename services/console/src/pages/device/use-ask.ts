import type { Schema } from "@muster/api-client/call";
import { Problem } from "@muster/api-client/problem";
import { api } from "../../api/client.ts";
import type { Device } from "../../api/types.ts";
import { useChange } from "../../api/use-api.ts";
import { toast, toastProblem } from "../../parts/toasts.tsx";

/** A command without whom it is for. */
export type Wish = Omit<Schema<"command.EnqueueCommandsRequest">, "deviceIds" | "selection">;

/** Makes a campaign for one device of what needs a second person, who finds it under Approvals. */
export async function propose({ id }: Device, wish: Wish, name: string): Promise<void> {
  await api.post("/api/v1/campaigns", {
    body: { name, selection: { deviceIds: [id] }, waves: [{ count: 1 }], ...wish },
  });
  toast("It waits until somebody else approves it.");
}

/**
 * Asks one device to do something; says what the platform refuses, and resolves with whether the device is asked. What
 * needs a second person becomes a campaign for this one device, which waits for the other's approval.
 */
export const useAsk = (device: Device) => {
  const campaign = async (wish: Wish, name: string): Promise<boolean> => {
    await propose(device, wish, name);
    return true;
  };
  const change = async ({ name, ...wish }: Wish & { readonly name?: string }): Promise<boolean> => {
    const request = { deviceIds: [device.id], ...wish };
    try {
      const { refusals } = await api.post("/api/v1/commands", { body: request });
      const [refusal] = refusals;
      if (refusal === undefined) toast(`${device.displayName} is asked at its next contact.`);
      else toastProblem(new Error(refusal.message));
      return refusal === undefined;
    } catch (problem) {
      if (name !== undefined && problem instanceof Problem && problem.code === "command.needs_campaign")
        return await campaign(wish, name).catch(said);
      return said(problem);
    }
  };
  return useChange(change, "commands", "campaigns");
};

function said(problem: unknown): never {
  if (problem instanceof Error) toastProblem(problem);
  throw problem;
}
