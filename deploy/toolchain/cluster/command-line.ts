import { spawn } from "node:child_process";

/** A program of the cluster's administrator; answers what it printed, warnings included. */
export type CommandLine = (args: readonly string[], input?: string) => Promise<string>;

export const commandLine =
  (program: string, kubeconfig: string, cwd: string): CommandLine =>
  (args, input = "") =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd, env: { ...process.env, KUBECONFIG: kubeconfig } });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (chunk: string) => {
          output += chunk;
        });
      }
      child.once("error", reject);
      child.once("close", (code) => {
        if (code === 0) resolve(output.trim());
        else reject(new Error(`${program} ${args.slice(0, 2).join(" ")} ended with ${code}: ${output.trim()}`));
      });
      child.stdin.end(input);
    });

/** What was said as it was refused; that it was not, or for another reason, is a failure. */
export async function refusal(work: Promise<string>, reason: RegExp): Promise<string> {
  const said = await work.then(
    () => "it was not refused",
    (error: unknown) => (error as Error).message,
  );
  if (!reason.test(said)) throw new Error(`It was to be refused with ${reason}: ${said}`);
  return said;
}
