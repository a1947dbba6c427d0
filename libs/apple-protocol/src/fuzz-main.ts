import { parseArgs } from "node:util";
import { fuzz } from "./fuzz/fuzz.ts";
import { targets } from "./fuzz/targets.ts";

const all = targets(new Date());
const usage = `usage: node libs/apple-protocol/src/fuzz-main.ts [--times 100000] [--seed 1] [${Object.keys(all).join("|")} ...]\n`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { times: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const [times, seed] = [Number(values.times), Number(values.seed)];
const chosen = positionals.length === 0 ? Object.keys(all) : positionals;
if (!Number.isSafeInteger(times) || !Number.isSafeInteger(seed) || chosen.some((name) => !(name in all))) {
  process.stderr.write(usage);
  process.exit(2);
}
for (const [name, target] of Object.entries(all)) {
  if (!chosen.includes(name)) continue;
  const { accepted, memory, refused, slowest, total } = fuzz(target, times, seed);
  const rate = Math.round((times / total) * 1000);
  process.stdout.write(
    `${name}: ${accepted} accepted, ${refused} refused, ${rate}/s, slowest ${slowest.toFixed(1)} ms, memory ${Math.round(memory / 1e6)} MB\n`,
  );
}
