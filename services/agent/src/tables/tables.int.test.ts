import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { createEngine } from "../sql/engine.ts";
import { allTables } from "./all-tables.ts";

const tables = allTables({ version: "1.2.3", startedAt: new Date(0) });
const engine = createEngine({ tables, maxRows: 100_000 });
const ask = (sql: string) => engine.answer(sql);
const one = (sql: string) => ask(sql)[0] ?? {};
const has = (program: string) => spawnSync("which", [program]).status === 0;
const output = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: "utf8" }).trim();
const linesOf = (text: string) => text.split("\n").filter((line) => line !== "");

/** Each table is held against what another program, or the kernel, says of this machine. */
describe("tables of this machine", () => {
  it("can all be read, and give no column they do not declare", () => {
    for (const { name, columns, constrainedBy } of tables) {
      const rows = ask(`SELECT * FROM ${name}${constrainedBy === undefined ? "" : " WHERE path = '/etc/passwd'"}`);
      for (const row of rows) assert.deepEqual(Object.keys(row), Object.keys(columns), name);
    }
  });

  it("deb_packages agrees with dpkg-query", { skip: !has("dpkg-query") }, () => {
    const format = ["Package", "Version", "Architecture", "Status", "Section"].map((field) => `\${${field}}`).join("|");
    const told = linesOf(output("dpkg-query", "-W", "-f", `${format}\n`));
    const ours = ask("SELECT name, version, arch, status, section FROM deb_packages").map((row) =>
      Object.values(row).join("|"),
    );
    assert.deepEqual(ours.sort(), told.sort());
  });

  it("rpm_packages is empty where there is no rpm", { skip: has("rpm") }, () => {
    assert.deepEqual(ask("SELECT name FROM rpm_packages"), []);
  });

  it("kernel_info and os_version agree with uname and os-release", () => {
    assert.equal(one("SELECT version FROM kernel_info")["version"], output("uname", "-r"));
    const os = one("SELECT platform, arch FROM os_version");
    assert.equal(os["arch"], output("uname", "-m"));
    assert.equal(os["platform"], output("sh", "-c", ". /etc/os-release; echo $ID"));
  });

  it("users, groups and user_groups agree with getent and id", { skip: !has("getent") }, () => {
    const users = ask("SELECT username, uid, gid, description, directory, shell FROM users").map((row) =>
      Object.values(row).join("|"),
    );
    const told = linesOf(readFileSync("/etc/passwd", "utf8")).map((line) => {
      const [name = ""] = line.split(":");
      return output("getent", "passwd", name).split(":").toSpliced(1, 1).join("|");
    });
    assert.deepEqual(users.sort(), told.sort());
    const groups = ask("SELECT gid FROM user_groups WHERE uid = 0").map(({ gid }) => Number(gid));
    assert.deepEqual(
      groups.sort((left, right) => left - right),
      output("id", "-G", "root")
        .split(" ")
        .map(Number)
        .sort((left, right) => left - right),
    );
    const gid = one("SELECT gid FROM groups WHERE groupname = 'root'")["gid"];
    assert.equal(gid, output("getent", "group", "root").split(":")[2]);
  });

  it("system_info agrees with nproc, hostname and the kernel's memory", () => {
    const info = one("SELECT * FROM system_info");
    assert.equal(info["cpu_logical_cores"], output("nproc", "--all"));
    assert.equal(info["hostname"], output("uname", "-n"));
    assert.match(info["uuid"] ?? "", /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
    const total = one("SELECT memory_total FROM memory_info")["memory_total"];
    assert.equal(info["physical_memory"], total);
  });

  it("interface_addresses holds every address that the kernel's own tables call local", () => {
    const trie = readFileSync("/proc/net/fib_trie", "utf8").matchAll(/-- ([\d.]+)\n\s+\/32 host LOCAL/g);
    const ipv4 = [...new Set([...trie].map(([, address = ""]) => address))];
    const ipv6 = linesOf(readFileSync("/proc/net/if_inet6", "utf8")).length;
    const ours = ask("SELECT address FROM interface_addresses").map(({ address = "" }) => address);
    assert.deepEqual(ours.filter((address) => address.includes(".")).sort(), ipv4.sort());
    assert.equal(ours.filter((address) => address.includes(":")).length, ipv6);
  });

  it("interface_details agrees with ip", { skip: !has("ip") }, () => {
    const links = JSON.parse(output("ip", "-j", "link")) as { ifname: string; address: string; mtu: number }[];
    const details = ask("SELECT interface, mac, mtu FROM interface_details").map((row) => Object.values(row).join(" "));
    assert.deepEqual(details.sort(), links.map(({ ifname, address, mtu }) => `${ifname} ${address} ${mtu}`).sort());
  });

  it("routes agrees with ip on where the default route leads", { skip: !has("ip") }, () => {
    const told = (JSON.parse(output("ip", "-j", "route")) as { dst: string; gateway?: string; dev: string }[])
      .filter(({ dst }) => dst === "default")
      .map(({ gateway, dev }) => ({ gateway: gateway ?? "", interface: dev }));
    assert.deepEqual(ask("SELECT gateway, interface FROM routes WHERE destination = '0.0.0.0' AND netmask = 0"), told);
  });

  it("listening_ports finds a port this process has just opened", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const row = one(`SELECT pid, address, protocol, family FROM listening_ports WHERE port = ${port}`);
    assert.deepEqual(row, { pid: String(process.pid), address: "127.0.0.1", protocol: "6", family: "2" });
    const open = one(`SELECT state FROM process_open_sockets WHERE local_port = ${port} AND pid = ${process.pid}`);
    assert.equal(open["state"], "LISTEN");
    server.close();
  });

  it("processes tells of this process what it knows of itself", () => {
    const row = one(`SELECT * FROM processes WHERE pid = ${process.pid}`);
    assert.equal(row["parent"], String(process.ppid));
    assert.equal(row["cwd"], process.cwd());
    assert.equal(
      row["path"],
      process.execPath.replace(/.*/, (path) => output("readlink", "-f", path)),
    );
    assert.equal(row["uid"], String(process.getuid?.()));
    assert.equal(row["on_disk"], "1");
    assert.ok(Math.abs(Number(row["start_time"]) - (Date.now() / 1000 - process.uptime())) < 3);
  });

  it("mounts agrees with df on the root file system", () => {
    const [blocks, path] =
      output("df", "-P", "-B", "1", "/")
        .split("\n")[1]
        ?.split(/\s+/)
        .flatMap((word, index) => (index === 1 || index === 5 ? [word] : [])) ?? [];
    const row = one("SELECT blocks_size * blocks AS bytes FROM mounts WHERE path = '/'");
    assert.deepEqual([path, row["bytes"]], ["/", blocks]);
  });

  it("block_devices and disk_encryption agree with lsblk", { skip: !has("lsblk") }, () => {
    const told = linesOf(output("lsblk", "-bnlpo", "NAME,SIZE")).map((line) => line.split(/\s+/).slice(0, 2).join(" "));
    const ours = ask("SELECT name, size * block_size AS bytes FROM block_devices").map((row) =>
      Object.values(row).join(" "),
    );
    for (const line of ours) assert.ok(told.includes(line) || line.endsWith(" 0"), line);
    assert.equal(ask("SELECT name FROM disk_encryption").length, ours.length);
  });

  it("file and hash agree with stat and node's own hashes", () => {
    const row = one(
      "SELECT f.size, f.mode, f.inode, f.mtime, h.sha256, h.md5 FROM file f JOIN hash h USING (path) WHERE f.path = '/etc/passwd'",
    );
    const content = readFileSync("/etc/passwd");
    const status = statSync("/etc/passwd");
    assert.deepEqual(row, {
      size: String(content.length),
      mode: output("stat", "-c", "%a", "/etc/passwd").padStart(4, "0"),
      inode: String(status.ino),
      mtime: output("stat", "-c", "%Y", "/etc/passwd"),
      sha256: createHash("sha256").update(content).digest("hex"),
      md5: output("md5sum", "/etc/passwd").split(" ")[0],
    });
  });

  it("certificates agrees with openssl", { skip: !has("openssl") }, () => {
    const rows = ask(
      "SELECT path, sha1, not_valid_after, key_algorithm, subject_key_id, serial FROM certificates LIMIT 3",
    );
    for (const { path = "", sha1, not_valid_after, key_algorithm = "", serial } of rows) {
      const told = output(
        "openssl",
        "x509",
        "-in",
        path,
        "-noout",
        "-fingerprint",
        "-sha1",
        "-enddate",
        "-serial",
        "-text",
      );
      assert.equal(/Fingerprint=(.*)/.exec(told)?.[1]?.replaceAll(":", "").toLowerCase(), sha1);
      assert.equal(Date.parse(/notAfter=(.*)/.exec(told)?.[1] ?? "") / 1000, Number(not_valid_after));
      assert.equal(/serial=(.*)/.exec(told)?.[1], serial);
      assert.ok(told.includes(`Public Key Algorithm: ${key_algorithm}`));
    }
  });

  it("system_controls and muster_hardening agree with the kernel", () => {
    const aslr = readFileSync("/proc/sys/kernel/randomize_va_space", "utf8").trim();
    assert.equal(
      one("SELECT current_value FROM system_controls WHERE name = 'kernel.randomize_va_space'")["current_value"],
      aslr,
    );
    assert.equal(one("SELECT value FROM muster_hardening WHERE name = 'aslr'")["value"], aslr);
  });

  it("shadow tells the state of a password and never its hash", { skip: process.getuid?.() !== 0 }, () => {
    const row = one("SELECT * FROM shadow WHERE username = 'root'");
    const told = output("passwd", "-S", "root").split(" ")[1];
    assert.equal(row["password_status"], { P: "active", L: "locked", NP: "empty" }[told ?? ""]);
    const hashes = linesOf(readFileSync("/etc/shadow", "utf8")).map((line) => line.split(":")[1] ?? "");
    for (const hash of hashes.filter((each) => each.length > 10)) assert.ok(!Object.values(row).includes(hash));
  });

  it("uptime, load_average and time agree with the clock", () => {
    assert.ok(
      Math.abs(
        Number(one("SELECT total_seconds FROM uptime")["total_seconds"]) -
          Number.parseFloat(readFileSync("/proc/uptime", "utf8")),
      ) < 2,
    );
    assert.deepEqual(
      ask("SELECT period FROM load_average").map(({ period }) => period),
      ["1m", "5m", "15m"],
    );
    assert.ok(Math.abs(Number(one("SELECT unix_time FROM time")["unix_time"]) - Date.now() / 1000) < 2);
  });

  it("osquery_info says that the Muster agent answers", () => {
    const row = one("SELECT version, platform_mask FROM osquery_info");
    assert.deepEqual(row, { version: "1.2.3 (muster agent)", platform_mask: "9" });
  });
});
