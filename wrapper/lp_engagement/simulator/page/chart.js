// The funnel over time, as steps: how often each thing has happened until then.

import {clock, el, svg} from "./dom.js";

const WIDTH = 300;
const HEIGHT = 80;

export function chart(timeline, names, now) {
  const first = timeline[0].at;
  const span = Math.max(now - first, 1);
  const series = names.map((name) => steps(timeline, name));
  const most = Math.max(1, ...series.map((points) => points.at(-1).count));
  const x = (at) => ((Math.max(at, first) - first) / span * WIDTH).toFixed(1);
  const y = (count) => (HEIGHT - count / most * HEIGHT).toFixed(1);
  const lines = series.map((points, place) => {
    const path = points.map(({at, count}) => `H${x(at)}V${y(count)}`).join("");
    return svg("path", {d: `M0 ${HEIGHT}${path}H${WIDTH}`, class: `series-${place % 6}`});
  });
  const words = names.map((name, place) => `${name} ${series[place].at(-1).count}`).join(", ");
  return el("figure", {class: "chart"},
    el("span", {class: "most quiet"}, String(most)),
    svg("svg", {viewBox: `0 -3 ${WIDTH} ${HEIGHT + 6}`, preserveAspectRatio: "none", role: "img",
      "aria-label": `Since ${clock(first)}: ${words}`}, ...lines),
    el("figcaption", {class: "row quiet"}, el("span", {}, clock(first)), el("span", {}, clock(now))));
}

function steps(timeline, name) {
  let count = 0;
  return timeline.map((bucket) => {
    count += bucket.counts[name] ?? 0;
    return {at: bucket.at, count};
  });
}

export const swatch = (place) =>
  svg("svg", {viewBox: "0 0 24 8", class: "swatch", "aria-hidden": "true"},
    svg("path", {d: "M0 4H24", class: `series-${place % 6}`}));
