import { join } from "node:path";
import { type ServiceProcess, startServiceProcess } from "./service-process.ts";

/** A process that does nothing but relay the outbox of enrollment. */
export const startRelayProcess = (
  urls: { readonly databaseUrl: string; readonly natsUrl: string },
  env: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> =>
  startServiceProcess({
    ...urls,
    main: join(import.meta.dirname, "relay-main.ts"),
    serviceToken: "unused",
    env,
    quiet: true,
  });
