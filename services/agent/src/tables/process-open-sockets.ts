import { netNamespace } from "../machine/net-namespace.ts";
import { readSockets, socketOwners } from "../machine/sockets.ts";
import { defineTable } from "./table.ts";

export const processOpenSockets = defineTable({
  name: "process_open_sockets",
  columns: {
    pid: "INTEGER",
    fd: "BIGINT",
    socket: "BIGINT",
    family: "INTEGER",
    protocol: "INTEGER",
    local_address: "TEXT",
    remote_address: "TEXT",
    local_port: "INTEGER",
    remote_port: "INTEGER",
    path: "TEXT",
    state: "TEXT",
    net_namespace: "TEXT",
  },
  *generate(machine) {
    const owners = socketOwners(machine);
    const namespace = netNamespace(machine);
    for (const socket of readSockets(machine)) {
      const owner = owners.get(socket.inode);
      yield {
        pid: owner?.pid ?? -1,
        fd: owner?.fd ?? -1,
        socket: socket.inode,
        family: socket.family,
        protocol: socket.protocol,
        local_address: socket.localAddress,
        remote_address: socket.remoteAddress,
        local_port: socket.localPort,
        remote_port: socket.remotePort,
        path: socket.path,
        state: socket.state,
        net_namespace: namespace,
      };
    }
  },
});
