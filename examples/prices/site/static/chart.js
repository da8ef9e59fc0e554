// What this site adds to jamwire-live.js: a line of each price's last minutes, whether it rose or fell, and whether the
// page is live. The words themselves are changed by jamwire-live.js, and all of it is readable without this.

const POINTS = 60, WIDTH = 120, HEIGHT = 32; // of a chart
const WORDS = { open: "live", polling: "live, every few seconds", waiting: "no connection" };
const SVG = "http://www.w3.org/2000/svg";
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const charts = new Map(); // of rows: their values, and the line that shows them
const waiting = new Set(); // rows that are to be drawn in the next frame

const numberOf = (text) => Number(text.replace("\u2212", "-").replace("%", ""));

const chartOf = (row) => {
  if (charts.has(row)) return charts.get(row);
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "polyline");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true"); // it shows what the numbers said
  svg.append(line);
  row.append(svg);
  const chart = { line, values: row.dataset.opened ? [Number(row.dataset.opened)] : [] };
  charts.set(row, chart);
  return chart;
};

const pointsOf = (values) => {
  const low = Math.min(...values);
  const height = Math.max(...values) - low || 1;
  const step = WIDTH / (values.length - 1 || 1);
  return values.map((value, place) => {
    const x = place * step, y = 2 + (1 - (value - low) / height) * (HEIGHT - 4);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
};

const draw = (row) => {
  const chart = chartOf(row);
  const value = Number(row.querySelector(".price").textContent);
  if (!value) return;
  const before = chart.values.at(-1);
  if (value !== before) chart.values.push(value);
  if (chart.values.length > POINTS) chart.values.shift();
  chart.line.setAttribute("points", pointsOf(chart.values).join(" "));
  row.dataset.trend = Math.sign(numberOf(row.querySelector(".change").textContent));
  if (calm.matches || before === undefined || value === before) return;
  row.querySelector(".price").animate({ color: [value > before ? "var(--good)" : "var(--bad)", "var(--ink)"] }, 900);
};

const drawAll = () => {
  waiting.forEach(draw);
  waiting.clear();
};

const list = document.querySelector("[data-jamwire-list]");
new MutationObserver((changes) => {
  if (!waiting.size) requestAnimationFrame(drawAll);
  for (const { target } of changes) {
    const row = target.closest(".price")?.closest("li");
    if (row) waiting.add(row);
  }
}).observe(list, { childList: true, subtree: true });
list.querySelectorAll("li").forEach(draw);

document.addEventListener("jamwire:state", ({ detail: { state } }) => {
  const live = document.getElementById("live");
  live.hidden = !(state in WORDS);
  live.textContent = WORDS[state] ?? "";
  live.dataset.state = state;
});
