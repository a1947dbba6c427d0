import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { openJournal } from "./journal.ts";

const LATER = "2026-06-02T00:00:00.000Z";
const now = () => new Date("2026-06-01T00:00:00.000Z");
const received = (id: string) => ({ entry: "received", id, jws: `jws-${id}`, notAfter: LATER }) as const;
const started = (id: string) => ({ entry: "started", id, at: "2026-06-01T00:00:00.000Z" }) as const;
const ended = (id: string) =>
  ({ entry: "ended", id, notAfter: LATER, result: { commandId: id, state: "succeeded", output: "x" } }) as const;
const accepted = (id: string) => ({ entry: "accepted", id, notAfter: LATER }) as const;

describe("the journal of commands", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-agent-journal-"));
    path = join(folder, "journal.ndjson");
  });

  afterEach(() => rm(folder, { recursive: true }));

  it("remembers every state across a restart", async () => {
    const journal = await openJournal(path, now);
    await journal.append(received("a"), received("b"), received("c"), received("d"));
    await journal.append(started("b"), started("c"), started("d"));
    await journal.append(ended("c"), ended("d"));
    await journal.append(accepted("d"));
    await journal.close();

    const again = await openJournal(path, now);
    assert.deepEqual(
      [...again.all()].map(([id, { state }]) => `${id} ${state}`),
      ["a received", "b started", "c ended", "d accepted"],
    );
    assert.deepEqual(again.pendingResults(), [ended("c").result]);
    await again.close();
  });

  it("passes over a line that was torn while it was written", async () => {
    const journal = await openJournal(path, now);
    await journal.append(received("a"));
    await journal.close();
    await appendFile(path, '{"entry":"started","id":"a"');

    const again = await openJournal(path, now);
    assert.equal(again.find("a")?.state, "received");
    await again.append(started("a"));
    await again.close();
    const third = await openJournal(path, now);
    assert.equal(third.find("a")?.state, "started");
    await third.close();
  });

  it("forgets the output of a result once it is accepted, but not that the command was run", async () => {
    const journal = await openJournal(path, now);
    await journal.append(received("a"), started("a"), ended("a"), accepted("a"));
    await journal.close();
    await (await openJournal(path, now)).close();
    assert.equal(await readFile(path, "utf8"), `${JSON.stringify(accepted("a"))}\n`);
  });

  it("forgets a command a day after it could last have been run", async () => {
    const journal = await openJournal(path, now);
    await journal.append(accepted("a"));
    await journal.close();
    const dayLater = await openJournal(path, () => new Date("2026-06-02T23:59:00.000Z"));
    assert.equal(dayLater.find("a")?.state, "accepted");
    await dayLater.close();
    const after = await openJournal(path, () => new Date("2026-06-03T00:01:00.000Z"));
    assert.equal(after.find("a"), undefined);
    await after.close();
  });

  it("does not grow with what is long accepted", async () => {
    let time = now();
    const journal = await openJournal(path, () => time);
    for (let batch = 0; batch < 30; batch++) {
      const ids = Array.from({ length: 100 }, (_, index) => `${batch}-${index}`);
      await journal.append(...ids.flatMap((id) => [received(id), started(id), ended(id), accepted(id)]));
      if (batch === 14) time = new Date("2026-07-01T00:00:00.000Z");
    }
    await journal.close();
    const lines = (await readFile(path, "utf8")).split("\n").length;
    assert.ok(lines < 3500, `${lines} lines after 12,000 were written`);
  });

  it("still knows that a command was started after the process was killed in the middle of it", async () => {
    const program = `
      import { openJournal } from ${JSON.stringify(new URL("./journal.ts", import.meta.url).href)};
      const journal = await openJournal(${JSON.stringify(path)}, () => new Date());
      await journal.append(${JSON.stringify({ ...received("a"), notAfter: "9999-01-01T00:00:00.000Z" })});
      await journal.append(${JSON.stringify(started("a"))});
      process.stdout.write("started");
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");

    const journal = await openJournal(path, now);
    assert.equal(journal.find("a")?.state, "started");
    await journal.close();
  });
});
