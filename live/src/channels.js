// Names of channels and of state documents: the rules of lambdas/contracts/live_channels.py, which a test compares.

export const bytes = (name) =>
  String.fromCharCode(...new TextEncoder().encode(name)).replace(/%([\da-f]{2})/gi, (_, hex) =>
    String.fromCharCode(parseInt(hex, 16)),
  );

/** A topic or path as both sides compare it: escapes resolved, without outer slashes. */
export const plain = (name) => bytes(name).replace(/^\/+|\/+$/g, "");

const digest = (text) => {
  let hash = 0xcbf29ce484222325n; // FNV-1a
  for (const byte of text) hash = BigInt.asUintN(64, (hash ^ BigInt(byte.charCodeAt())) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
};

export const channel = (namespace, name) => {
  const text = plain(name);
  const fits = /^(?!.*[^/]{51}|([^/]*\/){4})[a-z\d]+([-/][a-z\d]+)*$/i.test(text);
  return `${namespace}/${fits ? text : `x--${digest(text)}`}`;
};

const page = (path) => path.replace(/((^|\/)index\.html?)?([?#][^]*)?$/, "$2");

export const FAMILY = /\/\*$/;
export const noticeChannel = (topic) => channel("notice", topic);
export const pageChannel = (path) => channel("page", page(path));

/** Whether a path that has changed, perhaps one with a * at its end, is the page at this one. */
export const covers = (changed, path) => {
  const here = plain(page(path));
  return changed.endsWith("*")
    ? `${here}/`.startsWith(bytes(changed.slice(0, -1)).replace(/^\/+/, ""))
    : here === plain(page(changed));
};
