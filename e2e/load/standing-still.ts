/** Has processes stand still while something runs: what they would take of the machine is left to the others. */
export async function whileStill<T>(pids: readonly number[], work: () => Promise<T>): Promise<T> {
  const stopped: number[] = [];
  try {
    for (const pid of pids) {
      process.kill(pid, "SIGSTOP");
      stopped.push(pid);
    }
    return await work();
  } finally {
    for (const pid of stopped) process.kill(pid, "SIGCONT");
  }
}
