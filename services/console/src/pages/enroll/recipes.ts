/** What makes a machine's osqueryd a managed device. */
export function osqueryRecipe(deviceUrl: string, secret: string): string {
  return [
    `echo '${secret}' > /etc/osquery/enroll_secret`,
    "osqueryd \\",
    `  --tls_hostname=${new URL(deviceUrl).host} \\`,
    "  --tls_server_certs=/etc/osquery/server.pem \\",
    "  --enroll_tls_endpoint=/api/osquery/enroll \\",
    "  --enroll_secret_path=/etc/osquery/enroll_secret \\",
    "  --config_plugin=tls \\",
    "  --config_tls_endpoint=/api/osquery/config \\",
    "  --logger_plugin=tls \\",
    "  --logger_tls_endpoint=/api/osquery/log \\",
    "  --disable_distributed=false \\",
    "  --distributed_plugin=tls \\",
    "  --distributed_tls_read_endpoint=/api/osquery/distributed/read \\",
    "  --distributed_tls_write_endpoint=/api/osquery/distributed/write \\",
    "  --host_identifier=uuid",
  ].join("\n");
}

/** What makes a Linux machine a managed device. */
export const agentRecipe = (deviceUrl: string, token: string): string =>
  `MUSTER_AGENT_TOKEN=${token} \\\n  muster-agent run --server ${deviceUrl} \\\n    --state /var/lib/muster-agent`;
