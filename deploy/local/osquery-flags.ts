export interface OsqueryFlagInputs {
  readonly deviceUrl: string;
  /** PEM file of the authority behind the device origin. */
  readonly serverCa: string;
  readonly secretFile: string;
}

/** The text of a flag file with which a stock osqueryd enrolls and is asked; it does not start with a flag it does not know. */
export function osqueryFlags({ deviceUrl, serverCa, secretFile }: OsqueryFlagInputs): string {
  const flags = {
    tls_hostname: new URL(deviceUrl).host,
    tls_server_certs: serverCa,
    enroll_secret_path: secretFile,
    enroll_tls_endpoint: "/api/osquery/enroll",
    config_plugin: "tls",
    config_tls_endpoint: "/api/osquery/config",
    config_refresh: 60,
    logger_plugin: "tls",
    logger_tls_endpoint: "/api/osquery/log",
    disable_distributed: false,
    distributed_plugin: "tls",
    distributed_interval: 10,
    distributed_tls_read_endpoint: "/api/osquery/distributed/read",
    distributed_tls_write_endpoint: "/api/osquery/distributed/write",
    disable_carver: false,
    // osqueryd takes this one from its flags only; its own 8 KiB make 32,768 requests of the largest carve.
    carver_block_size: 2_000_000,
    carver_start_endpoint: "/api/osquery/carve/begin",
    carver_continue_endpoint: "/api/osquery/carve/block",
    host_identifier: "uuid",
  };
  return Object.entries(flags)
    .map(([flag, value]) => `--${flag}=${value}\n`)
    .join("");
}
