import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { linuxFacts } from "../testing/linux-facts.ts";
import { tinyAgentServer } from "../testing/tiny-agent-server.ts";
import { makeDeviceKey } from "./device-key.ts";
import { openIdleStreams } from "./idle-streams.ts";
import { readCommand } from "./signed-command.ts";
import { enrollAgent, startAgent } from "./simulated-agent.ts";

const key = await makeDeviceKey("a-device");

const script = (id: string, more: object = {}) => ({
  id,
  deviceId: "d1",
  type: "run_script",
  params: { content: "echo hi", timeoutSec: 10, maxOutputBytes: 5 },
  createdAt: new Date().toISOString(),
  notAfter: new Date(Date.now() + 60_000).toISOString(),
  ...more,
});

describe("a simulated agent", () => {
  it("enrolls, wakes for commands, runs each once, and repeats results until they are accepted", async (t) => {
    const server = await tinyAgentServer(t, "token");
    const agent = await startAgent({
      server: server.url,
      ca: server.ca,
      token: "token",
      key,
      facts: linuxFacts(),
      script: () => ({ output: "hello world", exitCode: 3 }),
    });
    server.state.accept = false;
    server.state.commands = [
      server.command(script("c1")),
      server.command(script("c2", { notAfter: "2020-01-01T00:00:00Z" })),
      server.command(script("c3", { deviceId: "other" })),
    ];
    await waitFor(() => server.streams() === 1);
    server.wake("commands");
    await server.results.first(({ commandId }) => commandId === "c3", "the result of c3");
    server.state.accept = true;
    await agent.checkin();
    const states = agent.commands().map(({ command, result, accepted }) => [command.id, result.state, accepted]);
    assert.deepEqual(states, [
      ["c1", "failed", true],
      ["c2", "expired", true],
      ["c3", "refused", true],
    ]);
    const [{ result }] = agent.commands() as [ReturnType<typeof agent.commands>[number]];
    assert.deepEqual([result.output, result.outputTruncated, result.exitCode], ["hello", true, 3]);
    assert.equal(server.results.all().filter(({ commandId }) => commandId === "c1").length >= 2, true);
    await agent.stop();
  });

  it("answers questions with its node key when woken for them", async (t) => {
    const server = await tinyAgentServer(t, "token");
    const agent = await startAgent({ server: server.url, ca: server.ca, token: "token", key, facts: linuxFacts() });
    await waitFor(() => server.streams() === 1);
    server.state.questions = { q: "select hostname from system_info" };
    server.wake("queries");
    const answer = await server.answers.first((body) => "q" in (body["queries"] as object), "the answer");
    assert.equal(answer["node_key"], "node-d1");
    assert.deepEqual(answer["queries"], { q: [{ hostname: "any-host" }] });
    await agent.stop();
  });

  it("is refused with the server's code when its token is unknown", async (t) => {
    const server = await tinyAgentServer(t, "token");
    const wrong = enrollAgent({ server: server.url, ca: server.ca, token: "wrong", key, facts: linuxFacts() });
    await assert.rejects(wrong, { status: 403, code: "enrollment.token_unknown" });
  });

  it("believes no command that another key signed", async (t) => {
    const [server, other] = [await tinyAgentServer(t, "token"), await tinyAgentServer(t, "token")];
    const { commandKeys } = await enrollAgent({
      server: server.url,
      ca: server.ca,
      token: "token",
      key,
      facts: linuxFacts(),
    });
    assert.equal(readCommand(server.command(script("c1")), commandKeys).id, "c1");
    assert.throws(() => readCommand(other.command(script("c1")), commandKeys), /no known key/);
  });
});

describe("idle streams", () => {
  it("stand, receive, and end; those without a good certificate are counted with the reason", async (t) => {
    const server = await tinyAgentServer(t, "token");
    const enrolled = await Promise.all(
      Array.from({ length: 20 }, () =>
        enrollAgent({ server: server.url, ca: server.ca, token: "token", key, facts: linuxFacts() }),
      ),
    );
    const identities = enrolled.map(({ certificate, chain }) => ({ certificate, chain, privateKey: key.privateKey }));
    const foreign = await tinyAgentServer(t, "token");
    const stranger = await enrollAgent({
      server: foreign.url,
      ca: foreign.ca,
      token: "token",
      key,
      facts: linuxFacts(),
    });
    const bad = { certificate: stranger.certificate, chain: stranger.chain, privateKey: key.privateKey };
    const idle = await openIdleStreams({ server: server.url, ca: server.ca, identities: [...identities, bad] });
    assert.equal(idle.standing(), 20);
    assert.deepEqual([...idle.lost], [["answered 401", 1]]);
    server.wake("commands");
    await waitFor(() => idle.lines() >= 40);
    await idle.close();
    await waitFor(() => server.streams() === 0);
  });
});

async function waitFor(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; !holds(); ) {
    if (Date.now() > end) throw new Error("did not come true in 5 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
