// A text that somebody else wrote, in which addresses of the web are links.

import { foreign, outward } from "../dom.js";

const URL_IN_TEXT = /(https?:\/\/[^\s<>]+)/;

/** @returns Nodes, in the order of the text. */
export const linked = (text) => String(text ?? "").split(URL_IN_TEXT).map((piece, index) => (index % 2 ? outward(piece) : foreign(piece)));
