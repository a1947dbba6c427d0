import { join } from "node:path";
import { startServer } from "@muster/backing/server-process";

/** Starts a program of the cluster and waits until it is ready; it is stopped as all is closed. */
export type Start = (
  name: string,
  isReady: () => Promise<boolean>,
  flags: Readonly<Record<string, string>>,
) => Promise<void>;

export interface StarterInputs {
  /** Where the programs are. */
  readonly programs: string;
  /** Where each leaves its log. */
  readonly folder: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly closing: AsyncDisposableStack;
}

export const starter =
  ({ programs, folder, env, closing }: StarterInputs): Start =>
  async (name, isReady, flags) => {
    const started = await startServer({
      name,
      command: join(programs, name),
      args: Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
      ...(env && { env }),
      logFile: join(folder, `${name}.log`),
      stopSignal: "SIGTERM",
      readyWithinMs: 120_000,
      isReady,
    });
    closing.defer(() => started.stop());
  };
