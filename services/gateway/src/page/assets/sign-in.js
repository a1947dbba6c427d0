import { post } from "./api.js";
import { h } from "./dom.js";

export function signIn(done) {
  document.title = "Sign in · Muster";
  const email = h("input", { type: "email", name: "email", autocomplete: "username", required: true, autofocus: true });
  const password = h("input", { type: "password", name: "password", autocomplete: "current-password", required: true });
  const button = h("button", { class: "primary" }, "Sign in");
  const trouble = h("div", { class: "problem", role: "alert", hidden: true });
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    trouble.hidden = true;
    try {
      await post("/api/v1/sign-in", { email: email.value, password: password.value });
      done();
    } catch (error) {
      trouble.textContent = `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`;
      trouble.hidden = false;
      password.select();
    } finally {
      button.disabled = false;
    }
  };
  return h(
    "div",
    { class: "sign-in" },
    h(
      "form",
      { class: "panel", onsubmit: submit },
      h("div", { class: "brand" }, h("img", { src: "/assets/icon.svg", alt: "" }), "Muster"),
      h("h1", {}, "Sign in"),
      trouble,
      h("label", { class: "field" }, "Email", email),
      h("label", { class: "field" }, "Password", password),
      button,
    ),
  );
}
