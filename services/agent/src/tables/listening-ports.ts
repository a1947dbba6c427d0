import { netNamespace } from "../machine/net-namespace.ts";
import { readSockets, socketOwners } from "../machine/sockets.ts";
import { defineTable } from "./table.ts";

export const listeningPorts = defineTable({
  name: "listening_ports",
  columns: {
    pid: "INTEGER",
    port: "INTEGER",
    protocol: "INTEGER",
    family: "INTEGER",
    address: "TEXT",
    fd: "BIGINT",
    socket: "BIGINT",
    path: "TEXT",
    net_namespace: "TEXT",
  },
  *generate(machine) {
    const owners = socketOwners(machine);
    const namespace = netNamespace(machine);
    for (const socket of readSockets(machine)) {
      if (!socket.listening) continue;
      const owner = owners.get(socket.inode);
      yield {
        pid: owner?.pid ?? -1,
        port: socket.localPort,
        protocol: socket.protocol,
        family: socket.family,
        address: socket.localAddress,
        fd: owner?.fd ?? -1,
        socket: socket.inode,
        path: socket.path,
        net_namespace: namespace,
      };
    }
  },
});
