import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Campaign, type Counts, lookAt, NONE_ENDED } from "./campaign.ts";
import { type CampaignInput, decideCampaign, evolveCampaign } from "./decide-campaign.ts";

const NOW = new Date("2026-10-01T08:00:00Z");
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1_000);

const running: Campaign = {
  tenant: "acme",
  id: "c",
  name: "test",
  state: "running",
  type: "refetch",
  requestType: "",
  deviceCount: 110,
  waveSizes: [10, 100],
  wave: 1,
  waveAt: NOW,
  nextWaveAt: undefined,
  pauseSeconds: 60,
  successPercent: 90,
  haltPercent: 20,
  haltMinimum: 3,
  haltReason: "",
  forgiven: { wave: NONE_ENDED, whole: NONE_ENDED },
  reason: "",
  createdBy: "ada",
  proposedBy: "",
  traceparent: "",
  createdAt: NOW,
  approvedBy: "",
  rejectedBy: "",
  decisionReason: "",
  approvalExpiresAt: undefined,
  expiresAt: later(86_400),
  endedAt: undefined,
  counts: undefined,
  withdrawing: "",
};

const counts = (some: Partial<Counts> = {}): Counts => ({
  waiting: 0,
  refused: 0,
  queued: 0,
  delivered: 0,
  acknowledged: 0,
  failed: 0,
  expired: 0,
  cancelled: 0,
  ...some,
});

const look = (wave: Partial<Counts>, whole: Partial<Counts> = wave): CampaignInput => ({
  kind: "look",
  wave: counts(wave),
  whole: counts(whole),
});
const resume = (wave: Partial<Counts> = {}, whole: Partial<Counts> = wave): CampaignInput => ({
  kind: "resume",
  wave: counts(wave),
  whole: counts(whole),
});
const after = (campaign: Campaign, input: CampaignInput, now = NOW): Campaign =>
  decideCampaign(campaign, input, now).reduce((before, event) => evolveCampaign(before, event, now), campaign);

