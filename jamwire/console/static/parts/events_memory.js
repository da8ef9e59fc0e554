// What the list of events remembers in this tab, so that who comes back finds it as it was.

import { address } from "../dom.js";

const SEARCH = "jamwire-events";
const OPENED = "jamwire-opened";

/** The list as it was last filtered. */
export const eventsAddress = () => sessionStorage.getItem(SEARCH) ?? address("events");

export const rememberList = (url) => sessionStorage.setItem(SEARCH, url);

export const rememberOpened = (source, id) => sessionStorage.setItem(OPENED, address("event", { id, source }));

/** The address of the event that was open last; only once. */
export function takeOpened() {
  const opened = sessionStorage.getItem(OPENED);
  sessionStorage.removeItem(OPENED);
  return opened;
}
