// A chart of SVG: bars for what is counted, lines for what is measured. Its points can be read by mouse and by keyboard,
// and all of it in a table.

import { element, foreign, refill, svg } from "../dom.js";
import { bins, niceScale, timeTicks } from "./scales.js";

const HEIGHT = 190;
const MARGIN = { top: 10, right: 8, bottom: 22, left: 46 };
const COLOURS = 8; // `series-1` … in the stylesheet
const DASHES = 5; // `dash-1` …
const SMALLEST_BAR = 5; // pixels, with the gap to the next

const clock = new Intl.DateTimeFormat("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit" });

/**
 * Make a chart.
 *
 * @param given `title`; `series` as `{title, points: [[unix seconds, value]], tone, dash}`, the last two numbers; `from`, `to` and `period` in seconds; `kind`
 *   is "bars" (sums, on top of each other) or "lines"; `least` is the axis's smallest step; `show(value)` is short, for the axis, and `say(value)` exact.
 */
export function chart(given) {
  const drawing = element("div", { class: "drawing" });
  const reading = element("p", { class: "reading muted", "aria-hidden": "true" });
  const legend = element("ul", { role: "list", class: "legend" });
  const model = { data: null, at: null };
  const slider = element("div", {
    ...{ class: "plot", tabindex: "0", role: "slider", dataset: { keep: `plot ${given.title}` }, "aria-label": `Points of ${given.title}`, "aria-valuemin": 0 },
    ...{ onkeydown: step, onpointermove: point, onpointerleave: () => read(null), onblur: () => read(null) },
  }, drawing);

  function draw(width) {
    if (!width) return;
    model.data = layout(given, width);
    slider.setAttribute("aria-valuemax", model.data.columns.length - 1);
    refill(drawing, picture(given, model.data, width));
    read(null);
  }

  function step(event) {
    if (!model.data) return;
    const last = model.data.columns.length - 1;
    const at = model.at ?? last + 1;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last, PageUp: at - 10, PageDown: at + 10 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    read(Math.min(last, Math.max(0, to)));
  }

  function point(event) {
    if (!model.data) return;
    const { columns, wide } = model.data;
    const at = Math.floor((event.clientX - drawing.getBoundingClientRect().left - MARGIN.left) / wide);
    read(Math.min(columns.length - 1, Math.max(0, at)));
  }

  /** Show the values of one column; of all of them where it is null. */
  function read(at) {
    model.at = at;
    const { series, columns, x } = model.data;
    const cursor = drawing.querySelector(".cursor");
    cursor.toggleAttribute("hidden", at === null);
    if (at !== null) cursor.setAttribute("transform", `translate(${x(columns[at])} 0)`);
    const when = at === null ? "" : clock.format(columns[at] * 1000);
    const values = series.map(({ title, values }) => [title, at === null ? given.whole(values) : values[at]]);
    reading.textContent = when || given.wholeWords;
    refill(legend, values.map(([title, value], number) => element("li", { class: looks(series[number]) }, mark(given.kind), foreign(title), element("b", null, said(given, value)))));
    slider.setAttribute("aria-valuenow", at ?? columns.length - 1);
    slider.setAttribute("aria-valuetext", `${when || given.wholeWords}: ${values.map(([title, value]) => `${title} ${said(given, value)}`).join(", ")}`);
  }

  new ResizeObserver(([{ contentRect }]) => draw(contentRect.width)).observe(drawing);
  return element(
    "figure",
    { class: "chart card", "aria-label": given.title },
    element("figcaption", null, element("h2", null, given.title), reading),
    legend,
    slider,
    element("details", { dataset: { keep: `table ${given.title}` }, ontoggle: ({ target }) => target.open && refill(target.querySelector("div"), tableOf(given)) }, element("summary", null, "As a table", element("span", { class: "unseen" }, `: ${given.title}`)), element("div", { class: "scrolls", tabindex: "0", role: "group", "aria-label": `Table of ${given.title}` })),
  );
}

const looks = ({ tone, dash }) => `series-${(tone % COLOURS) + 1} dash-${(dash % DASHES) + 1}`;

const said = ({ say }, value) => (value === null || value === undefined ? "–" : say(value));

const mark = (kind) => svg("svg", { class: "mark", viewBox: "0 0 16 10", "aria-hidden": "true" }, kind === "bars" ? svg("rect", { x: 3, width: 10, height: 10, rx: 2 }) : svg("line", { x1: 0, x2: 16, y1: 5, y2: 5 }));

