// The package's entry for whoever bundles: nothing happens on import.

export { covers, noticeChannel, pageChannel } from "./channels.js";
export { connect } from "./live.js";
export { entriesOf, entryOf, forget, merge } from "./merge.js";
