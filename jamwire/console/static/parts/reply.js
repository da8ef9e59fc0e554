// A field in which the phone that got a text message answers it.

import { api } from "../api.js";
import { element, foreign, refill } from "../dom.js";
import { problem } from "./problem.js";

const MOST = 1600; // characters

/** @param delivery A text message to a follower. */
export function reply({ destination, request }) {
  const said = element("div", { class: "said", role: "status" });
  const words = element("input", { name: "text", required: true, maxlength: MOST, autocomplete: "off", placeholder: "STOP", size: 12 });
  const button = element("button", null, "Answer");

  async function answer(event) {
    event.preventDefault();
    button.disabled = true;
    const text = words.value;
    try {
      await api("texts", { body: { from: destination, to: String(request?.from ?? ""), text } });
      refill(said, element("p", { class: "bubble own", dir: "auto" }, foreign(text)));
      words.value = "";
    } catch (error) {
      refill(said, problem(error));
    } finally {
      button.disabled = false;
    }
  }

  return [said, element("form", { class: "reply", onsubmit: answer }, element("label", null, "Answer as this phone ", words), button)];
}
