// State documents, read from the CDN. The browser revalidates what it has (If-None-Match), so an unchanged one is cheap.

import { heardResponse } from "./clock.js";

const PATIENCE = 8_000;

/**
 * Reads documents and hands on those that are what they should be; tells whether all could be asked for.
 *
 * @param {(name: string) => string} where At which address a document is.
 * @param {(name: string) => Promise<object | undefined>} authorization What must be sent along.
 * @param {(document: object) => void} heard
 * @param {(problem: string) => void} wrong Told which document is not what it should be, and the response's status.
 */
export const documents = (where, authorization, heard, wrong) => {
  const read = async (name) => {
    let response;
    try {
      response = await fetch(`${where(name)}${name}.json`, {
        cache: "no-cache",
        credentials: "omit",
        headers: await authorization(name),
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      return false; // nothing was heard at all
    }
    try {
      const document = await response.json();
      if (!response.ok || document.schema !== 1) throw name;
      heardResponse(response);
      heard(document);
    } catch {
      wrong(`${name}: ${response.status}`);
    }
    return true;
  };
  return async (names) => (await Promise.all([...names].map(read))).every(Boolean);
};
