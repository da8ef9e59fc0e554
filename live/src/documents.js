// State documents, read from the CDN. The browser revalidates what it has (If-None-Match), so an unchanged one is cheap.

import { heardResponse, stopwatch } from "./clock.js";

/**
 * Reads documents and hands on those that are what they should be.
 *
 * @param {(name: string) => string} where At which address a document is.
 * @param {(name: string) => object | Promise<object> | undefined} authorization What must be sent along.
 * @param {(document: object, name: string, age: number) => void} heard What was said by now less so many milliseconds is in it.
 * @returns {(names: Iterable<string>) => Promise<(string | undefined)[]>} For each what is wrong with it, or an empty text;
 *   undefined where there was no answer at all.
 */
export const documents = (where, authorization, heard) => {
  const PATIENCE = 8_000;
  const read = async (name) => {
    let response;
    const asked = stopwatch();
    try {
      response = await fetch(`${where(name)}${name}.json`, {
        cache: "no-cache",
        credentials: "omit",
        headers: await authorization(name),
        signal: AbortSignal.timeout(PATIENCE),
      });
      const document = await response.json();
      if (!response.ok || document.schema !== 1) throw name;
      heardResponse(response);
      heard(document, name, asked() + 1_000 * response.headers.get("age"));
      return "";
    } catch {
      return response && `${name}: ${response.status}`;
    }
  };
  return (names) => Promise.all([...names].map(read));
};
