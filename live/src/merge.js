// What was said of a topic, and what of it is the newest: the rule of lambdas/contracts/live_state.py, which a test
// compares. An entry is [value, order, id, ends]; times are unix milliseconds.

const isEntry = (entry) =>
  typeof entry?.[0] === "string" && typeof entry[1] === "number" && typeof entry[2] === "string";

const isNewer = (one, other) => !other || one[1] > other[1] || (one[1] === other[1] && one[2] > other[2]);

/** The entries of a notice as it was pushed: all that it says but for what it is. */
export const entriesOf = ({ id, type, topic, fields, order, ends, entries, ...said }) => {
  for (const name in fields) said[`fields.${name}`] = fields[name];
  for (const name in said) said[name] &&= [said[name], order, id, ends];
  return entries ?? said;
};

/** Merges entries into others, in any order and as often as one likes; gives those that are newer. */
export const merge = (known, entries) => {
  const news = Object.entries(entries ?? {}).filter(([name, entry]) => isEntry(entry) && isNewer(entry, known[name]));
  for (const [name, entry] of news) known[name] = entry;
  return news.map(([, entry]) => entry);
};

/** Whether it did not end long ago: until then it is shown as stale. */
export const isUnforgotten = ([, , , ends], now) => (ends ?? Infinity) + 86_400_000 > now;

/** The entry of a field; without one, of what the topic says: the newer of text and title. */
export const entryOf = (known, field) => {
  if (field) return known[`fields.${field}`] ?? known[field];
  const { text, title } = known;
  return title && isNewer(title, text) ? title : text;
};

/** Tells whether something is asked for the first time, among the newest of what was asked. */
export const firsts = () => {
  const REMEMBERED = 200;
  let seen = [];
  return (id) => !seen.includes(id) && (seen = [id, ...seen].slice(0, REMEMBERED));
};
