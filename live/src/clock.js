// The server's time, by what its responses say and by a clock that nobody can set: a visitor's clock may be hours wrong.

let ahead = -Infinity; // of performance.now, milliseconds

/** When this page was loaded, by the server's time; 0 where no response has told it yet. */
export let loadedAt = 0;

/** Tells it of a page that has been made before. */
export const wasMade = (time) => (loadedAt = time);

/** Unix milliseconds; -Infinity where no response has told it yet. */
export const serverTime = () => ahead + performance.now();

/** A response was made at its Date, and is Age seconds old; gives how many milliseconds. */
export const heardResponse = ({ headers }) => {
  const age = 1_000 * headers.get("age");
  const time = Date.parse(headers.get("date")) + age;
  if (time) ahead = time - performance.now();
  // Kept, since performance.now may stand still while the machine sleeps: what is ahead grows by that.
  loadedAt ||= ahead;
  return age;
};

/** Counts milliseconds from now on; of a machine that sleeps one of both clocks goes on. */
export const stopwatch = () => {
  const steady = performance.now();
  const date = Date.now();
  return () => Math.max(performance.now() - steady, Date.now() - date);
};
