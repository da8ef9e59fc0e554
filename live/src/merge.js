// What was said of a topic, and what of it is the newest: the rule of lambdas/contracts/live_state.py, which a test
// compares. An entry is [value, order, id, ends]; times are unix milliseconds.

/** How long after its end an entry is still shown, as stale. */
export const RETAINED = 86_400_000;

const NAMES = ["title", "text", "url", "severity", "time"];

const isEntry = (entry) =>
  Array.isArray(entry) && typeof entry[0] === "string" && Number.isFinite(entry[1]) && typeof entry[2] === "string";

const isNewer = ([, order, id], [, its, other]) => order > its || (order === its && id > other);

/** The entries of a notice as it was pushed. */
export const entriesOf = (notice) => {
  if (notice.entries) return notice.entries;
  const { order = Date.parse(notice.time), id, ends } = notice;
  const said = NAMES.map((name) => [name, notice[name]]);
  for (const [name, value] of Object.entries(notice.fields ?? {})) said.push([`fields.${name}`, value]);
  return Object.fromEntries(said.filter(([, value]) => value).map(([name, value]) => [name, [value, order, id, ends]]));
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

/** Forgets what ended long ago; tells whether there was any. */
export const forget = (known, now) => {
  const old = Object.keys(known).filter((name) => (known[name][3] ?? Infinity) + RETAINED <= now);
  for (const name of old) delete known[name];
  return old.length > 0;
};

/** The entry of a field; without one, of what the topic says: the newer of text and title. */
export const entryOf = (known, field) => {
  const own = (name) => (Object.hasOwn(known, name) ? known[name] : undefined);
  if (field !== undefined) return own(`fields.${field}`) ?? own(field);
  const [text, title] = [own("text"), own("title")];
  return text && title ? (isNewer(title, text) ? title : text) : (text ?? title);
};
