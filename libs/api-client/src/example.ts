import { createClient } from "@muster/api-client/client";
import { Problem } from "@muster/api-client/problem";

const muster = createClient({ url: "https://mdm.example.com", token: process.env["MUSTER_TOKEN"] ?? "" });

/** Asks every Mac that is online for its facts now, each once however often this is repeated today. */
export async function refetchMacs(today: string): Promise<void> {
  const query = { platform: "PLATFORM_MACOS", presence: "online" } as const;
  for await (const { devices } of muster.pages("/api/v1/devices", { query })) {
    for (const { id, hostname } of devices) {
      try {
        await muster.post("/api/v1/devices/{deviceId}/refetch", {
          path: { deviceId: id },
          idempotencyKey: `refetch ${id} ${today}`,
        });
      } catch (error) {
        if (!(error instanceof Problem && error.code === "device.unknown")) throw error;
        process.stderr.write(`${hostname} left in the meantime\n`);
      }
    }
  }
}
