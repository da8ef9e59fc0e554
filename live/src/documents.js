// State documents, read from the CDN. The browser revalidates what it has (If-None-Match), so an unchanged one is cheap.

import { heardResponse, stopwatch } from "./clock.js";

/**
 * Reads documents and hands on those that are what they should be.
 *
 * @param {string} base At which address documents are.
 * @param {(name: string) => object | Promise<object>} access Where else this one is, and what must be sent along: see
 *   private.js.
 * @param {(document: object, name: string, age: number) => void} heard What was said by now less so many
 *   milliseconds is in it.
 * @returns {(names: Iterable<string>) => Promise<(string | undefined)[]>} For each what is wrong with it, or an empty
 *   text; undefined where there was no answer at all.
 */
export const documents = (base, access, heard) => {
  const PATIENCE = 8_000;
  const read = async (name) => {
    let outcome;
    const asked = stopwatch();
    try {
      const { at = base, headers } = await access(name);
      const response = await fetch(`${at}${name}.json`, {
        cache: "no-cache",
        credentials: "omit",
        headers,
        signal: AbortSignal.timeout(PATIENCE),
      });
      outcome = `${name}: ${response.status}`;
      const document = await response.json();
      if (response.ok && document.schema === 1) {
        heard(document, name, asked() + heardResponse(response));
        outcome = "";
      }
    } catch {} // the outcome tells what is wrong
    return outcome;
  };
  return (names) => Promise.all([...names].map(read));
};
