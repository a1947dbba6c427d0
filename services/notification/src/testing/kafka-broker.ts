import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@muster/backing/free-port";
import { eventually } from "@muster/testkit/eventually";
import { Admin } from "@platformatic/kafka";
import { AnswerCutter } from "./answer-cutter.ts";

const VERSION = "4.1.0";
/** What the Java programs get along with, and how they start soonest. */
const JAVA = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];

export const ACCOUNT = { username: "muster", password: "sesame" };

/** Apache Kafka's jars from Maven Central, fetched once for this machine; or why they are not there. */
export function apacheKafka(): { readonly classpath: string } | { readonly missing: string } {
  const cache = process.env["MUSTER_CACHE_DIR"] ?? join(homedir(), ".cache", "muster");
  const folder = join(cache, `kafka-${VERSION}`);
  try {
    execFileSync("java", ["-version"], { stdio: "ignore" });
    if (!existsSync(folder)) fetchJars(cache, folder);
  } catch (error) {
    const { message } = error as Error;
    return { missing: `Apache Kafka is not there; it needs java, and mvn the first time: ${message.split("\n")[0]}` };
  }
  return { classpath: join(folder, "*") };
}

function fetchJars(cache: string, folder: string): void {
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(`${folder}-`);
  const dependency = (artifact: string) =>
    `<dependency><groupId>org.apache.kafka</groupId><artifactId>${artifact}</artifactId><version>${VERSION}</version></dependency>`;
  try {
    writeFileSync(
      join(unfinished, "pom.xml"),
      `<project><modelVersion>4.0.0</modelVersion><groupId>muster</groupId><artifactId>kafka</artifactId><version>1</version>
<dependencies>${dependency("kafka_2.13")}${dependency("kafka-tools")}</dependencies></project>`,
    );
    const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${join(unfinished, "jars")}`];
    execFileSync("mvn", ["--batch-mode", "--quiet", ...goal], { cwd: unfinished, stdio: ["ignore", "ignore", "pipe"] });
    // Whole or not at all, for several test files may look for them at once.
    try {
      renameSync(join(unfinished, "jars"), folder);
    } catch (error) {
      // Somebody else was sooner.
      if (!existsSync(folder)) throw error;
    }
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

export interface BrokerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A real broker of Apache Kafka, alone: a door without TLS, one where answers can be lost, and one with TLS where one signs in. */
export class KafkaBroker {
  readonly #folder = mkdtempSync(join(tmpdir(), "muster-kafka-"));
  readonly #classpath: string;
  readonly #ports: readonly number[];
  /** What stands before the second door. */
  readonly cutter = new AnswerCutter(() => this.#ports[3] ?? 0);
  #cutterPort = 0;
  #process: ChildProcess | undefined;

  private constructor(classpath: string, ports: readonly number[]) {
    this.#classpath = classpath;
    this.#ports = ports;
  }

  static async start(classpath: string, certificate: BrokerCertificate): Promise<KafkaBroker> {
    const broker = new KafkaBroker(classpath, await freePorts(4));
    broker.#cutterPort = await broker.cutter.open();
    broker.#configure(certificate);
    await broker.restart();
    return broker;
  }

  get plaintext(): string {
    return `127.0.0.1:${this.#ports[0]}`;
  }

  /** By way of the cutter. */
  get fragile(): string {
    return `127.0.0.1:${this.#cutterPort}`;
  }

  get tls(): string {
    return `127.0.0.1:${this.#ports[1]}`;
  }

  async restart(): Promise<void> {
    this.#process = spawn("java", [...this.#java("kafka.Kafka"), this.#at("server.properties")], { stdio: "ignore" });
    await eventually("Kafka", async () => ((await isOpen(this.#ports[1] ?? 0)) ? true : undefined), 180_000);
  }

  async createTopic(name: string, partitions: number): Promise<void> {
    const admin = new Admin({ clientId: "test", bootstrapBrokers: [this.plaintext] });
    await admin.createTopics({ topics: [name], partitions, replicas: 1 });
    await admin.close();
  }

  /** Kafka's own consumer: `Partition:n TAB headers TAB key TAB value` for each record, in the order of each partition. */
  read(topic: string, count: number): string[] {
    const shown = ["partition", "headers", "key"].flatMap((what) => ["--property", `print.${what}=true`]);
    const until = ["--from-beginning", "--max-messages", String(count), "--timeout-ms", "120000"];
    const from = ["--bootstrap-server", this.plaintext, "--topic", topic];
    return this.#run("org.apache.kafka.tools.consumer.ConsoleConsumer", [...from, ...until, ...shown])
      .split("\n")
      .slice(0, -1);
  }

  /** Kafka's own producer: one record for each key, to the partition that it chooses. */
  write(topic: string, keys: readonly string[]): void {
    const to = ["--bootstrap-server", this.plaintext, "--topic", topic, "--property", "parse.key=true"];
    this.#run("org.apache.kafka.tools.ConsoleProducer", to, keys.map((key) => `${key}\tby Kafka\n`).join(""));
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    await this.cutter.close();
    rmSync(this.#folder, { recursive: true });
  }

  #configure({ cert, key }: BrokerCertificate): void {
    const [plaintext, tls, controller, fragile] = this.#ports;
    writeFileSync(this.#at("broker.pem"), `${key}\n${cert}`);
    const module = (name: string) => `org.apache.kafka.common.security.${name} required`;
    const { username, password } = ACCOUNT;
    writeFileSync(
      this.#at("server.properties"),
      `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${plaintext},SASL_SSL://127.0.0.1:${tls},FRAGILE://127.0.0.1:${fragile},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${plaintext},SASL_SSL://127.0.0.1:${tls},FRAGILE://${this.fragile}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,FRAGILE:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${this.#at("data")}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
ssl.keystore.type=PEM
ssl.keystore.location=${this.#at("broker.pem")}
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config=${module("plain.PlainLoginModule")} user_${username}="${password}";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=${module("scram.ScramLoginModule")};
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=${module("scram.ScramLoginModule")};
`,
    );
    const accounts = ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) => [
      "--add-scram",
      `${mechanism}=[name=${username},password=${password}]`,
    ]);
    const cluster = ["-t", "TXVzdGVyIHRlc3RzIDAwMQ", "-c", this.#at("server.properties")];
    this.#run("kafka.tools.StorageTool", ["format", ...cluster, ...accounts]);
  }

  #at(name: string): string {
    return join(this.#folder, name);
  }

  #java(main: string): string[] {
    return [...JAVA, "-cp", this.#classpath, main];
  }

  #run(main: string, args: readonly string[], input = ""): string {
    return execFileSync("java", [...this.#java(main), ...args], {
      input,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "ignore"],
    });
  }
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
