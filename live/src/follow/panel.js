// Where a button or a form says what becomes of it. It writes text and never HTML.

/** An element with attributes and what is in it. */
export const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
};

/** A button that does something when it is pressed. */
export const action = (text, act) => {
  const made = element("button", { type: "button" }, text);
  made.addEventListener("click", act);
  return made;
};

const panels = new WeakMap();

const make = (of) => {
  const own = document.getElementById(of.getAttribute("aria-controls") ?? "");
  const place = own ?? element("div", { class: "jamwire-follow" });
  if (!own) of.after(place);
  const status = element("p", { role: "status", tabindex: "-1" });
  const more = element("div");
  place.append(status, more);
  return {
    say: (text) => (status.textContent = text),
    put: (...children) => {
      const hadFocus = more.contains(document.activeElement);
      more.replaceChildren(...children);
      if (hadFocus) (of.matches("form") ? status : of).focus(); // it was in what has gone
    },
  };
};

/** The panel of a button or a form: after it, or where its `aria-controls` says. It is there before it speaks. */
export const panelOf = (of) => {
  if (!panels.has(of)) panels.set(of, make(of));
  return panels.get(of);
};
