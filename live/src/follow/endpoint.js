// The audience's public endpoint (docs/audience.md), for the page and for the worker: JSON in, JSON out.

/** What went wrong, by the name of the words that say it. */
export class Problem extends Error {
  /**
   * @param {string} name One of the words' (words.js).
   * @param {{ text?: string, seconds?: number, status?: number }} [more] The endpoint's own sentence, when to try again,
   *   and what it answered.
   */
  constructor(name, more) {
    super(more?.text ?? name);
    Object.assign(this, more, { name });
  }
}

const NAMES = { 404: "gone", 410: "gone", 429: "busy" };

const problemOf = async (answer) => {
  const { status, headers } = answer;
  const { title } = await answer.json().catch(() => ({})); // what stands before the endpoint has no words
  const isOurs = status < 500 && status !== 429;
  return new Problem(NAMES[status] ?? "failed", {
    status,
    text: isOurs ? title : undefined,
    seconds: Number(headers.get("retry-after")) || undefined,
  });
};

/**
 * Asks the endpoint.
 *
 * @param {string} url Its address, with a slash at the end.
 * @param {string} path What of it.
 * @param {object} [said] What is posted; without it a GET.
 * @throws {Problem} It was not reached, or does not do it.
 */
export const ask = async (url, path, said) => {
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(said) };
  const answer = await fetch(url + path, said && post).catch(() => {
    throw new Problem("offline");
  });
  if (!answer.ok) throw await problemOf(answer);
  return answer.json();
};
