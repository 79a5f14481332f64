// Crosshair and read-out of a chart. The paths are drawn in the data's own units (seconds from data-start, value from
// data-base), so the chart is its own data: nothing is sent twice.
import { clock } from "./clock.js";

const parsed = new WeakMap();
const pair = /[ML](-?[\d.eE+-]+) (-?[\d.eE+-]+)/g;
const pairs = text => [...text.matchAll(pair)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));

// The band is, for each stretch without a gap, the greatest values forth and the least ones back.
const points = chart => {
  const text = chart.querySelector(".mean").getAttribute("d") ?? "";
  const known = parsed.get(chart);
  if (known?.text === text)
    return known.list;

  const extremes = (chart.querySelector(".band").getAttribute("d") ?? "").split("Z").flatMap(stretch => {
    const all = pairs(stretch);
    return all.slice(0, all.length / 2).map((most, i) => ({ most: most.y, least: all[all.length - 1 - i].y }));
  });
  const list = pairs(text).map((point, i) => ({ ...point, ...extremes[i] }));
  parsed.set(chart, { text, list });
  return list;
};

const nearest = (list, x) => {
  let low = 0;
  let high = list.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (list[middle].x < x)
      low = middle;
    else
      high = middle;
  }

  return Math.abs(list[low].x - x) <= Math.abs(list[high].x - x) ? low : high;
};

const number = value => {
  const size = Math.abs(value);
  const digits = size >= 1_000 ? 1 : size >= 1 ? 2 : 4;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
};

const hide = chart => {
  chart.querySelector(".crosshair").setAttribute("visibility", "hidden");
  chart.querySelector(".readout").hidden = true;
};

const show = (chart, index) => {
  const point = points(chart)[index];
  const [start, left, span, base, low, high, divisor] = ["start", "left", "span", "base", "low", "high", "divisor"].map(name => Number(chart.dataset[name]));
  const plot = chart.querySelector(".plot").getBoundingClientRect();
  const frame = chart.getBoundingClientRect();
  const value = point.y + base;
  const x = ((point.x - left) / span) * plot.width;
  const y = ((high - value) / (high - low)) * plot.height;

  const crosshair = chart.querySelector(".crosshair");
  crosshair.setAttribute("visibility", "visible");
  crosshair.querySelector("line").setAttribute("x1", x);
  crosshair.querySelector("line").setAttribute("x2", x);
  crosshair.querySelector("circle").setAttribute("cx", x);
  crosshair.querySelector("circle").setAttribute("cy", y);

  const { unit } = chart.dataset;
  const readout = chart.querySelector(".readout");
  const range = point.most > point.least ? `\n${number((point.least + base) / divisor)} to ${number((point.most + base) / divisor)}${unit}` : "";
  readout.textContent = `${number(value / divisor)}${unit}${range}\n${clock(start + point.x * 1_000)}`;
  readout.hidden = false;
  const across = plot.left - frame.left + x;
  const beside = across + 14 + readout.offsetWidth > frame.width ? across - 14 - readout.offsetWidth : across + 14;
  readout.style.left = `${Math.max(0, beside)}px`;
  readout.style.top = `${Math.max(0, Math.min(y - readout.offsetHeight / 2, plot.height - readout.offsetHeight))}px`;
  chart.dataset.cursor = index;
};

document.addEventListener("pointermove", event => {
  const chart = event.target.closest?.("[data-chart]");
  document.querySelectorAll("[data-chart]").forEach(other => other !== chart && !other.matches(":focus-visible") && hide(other));
  if (!chart || !points(chart).length)
    return;

  const plot = chart.querySelector(".plot").getBoundingClientRect();
  const { left, span } = chart.dataset;
  show(chart, nearest(points(chart), Number(left) + ((event.clientX - plot.left) / plot.width) * Number(span)));
});

document.addEventListener("keydown", event => {
  const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
  const chart = event.target.closest?.("[data-chart]");
  const last = chart ? points(chart).length - 1 : -1;
  if (step === undefined || last < 0)
    return;

  event.preventDefault();
  show(chart, Math.min(last, Math.max(0, Number(chart.dataset.cursor ?? last) + step)));
});

document.addEventListener("focusout", event => event.target.matches?.("[data-chart]") && hide(event.target));
