import { startTogether } from "./start-together.ts";
import { startTestBus, type TestBus } from "./test-bus.ts";
import { startTestDatabase, type TestDatabase } from "./test-database.ts";

export interface TestBacking<DB> {
  readonly bus: TestBus;
  readonly database: TestDatabase<DB>;
  readonly stop: () => Promise<void>;
}

/** A bus and a database of its own for one test file. */
export async function startTestBacking<DB>(service: string, migrations: string): Promise<TestBacking<DB>> {
  const [bus, database] = await startTogether(startTestBus(), startTestDatabase<DB>(service, migrations));
  return {
    bus,
    database,
    stop: async () => {
      await database.stop();
      await bus.stop();
    },
  };
}
