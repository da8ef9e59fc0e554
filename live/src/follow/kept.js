// What this browser keeps, where both the page and the worker can read it. Of two sites of one origin each has its own.

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const opened = new Map(); // databases by scope

const database = (scope) => {
  const opening = indexedDB.open(`jamwire ${scope}`);
  opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
  return done(opening);
};

const store = async (scope, mode) => {
  if (!opened.has(scope)) opened.set(scope, database(scope));
  return (await opened.get(scope)).transaction("kept", mode).objectStore("kept");
};

/** What is kept under a name; undefined for nothing. */
export const read = async (scope, name) => done((await store(scope, "readonly")).get(name));

/** Keeps something else under a name, or with undefined nothing; nobody comes between. */
export const change = async (scope, name, changed) => {
  const its = await store(scope, "readwrite");
  const after = changed(await done(its.get(name)));
  await done(after === undefined ? its.delete(name) : its.put(after, name));
  return after;
};
