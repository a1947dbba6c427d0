import type { Replica } from "@muster/deploy/local/services";
import type { Patient } from "../injury.ts";
import { type Finding, finding } from "./check.ts";

/** A replica with less than this part of an even share is one that nobody finds. */
const LEAST_OF_EVEN = 0.25;

/** While all replicas of a service ran, each did its part of the work. */
export function workShared(work: ReadonlyMap<Replica, number>): Finding {
  const of = new Map<string, number[]>();
  for (const [{ service }, done] of work) of.set(service, [...(of.get(service) ?? []), done]);
  const violations = [...work].flatMap(([{ service, process }, done]) => {
    const all = of.get(service) ?? [];
    const total = all.reduce((sum, each) => sum + each, 0);
    return done < (LEAST_OF_EVEN * total) / all.length ? [`${process.name} did ${done} of ${total}`] : [];
  });
  return finding(
    "every replica did its part of the work",
    [...work.values()].reduce((sum, done) => sum + done, 0),
    violations,
  );
}

/** While a replica is down, the others answer. */
export const othersAnswer = ({ askedOfOthers: { requests, unanswered } }: Patient): Finding =>
  finding("everything asked while a replica was down was answered by the others", requests, unanswered);
