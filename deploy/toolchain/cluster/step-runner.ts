import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
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
    readonly volumes: readonly { readonly projected?: { readonly sources: readonly Source[] } }[];
  };
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

interface Source {
  readonly secret: {
    readonly name: string;
    readonly items: readonly { readonly key: string; readonly path: string }[];
  };
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
  const secret = async (name: string, key: string): Promise<string> => {
    const { data } = JSON.parse(await kubectl(["get", "secret", name, inNamespace, "--output=json"])) as {
      data: Record<string, string>;
    };
    return Buffer.from(data[key] ?? "", "base64").toString();
  };

  const run = async ({ metadata: { name }, spec }: Pod): Promise<void> => {
    const files = join(folder, name);
    await mkdir(files, { mode: 0o700, recursive: true });
    for (const source of spec.volumes.flatMap(({ projected }) => projected?.sources ?? [])) {
      for (const { key, path } of source.secret.items) {
        await writeFile(join(files, path), await secret(source.secret.name, key), { mode: 0o600 });
      }
    }
    for (const container of spec.containers) {
      const env: NodeJS.ProcessEnv = {};
      for (const { name: variable, value = "", valueFrom } of container.env) {
        const { secretKeyRef } = valueFrom ?? {};
        const text = secretKeyRef === undefined ? value : await secret(secretKeyRef.name, secretKeyRef.key);
        env[variable] = text.startsWith(FILES) ? join(files, text.slice(FILES.length)) : text;
      }
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
    const { items } = JSON.parse(await kubectl(["get", "pods", inNamespace, ...selection, "--output=json"])) as {
      items: Pod[];
    };
    for (const pod of items) await run(pod);
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
