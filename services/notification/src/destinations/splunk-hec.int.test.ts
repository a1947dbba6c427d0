import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { SplunkHecDestination as Configuration } from "@muster/contracts/gen/muster/notification/v1/sink";
import { SplunkHecSimulator } from "@muster/e2e/simulators/sinks/splunk-hec";
import { eventually } from "@muster/testkit/eventually";
import { cidrs } from "../domain/address-policy.ts";
import { outgoingEvent } from "../testing/outgoing-event.ts";
import type { Destination } from "./destination.ts";
import { splunkHec } from "./splunk-hec.ts";

const never = new AbortController().signal;

describe("Splunk as a sink", () => {
  let splunk: SplunkHecSimulator;
  let sink: Destination;

  const start = async (acknowledges: boolean, changes: object = {}, format: "ocsf" | "cef" = "ocsf") => {
    splunk = new SplunkHecSimulator({ token: "t0ken", acknowledges, indexes: ["security"] });
    await splunk.open();
    const configuration = Configuration.fromPartial({ url: splunk.url, token: "t0ken", ...changes });
    splunkHec.check(configuration);
    sink = splunkHec.open(configuration, { tenant: "acme", sink: "s1", format, allowed: cidrs("127.0.0.1/32") });
  };

  afterEach(async () => {
    await sink.close();
    await splunk.close();
  });

  it("takes events with their time, index, source type and id", async () => {
    await start(false, { index: "security" });
    const outcomes = await sink.send([outgoingEvent(1, { deviceId: "device-1" }), outgoingEvent(2)], never);
    assert.deepEqual(outcomes, [{ kind: "taken" }, { kind: "taken" }]);
    assert.deepEqual(splunk.received[0], {
      time: 1772352000,
      host: "device-1",
      source: "muster",
      sourcetype: "muster:ocsf",
      index: "security",
      event: { n: 1 },
      fields: {
        event_id: outgoingEvent(1).id,
        event_type: "muster.policy.v1.PolicyChanged",
        tenant: "acme",
        position: "7.1",
      },
    });
    assert.equal(splunk.received[1]?.host, "muster");
  });

  it("takes formats that are no JSON as text", async () => {
    await start(false, {}, "cef");
    await sink.send([outgoingEvent(1, { text: 'CEF:0|Muster|"|' })], never);
    assert.equal(splunk.received[0]?.event, 'CEF:0|Muster|"|');
  });

  it("counts events only once they are indexed, when the token acknowledges", async () => {
    await start(true, { acknowledge: true });
    splunk.isIndexing = false;
    let isTaken = false;
    const sent = sink.send([outgoingEvent(1)], never).then(() => {
      isTaken = true;
    });
    await eventually("two polls", async () => (splunk.polls >= 2 ? true : undefined));
    assert.equal(isTaken, false);
    splunk.isIndexing = true;
    await sent;
  });

  it("fails when they are not indexed in time", async () => {
    await start(true, { acknowledge: true });
    splunk.isIndexing = false;
    const patience = new AbortController();
    const sent = sink.send([outgoingEvent(1)], patience.signal);
    const failed = assert.rejects(sent, { name: "DestinationError", retryable: true });
    await eventually("a poll", async () => (splunk.polls >= 1 ? true : undefined));
    patience.abort();
    await failed;
  });

  it("says that the token acknowledges nothing although it should, or the other way round", async () => {
    await start(false, { acknowledge: true });
    await assert.rejects(sink.send([outgoingEvent(1)], never), {
      retryable: true,
      message: /enable indexer acknowledgement/,
    });
    await sink.close();
    await splunk.close();
    await start(true);
    await assert.rejects(sink.send([outgoingEvent(1)], never), {
      retryable: true,
      message: /Data channel is missing \(code 10\)/,
    });
  });

  it("leaves to a person what a person has to mend, and to the event what is the event's", async () => {
    await start(false, { index: "no-such-index" });
    await assert.rejects(sink.send([outgoingEvent(1)], never), { retryable: true, message: /Incorrect index/ });
    await sink.close();
    await splunk.close();
    await start(false, { token: "wrong" });
    await assert.rejects(sink.send([outgoingEvent(1)], never), { retryable: true, message: /403: Invalid token/ });
    await sink.close();
    await splunk.close();
    await start(false);
    await assert.rejects(sink.send([outgoingEvent(1, { text: "{" })], never), {
      retryable: false,
      message: /Invalid data format/,
    });
    splunk.outage = { status: 503, code: 9, text: "Server is busy" };
    await assert.rejects(sink.send([outgoingEvent(1)], never), { retryable: true, message: /503: Server is busy/ });
  });
});
