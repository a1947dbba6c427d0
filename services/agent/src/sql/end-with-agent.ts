import { type ChildProcess, spawn } from "node:child_process";

/**
 * Ends a child when this process is gone, even by SIGKILL: a child in the middle of a long SQLite step would not notice.
 * A shell waits at a pipe whose other end only this process holds.
 */
export function endWithAgent(child: ChildProcess): void {
  if (child.pid === undefined) return;
  const watcher = spawn("/bin/sh", ["-c", 'read -r _; kill -KILL "$1"', "sh", String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    env: {},
  });
  watcher.unref();
  (watcher.stdin as unknown as { unref(): void }).unref();
  // The process id may be given out again once the child is gone.
  child.once("exit", () => watcher.kill("SIGKILL"));
}
