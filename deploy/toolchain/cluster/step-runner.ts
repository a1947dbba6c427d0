import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  environmentOf,
  type SecretContents,
  secretFiles,
  secretText,
  type Variable,
  type Volume,
} from "../charts/pod.ts";
import type { CommandLine } from "./command-line.ts";

const FILES = "/etc/muster/";
const LOOK_EVERY_MS = 500;
const STEP_WITHIN_MS = 60_000;

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly args: readonly string[];
      readonly env: readonly Variable[];
    }[];
    readonly volumes: readonly Volume[];
  };
}

interface Secret {
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

export interface StepRunner {
  /** A line for each pod that ended since this was asked last. */
  ended(): string;
}

/**
 * Stands in for a node where there is none, for the pods of steps alone: runs each one's own program with its own
 * environment and files as a process of this machine, and tells the API server how it ended. Who makes the pods and
 * judges the Jobs by them is Kubernetes.
 */
export function startStepRunner(
  kubectl: CommandLine,
  namespace: string,
  { root, folder }: { readonly root: string; readonly folder: string },
  closing: AsyncDisposableStack,
): StepRunner {
  const stopped = new AbortController();
  const lines: string[] = [];
  const inNamespace = `--namespace=${namespace}`;
  const list = async <T>(kind: string, ...selection: readonly string[]): Promise<readonly T[]> =>
    (JSON.parse(await kubectl(["get", kind, inNamespace, ...selection, "--output=json"])) as { items: T[] }).items;
  const secretContents = async (): Promise<SecretContents> =>
    Object.fromEntries(
      (await list<Secret>("secrets")).map(({ metadata: { name }, data = {} }) => [
        name,
        Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()])),
      ]),
    );

  const run = async ({ metadata: { name }, spec }: Pod): Promise<void> => {
    const files = join(folder, name);
    await mkdir(files, { mode: 0o700, recursive: true });
    const secrets = await secretContents();
    for (const { secret, key, path } of secretFiles(spec.volumes)) {
      await writeFile(join(files, path), secretText(secrets, secret, key), { mode: 0o600 });
    }
    for (const container of spec.containers) {
      const env = Object.fromEntries(
        environmentOf(container.env, secrets).map(([variable, text]) => [
          variable,
          text.startsWith(FILES) ? join(files, text.slice(FILES.length)) : text,
        ]),
      );
      const { status, stdout, stderr } = spawnSync(process.execPath, container.args, {
        cwd: root,
        env,
        encoding: "utf8",
        timeout: STEP_WITHIN_MS,
      });
      const said = `${stdout}${stderr}`.trim().split("\n").at(-1)?.slice(0, 200);
      lines.push(`${container.name}: ${container.args.join(" ")} ended with ${status}: ${said}`);
      const phase = status === 0 ? "Succeeded" : "Failed";
      const patch = ["patch", "pod", name, inNamespace, "--subresource=status", "--type=merge"];
      await kubectl([...patch, `--patch=${JSON.stringify({ status: { phase } })}`]);
    }
  };

  const runPending = async (): Promise<void> => {
    const selection = ["--selector=app.kubernetes.io/component=steps", "--field-selector=status.phase=Pending"];
    for (const pod of await list<Pod>("pods", ...selection)) await run(pod);
  };

  const look = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      // As a node does: what could not be had now is asked for again.
      await runPending().catch((error: unknown) => lines.push((error as Error).message));
      await delay(LOOK_EVERY_MS);
    }
  };
  const looking = look();
  closing.defer(async () => {
    stopped.abort();
    await looking;
  });
  return { ended: () => lines.splice(0).join("\n") };
}
