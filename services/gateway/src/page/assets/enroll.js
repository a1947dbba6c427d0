import { get, post } from "./api.js";
import { h, head, later, panel, toast } from "./dom.js";

export function enroll({ signal }) {
  return [
    head("Enroll a device", "Point osquery, fleetd or Muster's own agent at this platform."),
    later(get("/assets/settings.json", signal), ({ deviceUrl }) =>
      h("div", { class: "two" }, osquery(deviceUrl), agent(deviceUrl)),
    ),
  ];
}

function osquery(deviceUrl) {
  const { hostname, host } = new URL(deviceUrl);
  const flags = (secret) =>
    [
      `echo '${secret}' > /etc/osquery/enroll_secret`,
      "osqueryd \\",
      `  --tls_hostname=${host} \\`,
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
  return maker({
    title: "osquery",
    about: `Any stock osqueryd works. server.pem is the certificate authority of ${hostname}; it is not needed when the system trusts it.`,
    button: "Make an enroll secret",
    make: async () => (await post("/api/v1/enroll-secrets", { name: "made on the page" })).secret,
    text: flags,
    blank: "<enroll secret>",
  });
}

function agent(deviceUrl) {
  return maker({
    title: "Muster's agent for Linux",
    about: "A token lets one machine enroll within a day; the agent then holds a certificate of its own.",
    button: "Make a token",
    make: async () => (await post("/api/v1/enrollment-tokens", { name: "made on the page" })).token,
    text: (token) =>
      `MUSTER_AGENT_TOKEN=${token} \\\n  muster-agent run --server ${deviceUrl} \\\n    --state /var/lib/muster-agent`,
    blank: "<token>",
  });
}

/** A recipe with a button that makes the secret in it; it is shown this once. */
function maker({ title, about, button, make, text, blank }) {
  const recipe = h("pre", { class: "recipe", tabindex: "0" }, text(blank));
  const copy = h("button", { type: "button", hidden: true }, "Copy");
  copy.addEventListener("click", () => navigator.clipboard.writeText(recipe.textContent).then(() => toast("Copied.")));
  const action = h("button", { class: "primary", type: "button" }, button);
  action.addEventListener("click", async () => {
    action.disabled = true;
    try {
      recipe.textContent = text(await make());
      // Browsers lend the clipboard only to pages that came over TLS or from this machine.
      copy.hidden = navigator.clipboard === undefined;
      toast("It is shown this once.");
    } catch (error) {
      toast(error.message);
    } finally {
      action.disabled = false;
    }
  });
  return panel(
    title,
    h(
      "div",
      { class: "body stack" },
      h("span", { class: "soft" }, about),
      recipe,
      h("div", { class: "row" }, action, copy),
    ),
  );
}
