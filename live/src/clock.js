// The server's time, by what its responses say and by a clock that nobody can set: a visitor's clock may be hours wrong.

let ahead = -Infinity; // of performance.now, milliseconds

/** Unix milliseconds; -Infinity where nothing has been heard yet. */
export const serverTime = () => ahead + performance.now();

/** A response was made at its Date, and is Age seconds old. */
export const heardResponse = ({ headers }) => {
  const time = Date.parse(headers.get("date")) + 1_000 * (headers.get("age") ?? 0);
  if (time) ahead = time - performance.now();
};

/** Something was accepted at a time, so that it is no earlier now. */
export const heardTime = (time) => {
  const least = Date.parse(time) - performance.now();
  if (least > ahead) ahead = least;
};