/** Where everything is: columns of time, each with a value of each series, and the scales. */
function layout({ series, from, to, period, kind, least }, width) {
  const inner = width - MARGIN.left - MARGIN.right;
  const column = period * Math.ceil((SMALLEST_BAR * (to - from)) / period / inner);
  const { columns, rows } = bins(series, { from, to, column, how: kind === "bars" ? "sum" : "max" });
  const sums = columns.map((_, at) => rows.reduce((sum, values) => sum + (values[at] ?? 0), 0));
  const scale = niceScale(Math.max(0, ...(kind === "bars" ? sums : rows.flat())), least);
  return {
    columns,
    column,
    scale,
    series: series.map(({ title, tone, dash }, number) => ({ title, tone, dash, values: rows[number] })),
    x: (time) => MARGIN.left + ((time + column / 2 - columns[0]) / (columns.length * column)) * inner,
    y: (value) => HEIGHT - MARGIN.bottom - (value / scale.top) * (HEIGHT - MARGIN.top - MARGIN.bottom),
    wide: inner / columns.length,
  };
}

function picture({ kind, show }, data, width) {
  const { scale, columns, x, y } = data;
  const right = width - MARGIN.right;
  return svg(
    "svg",
    { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, "aria-hidden": "true" },
    scale.ticks.map((value) => [
      svg("line", { class: value ? "grid" : "base", x1: MARGIN.left, x2: right, y1: y(value), y2: y(value) }),
      svg("text", { class: "tick", x: MARGIN.left - 8, y: y(value), dy: "0.32em", "text-anchor": "end" }, show(value)),
    ]),
    timeTicks(columns[0], columns.at(-1) + data.column, width).map(({ time, words }) =>
      svg("text", { class: "tick", x: x(time - data.column / 2), y: HEIGHT - 6, "text-anchor": "middle" }, words),
    ),
    kind === "bars" ? bars(data) : lines(data),
    svg("line", { class: "cursor", y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom, hidden: true }),
  );
}

/** Bars on top of each other, with a gap between, so that not only the colour tells them apart. */
function bars({ series, columns, x, y, wide }) {
  const width = Math.max(1, Math.min(wide - 1, 26));
  const gap = width > 3 ? 1 : 0;
  return columns.flatMap((time, at) => {
    let below = 0;
    return series.map((each) => {
      const value = each.values[at] ?? 0;
      if (!value) return null;
      const bottom = y(below) - (below ? gap : 0);
      below += value;
      return svg("rect", { class: `bar ${looks(each)}`, x: x(time) - width / 2, width, y: Math.min(y(below), bottom - 1), height: Math.max(1, bottom - y(below)), rx: Math.min(1.5, width / 3) });
    });
  });
}

/** Lines, broken where nothing is known; a point alone is a dot. */
function lines({ series, columns, x, y }) {
  return series.map(({ values, tone, dash }) => {
    const runs = [];
    values.forEach((value, at) => {
      if (value === null) return;
      if (at && values[at - 1] !== null) runs.at(-1).push(at);
      else runs.push([at]);
    });
    const name = `line ${looks({ tone, dash })}`;
    const place = (at) => `${x(columns[at]).toFixed(1)},${y(values[at]).toFixed(1)}`;
    return runs.map((run) =>
      run.length > 1 ? svg("polyline", { class: name, points: run.map(place).join(" ") }) : svg("circle", { class: name, cx: x(columns[run[0]]), cy: y(values[run[0]]), r: 2.5 }),
    );
  });
}

function tableOf(given) {
  const { title, series, from, to, period, kind } = given;
  const column = period * Math.ceil((to - from) / period / 48);
  const { columns, rows } = bins(series, { from, to, column, how: kind === "bars" ? "sum" : "max" });
  const lines = columns.map((time, at) => element("tr", null, element("th", { scope: "row" }, clock.format(time * 1000)), rows.map((values) => element("td", { class: "numeric" }, said(given, values[at])))));
  return element(
    "table",
    { class: "figures-table" },
    element("caption", { class: "unseen" }, title),
    element("thead", null, element("tr", null, element("th", { scope: "col" }, "From"), series.map(({ title }) => element("th", { scope: "col", class: "numeric" }, foreign(title))))),
    element("tbody", null, lines.reverse()),
  );
}
