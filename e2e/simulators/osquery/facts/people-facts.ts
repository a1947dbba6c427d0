import type { SeededRandom } from "../../seeded-random.ts";
import type { HostIdentity } from "../host-identity.ts";
import { drawPerson, type Person } from "../people.ts";
import type { Row, TableBuilders } from "./row.ts";

/** A local account as the host's platform describes one. */
export const accountRow = (host: HostIdentity, person: Person, number: number, random: SeededRandom): Row => {
  const account = { username: person.login, description: person.fullName };
  if (host.platform === "darwin") {
    return {
      ...account,
      uid: 501 + number,
      gid: 20,
      uid_signed: 501 + number,
      gid_signed: 20,
      directory: `/Users/${person.login}`,
      shell: "/bin/zsh",
      uuid: random.uuid().toUpperCase(),
      is_hidden: 0,
    };
  }
  if (host.platform === "windows") {
    return {
      ...account,
      uid: 1001 + number,
      gid: 513,
      uid_signed: 1001 + number,
      gid_signed: 513,
      directory: `C:\\Users\\${person.login}`,
      shell: "C:\\Windows\\system32\\cmd.exe",
      uuid: `S-1-5-21-${random.int(1e8, 9e8)}-${random.int(1e8, 9e8)}-${random.int(1e8, 9e8)}-${1001 + number}`,
      type: "local",
    };
  }
  return {
    ...account,
    uid: 1000 + number,
    gid: 1000 + number,
    uid_signed: 1000 + number,
    gid_signed: 1000 + number,
    directory: `/home/${person.login}`,
    shell: "/bin/bash",
  };
};

const serviceAccounts: Readonly<Record<HostIdentity["platform"], readonly (readonly [string, number, string])[]>> = {
  darwin: [
    ["root", 0, "/bin/sh"],
    ["daemon", 1, "/usr/bin/false"],
    ["_www", 70, "/usr/bin/false"],
    ["nobody", 4_294_967_294, "/usr/bin/false"],
  ],
  windows: [
    ["Administrator", 500, "C:\\Windows\\system32\\cmd.exe"],
    ["Guest", 501, "C:\\Windows\\system32\\cmd.exe"],
    ["SYSTEM", 18, ""],
  ],
  linux: [
    ["root", 0, "/bin/bash"],
    ["daemon", 1, "/usr/sbin/nologin"],
    ["www-data", 33, "/usr/sbin/nologin"],
    ["systemd-resolve", 992, "/usr/sbin/nologin"],
    ["sshd", 109, "/usr/sbin/nologin"],
    ["nobody", 65_534, "/usr/sbin/nologin"],
  ],
};

export const peopleFacts: TableBuilders = {
  users: (host, random) => [
    ...serviceAccounts[host.platform].map(([username, uid, shell]) => ({
      uid,
      gid: uid,
      uid_signed: uid | 0,
      gid_signed: uid | 0,
      username,
      description: username,
      directory: username === "root" ? "/root" : "",
      shell,
      uuid: host.platform === "windows" ? `S-1-5-21-1000-1000-1000-${uid}` : "",
      type: host.platform === "windows" ? "special" : "",
    })),
    accountRow(host, host.person, 0, random),
    ...(random.chance(0.25) ? [accountRow(host, drawPerson(random), 1, random)] : []),
  ],
  groups: (host) => {
    const names = {
      darwin: [
        ["wheel", 0],
        ["staff", 20],
        ["admin", 80],
      ],
      windows: [
        ["Administrators", 544],
        ["Users", 545],
        ["Remote Desktop Users", 555],
      ],
      linux: [
        ["root", 0],
        ["adm", 4],
        ["sudo", 27],
        ["docker", 998],
        [host.person.login, 1000],
      ],
    } as const;
    return names[host.platform].map(([groupname, gid]) => ({
      gid,
      gid_signed: gid,
      groupname,
      group_sid: host.platform === "windows" ? `S-1-5-32-${gid}` : "",
    }));
  },
  user_groups: (host, random) => {
    const [user, admins, member] = { darwin: [501, 80, 20], windows: [1001, 544, 545], linux: [1000, 27, 1000] }[
      host.platform
    ] as [number, number, number];
    return [{ uid: user, gid: member }, ...(random.chance(0.6) ? [{ uid: user, gid: admins }] : [])];
  },
  logged_in_users: (host, random) => {
    const type = host.platform === "windows" ? "active" : "user";
    const tty = { darwin: "console", windows: "Console", linux: "tty2" }[host.platform];
    return [{ type, user: host.person.login, tty, host: "", time: host.bootedAt + 90, pid: random.int(400, 4000) }];
  },
  authorized_keys: () => [],
  crontab: (host) =>
    host.platform === "linux"
      ? [
          {
            minute: "17",
            hour: "*",
            day_of_month: "*",
            month: "*",
            day_of_week: "*",
            command: "root cd / && run-parts --report /etc/cron.hourly",
            path: "/etc/crontab",
          },
        ]
      : [],
};
