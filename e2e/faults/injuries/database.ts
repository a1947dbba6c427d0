import { setTimeout as pause } from "node:timers/promises";
import type { Injury } from "../injury.ts";

/** "Immediate shutdown": every session is cut, nothing is checkpointed, the next start recovers from the log. */
export const crashPostgres: Injury = {
  name: "crash Postgres",
  weight: 1,
  inflict: async ({ platform }) => {
    await platform.backing.postgres?.kill("SIGQUIT");
    await platform.backing.postgres?.restart();
    return "immediate shutdown, recovery";
  },
};

/** Whoever is in the middle of a commit does not learn whether it happened. */
export const endConnections: Injury = {
  name: "end connections",
  weight: 3,
  inflict: async ({ withDatabase }, random) => {
    const rounds = random.int(10, 40);
    let ended = 0;
    await withDatabase(async (client) => {
      for (let round = 0; round < rounds; round++) {
        const { rowCount } = await client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where usename like 'muster\\_%' and (query ilike 'commit%' or state = 'active') and pid <> pg_backend_pid()`,
        );
        ended += rowCount ?? 0;
        await pause(random.int(5, 100));
      }
    });
    return `${ended} sessions, commits first`;
  },
};
