// Calls of the console's own server.

import { parse } from "./json.js";

const TOKEN = "jamwire-token";
const PATIENCE = 250; // milliseconds until no other tab knows the token

const tabs = new BroadcastChannel(TOKEN);
tabs.addEventListener("message", ({ data }) => {
  const token = sessionStorage.getItem(TOKEN);
  if (data === "?" && token) tabs.postMessage(token);
});

/** What the server refused or could not do: a sentence, the HTTP status, and the IAM action that is missing. */
export class ApiError extends Error {
  constructor(status, document) {
    super(document.error ?? `The console's server answered ${status}.`);
    this.status = status;
    this.action = document.action ?? "";
    this.document = document;
  }
}

/** Take the token out of the address into this tab, if there is one; else another tab of the console may know it. */
export async function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem(TOKEN, given);
    history.replaceState(history.state, "", location.pathname + location.search);
  } else if (!sessionStorage.getItem(TOKEN)) {
    await askTabs();
  }
  return Boolean(given);
}

const askTabs = () =>
  new Promise((done) => {
    const asking = new AbortController();
    const end = () => (asking.abort(), done());
    const answer = ({ data }) => data !== "?" && (sessionStorage.setItem(TOKEN, data), end());
    tabs.addEventListener("message", answer, { signal: asking.signal });
    setTimeout(end, PATIENCE);
    tabs.postMessage("?");
  });

/**
 * Ask the server.
 *
 * @param path Below `/console/api/`.
 * @param options `query` is an object or URLSearchParams; `body` makes it a POST, unless `method` says otherwise.
 * @returns The document that it answers; null for 204.
 * @throws ApiError It refuses, or does not answer.
 */
export async function api(path, { query = {}, body, method = body === undefined ? "GET" : "POST", signal } = {}) {
  const asked = new URLSearchParams(query).toString();
  const headers = { authorization: `Bearer ${sessionStorage.getItem(TOKEN) ?? ""}` };
  if (body !== undefined) headers["content-type"] = "application/json";
  const given = { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) };
  const response = await fetch(`/console/api/${path}${asked && `?${asked}`}`, given).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, { error: "The console's server does not answer. Is it still running?" });
  });
  if (response.status === 204) return null;
  const document = await response.text().then(parse).catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, document);
  return document;
}
