// What went wrong, in words, with what to do.

import { element, foreign } from "../dom.js";

const COMMANDS = "Open the address that `jamwire ui` or `make up` prints; it holds the key of this session.";

/** An error as a part of the page; the rest of the page goes on. */
export function problem(error, again) {
  const isOurs = "status" in error;
  const words = error.status === 401 ? COMMANDS : isOurs ? error.message : `The page itself failed: ${error.message}`;
  return element(
    "div",
    { class: "problem", role: "alert" },
    element("p", null, withCode(words)),
    error.action && element("p", null, "Your credentials lack ", element("code", null, foreign(error.action)), "."),
    again && element("button", { type: "button", class: "quiet", onclick: () => again() }, "Try again"),
  );
}

/** The parts of a document that the server could not find out. */
export const missing = ({ problems = [] }) =>
  problems.map(({ error, action }) => problem({ status: 502, message: error, action }));

/** Nothing is there, and what to do about it; what stands in backquotes is a command. */
export const nothing = (title, hint) =>
  element(
    "div",
    { class: "nothing" },
    element("p", { class: "what" }, title),
    hint && element("p", null, withCode(hint)),
  );

/** A text in which what stands in backquotes is code. */
export const withCode = (text) =>
  text.split("`").map((part, number) => (number % 2 ? element("code", null, foreign(part)) : foreign(part)));
