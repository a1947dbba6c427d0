import { get, post, query, stream } from "./api.js";
import { empty, h, later, panel, toast } from "./dom.js";
import { ago, word } from "./format.js";

const KINDS = { ACKNOWLEDGED: "good", FAILED: "bad", EXPIRED: "warn", CANCELLED: "warn" };
const isEnded = (state) => state.replace("COMMAND_STATE_", "") in KINDS;

/** What a device was asked to do, and a box to ask it for more. */
export function commands({ may, signal }, device) {
  const list = h("div");
  const load = () => {
    const answer = get(`/api/v1/commands${query({ deviceId: device.id, pageSize: 50 })}`, signal);
    list.replaceChildren(
      later(answer, ({ commands }) => {
        if (commands.length === 0) return empty("It was not asked for anything yet");
        return h(
          "div",
          {},
          commands.map((command) => entry(command, may, signal)),
        );
      }),
    );
  };
  load();
  return h("div", { class: "stack" }, may("command.write") && scriptBox(device, load), panel("Commands", list));
}

function scriptBox(device, done) {
  const script = h("textarea", {
    rows: "4",
    placeholder: "#!/bin/sh\nuptime",
    "aria-label": "Script",
    spellcheck: "false",
  });
  const run = h("button", { class: "primary" }, "Run script");
  const submit = async (event) => {
    event.preventDefault();
    if (script.value.trim() === "") {
      script.focus();
      return;
    }
    run.disabled = true;
    try {
      const body = { deviceIds: [device.id], type: "COMMAND_TYPE_RUN_SCRIPT", runScript: { content: script.value } };
      const { refusals } = await post("/api/v1/commands", body);
      if (refusals.length > 0) toast(refusals[0].message);
      else done();
    } catch (error) {
      toast(error.message);
    } finally {
      run.disabled = false;
    }
  };
  const form = h(
    "form",
    { class: "body stack", onsubmit: submit },
    script,
    h(
      "div",
      { class: "row between" },
      h("span", { class: "faint small" }, "It runs with the agent's rights and is ended after five minutes."),
      run,
    ),
  );
  return panel("Run a script", form);
}

function entry(command, may, signal) {
  const element = h("div", { class: "verdict" });
  const draw = (now) => element.replaceChildren(...content(now, may).filter(Boolean));
  draw(command);
  if (!isEnded(command.state)) void follow(command.id, signal, draw);
  else if (command.type === "COMMAND_TYPE_RUN_SCRIPT" && !command.result?.output)
    element.append(output(command, signal, draw));
  return element;
}

/** Lists leave scripts and their output out; they come when they are asked for. */
function output(command, signal, draw) {
  const load = () => get(`/api/v1/commands/${command.id}`, signal).then(draw, (error) => toast(error.message));
  return h("div", {}, h("button", { class: "plain small", type: "button", onclick: load }, "Show script and output"));
}

async function follow(id, signal, draw) {
  try {
    for await (const { command } of stream(`/api/v1/commands/${id}/watch`, signal)) draw(command);
  } catch (error) {
    if (!signal.aborted) toast(error.message);
  }
}

function content(command, may) {
  const state = command.state.replace("COMMAND_STATE_", "");
  const { result, runScript } = command;
  const failed = result && (result.exitCode !== 0 || result.reason);
  const cancel = () => post(`/api/v1/commands/${command.id}/cancel`).catch((error) => toast(error.message));
  return [
    h(
      "div",
      { class: "row" },
      h("span", { class: `tag ${KINDS[state] ?? ""}` }, word(command.state, "COMMAND_STATE_")),
      h("strong", {}, word(command.type, "COMMAND_TYPE_")),
      h("span", { class: "grow faint small" }, command.createdBy),
      result &&
        isEnded(command.state) &&
        runScript &&
        h("span", { class: failed ? "tag bad" : "tag" }, `exit ${result.exitCode}`),
      h("span", { class: "faint small" }, ago(command.createdAt)),
      may("command.write") &&
        !isEnded(command.state) &&
        h("button", { class: "plain", type: "button", onclick: cancel }, "Cancel"),
    ),
    result?.reason && result.reason !== "exit_code" && h("div", { class: "soft" }, result.reason),
    runScript?.content && h("details", {}, h("summary", {}, "Script"), h("pre", {}, runScript.content)),
    result?.output && h("pre", {}, result.output),
    result?.outputTruncated && h("span", { class: "faint small" }, "The output was longer and was cut."),
  ];
}
