import { type Answers, answerQuestions, type Questions } from "../simulators/osquery/distributed.ts";
import { HostFacts } from "../simulators/osquery/host-facts.ts";
import { drawIdentity } from "../simulators/osquery/host-identity.ts";
import { HostSql } from "../simulators/osquery/host-sql.ts";
import { OPERATING_SYSTEMS } from "../simulators/osquery/operating-systems.ts";
import { SeededRandom } from "../simulators/seeded-random.ts";
import { asciiJson } from "./http-request.ts";

/** What makes one load host another machine than the next. */
export interface LoadIdentity {
  readonly uuid: string;
  readonly serial: string;
  readonly name: string;
}

/** A version that a load can count up in place, because every value of it is equally long. */
export const COUNTING_VERSION = "7.0000000-1";

const now = (): Date => new Date();

/**
 * One simulated Debian-like machine from which all hosts of a load are copied: its answers are true answers,
 * evaluated once, in which only the identity differs from host to host.
 */
export class TemplateHost {
  readonly #facts: HostFacts;
  readonly #sql = new HostSql();
  readonly #answers = new Map<string, string>();
  #enrollment: string | undefined;

  constructor(softwareCount: number) {
    const random = new SeededRandom(`load template ${softwareCount}`);
    const drawn = drawIdentity({ name: "template-host-name", platform: "linux", epoch: now(), softwareCount }, random);
    const [os = drawn.os] = OPERATING_SYSTEMS.linux;
    this.#facts = new HostFacts({ ...drawn, os }, random.fork("facts"), { startedAt: 0, configHash: "" });
    const [first] = this.#facts.rows("deb_packages", now());
    this.#facts.apply(
      { table: "deb_packages", patch: { version: COUNTING_VERSION }, where: { name: first?.["name"] ?? "" } },
      now(),
    );
  }

  /** The body of enroll. */
  enrollment(secret: string, identity: LoadIdentity): string {
    this.#enrollment ??= this.#makeEnrollment(secret);
    return this.#as(this.#enrollment, identity);
  }

  /** The body of distributed/write that answers these questions, and whether there was anything to answer. */
  answer(questions: Questions, nodeKey: string, identity: LoadIdentity): string | undefined {
    const asked = JSON.stringify(questions);
    let text = this.#answers.get(asked);
    if (text === undefined) {
      const answers: Answers = answerQuestions(questions, { facts: this.#facts, sql: this.#sql, now });
      text = Object.keys(answers.queries).length === 0 ? "" : asciiJson(answers).slice(1);
      this.#answers.set(asked, text);
    }
    return text === "" ? undefined : this.#as(`{"node_key":${asciiJson(nodeKey)},${text}`, identity);
  }

  #makeEnrollment(secret: string): string {
    const details = ["os_version", "osquery_info", "system_info", "platform_info"].map((table) => [
      table,
      this.#sql.run(`select * from ${table}`, this.#facts, now())[0],
    ]);
    return asciiJson({
      enroll_secret: secret,
      host_identifier: this.#facts.identity.uuid,
      platform_type: "9",
      host_details: Object.fromEntries(details) as unknown,
    });
  }

  #as(text: string, { uuid, serial, name }: LoadIdentity): string {
    const own = this.#facts.identity;
    return text.replaceAll(own.uuid, uuid).replaceAll(own.serial, serial).replaceAll(own.name, name);
  }
}
