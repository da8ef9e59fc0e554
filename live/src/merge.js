// What was said of a topic, and what of it is the newest: the rule of lambdas/contracts/live_state.py, which a test
// compares. An entry is [value, order, id, ends]; times are unix milliseconds.

const isEntry = (entry) =>
  typeof entry?.[0] === "string" && Number.isFinite(entry[1]) && typeof entry[2] === "string";

const isNewer = (one, other) => one[1] > other[1] || (one[1] === other[1] && one[2] > other[2]);

/** The entries of a notice as it was pushed. */
export const entriesOf = (notice) => {
  const { order = Date.parse(notice.time), id, ends, fields } = notice;
  const entries = {};
  const say = (name, value) => value && (entries[name] = [value, order, id, ends]);
  for (const name of ["title", "text", "url", "severity", "time"]) say(name, notice[name]);
  for (const name in fields) say(`fields.${name}`, fields[name]);
  return notice.entries ?? entries;
};

/** Merges entries into others, in any order and as often as one likes; tells whether anything is newer. */
export const merge = (known, entries) => {
  let changed = false;
  for (const [name, entry] of Object.entries(entries ?? {}))
    if (isEntry(entry) && (!Object.hasOwn(known, name) || isNewer(entry, known[name]))) {
      known[name] = entry;
      changed = true;
    }
  return changed;
};

/** What of it did not end long ago: until then it is shown as stale. */
export const unforgotten = (known, now) => {
  const RETAINED = 86_400_000;
  return Object.fromEntries(Object.entries(known).filter(([, entry]) => (entry[3] ?? Infinity) + RETAINED > now));
};

/** The entry of a field; without one, of what the topic says: the newer of text and title. */
export const entryOf = (known, field) => {
  const own = (name) => (Object.hasOwn(known, name) ? known[name] : undefined);
  if (field) return own(`fields.${field}`) ?? own(field);
  const [text, title] = [own("text"), own("title")];
  return text && title ? (isNewer(title, text) ? title : text) : (text ?? title);
};

/** Tells whether something is asked for the first time, among the newest of what was asked. */
export const firsts = () => {
  const REMEMBERED = 200;
  let seen = [];
  return (id) => {
    if (seen.includes(id)) return false;
    seen = [id, ...seen].slice(0, REMEMBERED);
    return true;
  };
};
