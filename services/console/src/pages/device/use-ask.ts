import { send } from "../../api/client.ts";
import type { Device } from "../../api/types.ts";
import { useChange } from "../../api/use-api.ts";
import { toast, toastProblem } from "../../parts/toasts.tsx";

interface Asked {
  readonly refusals: readonly { readonly message: string }[];
}

/** Asks one device to do something; says what the platform refuses, and resolves with whether the device is asked. */
export const useAsk = (device: Device) => {
  const change = async (command: object): Promise<boolean> => {
    const request = { deviceIds: [device.id], ...command };
    const { refusals } = await send<Asked>("POST", "commands", request).catch((problem: Error) => {
      toastProblem(problem);
      throw problem;
    });
    const [refusal] = refusals;
    if (refusal === undefined) toast(`${device.displayName} is asked at its next contact.`);
    else toastProblem(new Error(refusal.message));
    return refusal === undefined;
  };
  return useChange(change, "commands");
};