describe("a campaign", () => {
  it("asks the first wave, and the next once enough of it carried the command out and the pause is over", () => {
    assert.deepEqual(decideCampaign({ ...running, wave: 0 }, look({}), NOW), [{ type: "WaveAsked", wave: 1 }]);
    assert.deepEqual(decideCampaign(running, look({ acknowledged: 8, delivered: 2 }), NOW), []);
    const passed = after(running, look({ acknowledged: 9, delivered: 1 }));
    assert.deepEqual(passed.nextWaveAt, later(60));
    assert.deepEqual(decideCampaign(passed, look({ acknowledged: 10 }), later(59)), []);
    assert.equal(after(passed, look({ acknowledged: 10 }), later(60)).wave, 2);
    assert.equal(after({ ...running, pauseSeconds: 0 }, look({ acknowledged: 10 })).wave, 2);
  });

  it("does not wait for devices that may not be asked, or whose commands were withdrawn", () => {
    assert.ok(after(running, look({ acknowledged: 3, refused: 5, cancelled: 2 })).nextWaveAt);
    assert.ok(after(running, look({ refused: 10 })).nextWaveAt);
  });

  it("halts when so many of those that ended failed, but not for a few", () => {
    assert.equal(after(running, look({ failed: 2, queued: 8 })).state, "running");
    const halted = after(running, look({ failed: 2, expired: 1, acknowledged: 5, queued: 2 }));
    assert.deepEqual([halted.state, halted.haltReason, halted.withdrawing], ["halted", "failures", "unfetched"]);
    const large = { ...running, wave: 2 };
    assert.equal(after(large, look({ failed: 3, acknowledged: 50, queued: 47 })).state, "running");
    assert.equal(after(large, look({ failed: 20, acknowledged: 80 })).state, "halted");
  });

  it("halts when all of a wave ended and too few of them carried it out", () => {
    const halted = after(running, look({ failed: 2, acknowledged: 8 }));
    assert.deepEqual([halted.state, halted.haltReason], ["halted", "success_not_reached"]);
    const resumed = after(halted, resume({ failed: 2, acknowledged: 8 }));
    assert.deepEqual([resumed.state, resumed.haltReason, resumed.nextWaveAt], ["running", "", later(60)]);
  });

  it("goes on when somebody wants it to, and halts again only by what fails from then on", () => {
    const wave = { failed: 20, acknowledged: 80 };
    const halted = after({ ...running, wave: 2 }, look(wave, { ...wave, delivered: 1 }));
    const resumed = after(halted, resume(wave));
    assert.deepEqual([resumed.state, resumed.withdrawing], ["running", "unfetched"]);
    assert.equal(after(resumed, look(wave, { ...wave, delivered: 1 })).state, "running");
    assert.equal(after(resumed, look({ failed: 23, acknowledged: 81 })).state, "halted");
  });

  it("halts by what fails late in a wave that has passed, unless that was forgiven", () => {
    const second = { ...running, wave: 2 };
    const wave = { acknowledged: 10, queued: 90 };
    assert.equal(after(second, look(wave, { ...wave, acknowledged: 18, failed: 2 })).state, "running");
    const whole = { acknowledged: 15, failed: 5, queued: 90 };
    const halted = after(second, look(wave, whole));
    assert.deepEqual([halted.state, halted.haltReason], ["halted", "failures"]);
    const resumed = after(halted, resume(wave, whole));
    assert.equal(after(resumed, look(wave, whole)).state, "running");
    assert.equal(after(resumed, look(wave, { ...whole, acknowledged: 16, failed: 8 })).state, "halted");
  });

  it("asks again what a pause took back", () => {
    const paused = after(running, { kind: "pause" });
    assert.deepEqual([paused.state, paused.withdrawing], ["paused", "unfetched"]);
    assert.deepEqual(decideCampaign(paused, look({ waiting: 10 }), NOW), []);
    const resumed = after(paused, resume({ waiting: 10 }));
    assert.deepEqual(decideCampaign(resumed, look({ waiting: 10 }), NOW), [{ type: "WaveAsked", wave: 1 }]);
  });

  it("is completed when the last wave was asked and no command is open any more", () => {
    const last = { ...running, wave: 2 };
    assert.deepEqual(decideCampaign(last, look({ acknowledged: 100 }, { acknowledged: 109, queued: 1 }), NOW), []);
    const completed = after(last, look({ acknowledged: 99, failed: 1 }, { acknowledged: 109, failed: 1 }));
    assert.deepEqual([completed.state, completed.endedAt, completed.withdrawing], ["completed", NOW, ""]);
  });

  it("ends when its time is up or somebody cancels it, with all that is open", () => {
    const { expiresAt } = running;
    for (const state of ["running", "paused", "halted"] as const) {
      const expired = after({ ...running, state }, look({ queued: 10 }), expiresAt);
      assert.deepEqual([expired.state, expired.withdrawing], ["expired", "open"]);
      const cancelled = after({ ...running, state }, { kind: "cancel" });
      assert.deepEqual([cancelled.state, cancelled.withdrawing], ["cancelled", "open"]);
      for (const input of [look({}), resume(), { kind: "cancel" }, { kind: "pause" }] as const)
        assert.deepEqual(decideCampaign(cancelled, input, NOW), []);
    }
  });

  it("waits for its approval, and for nothing else", () => {
    const waiting: Campaign = { ...running, state: "awaiting_approval", wave: 0, approvalExpiresAt: later(60) };
    for (const input of [look({ waiting: 10 }), resume(), { kind: "pause" }] as const)
      assert.deepEqual(decideCampaign(waiting, input, NOW), []);
    assert.equal(after(waiting, look({ waiting: 10 }), later(60)).state, "expired");
    const approved = after(waiting, { kind: "approve", by: "vera", reason: "sold" });
    assert.deepEqual([approved.state, approved.approvedBy, approved.decisionReason], ["running", "vera", "sold"]);
    const rejected = after(waiting, { kind: "reject", by: "vera", reason: "not mine" });
    assert.deepEqual(
      [rejected.state, rejected.rejectedBy, rejected.decisionReason, rejected.endedAt],
      ["rejected", "vera", "not mine", NOW],
    );
    for (const decided of [approved, rejected])
      for (const kind of ["approve", "reject"] as const)
        assert.deepEqual(decideCampaign(decided, { kind, by: "eve", reason: "" }, NOW), []);
  });

  it("is looked at when something may have changed, ever less often while a wave is out, and never after its end", () => {
    assert.deepEqual(lookAt(running, NOW), later(1));
    assert.deepEqual(lookAt(running, later(200)), later(210));
    assert.deepEqual(lookAt(running, later(7_200)), later(7_230));
    assert.deepEqual(lookAt({ ...running, nextWaveAt: later(205) }, later(200)), later(205));
    assert.deepEqual(lookAt({ ...running, state: "paused" }, NOW), running.expiresAt);
    assert.equal(lookAt({ ...running, state: "completed" }, NOW), undefined);
    assert.deepEqual(lookAt({ ...running, state: "cancelled", withdrawing: "open" }, NOW), NOW);
  });
});
