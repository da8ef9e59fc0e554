// The script of a page (docs/audience.md): its buttons and forms follow topics. It asks for nothing before it is clicked,
// writes text and never HTML, and needs neither inline scripts nor inline styles.

import { start } from "./page.js";

const script = document.querySelector("script[data-jamwire-audience]");

if (script) start(script.dataset);
