import { element } from "../dom.js";

export default {
  async show(root) {
    root.append(element("h1", null, "Refused"));
  },
};
