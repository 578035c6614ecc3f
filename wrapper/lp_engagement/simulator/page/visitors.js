// The visitors, with their attributes in a table as an agent sees them.

import {$, button, clock, el, plural, sync} from "./dom.js";

export function drawVisitors(state, chosen, act) {
  const view = $("view").value;
  sync($("visitor-list"), state.visitors.map((each) => ({...each, view})), (each) => `${each.account} ${each.id}`,
    (each) => card(each, act));
  const none = $("visitors-none");
  none.hidden = state.visitors.length > 0;
  none.textContent = state.held.visitors ? "No visitor matches the filter." : "Nobody yet: send a request.";
}

function card(each, act) {
  return el("article", {class: "visitor"},
    el("div", {class: "row"},
      el("h3", {}, "Visitor ", el("span", {class: "mono"}, each.id)),
      button("Requests", () => act.filter({visitor: each.id}), {class: "small", "aria-label": `Requests of visitor ${each.id}`})),
    el("p", {class: "quiet"}, `account ${each.account} · last seen ${clock(each.lastSeenAt)}`),
    ...each.sessions.map((session) => drawSession(session, each.view)),
    each.sessionCount > each.sessions.length
      ? el("p", {class: "quiet"}, `And ${plural(each.sessionCount - each.sessions.length, "earlier session")}.`) : null);
}

function drawSession(session, view) {
  const tags = [...session.sections.map((name) => `section ${name}`), ...session.impressions];
  return el("div", {class: session.live ? "session live" : "session"},
    el("p", {}, "Session ", el("span", {class: "mono"}, session.id), ` since ${clock(session.createdAt)}, `,
      session.live ? "open" : "ended", " · ",
      session.offered === null ? "no engagement offered" : `offered: ${session.offered}`),
    tags.length ? el("ul", {class: "tags"}, ...tags.map((tag) => el("li", {}, tag))) : null,
    session.sdes[view].length ? attributes(session.sdes[view]) : el("p", {class: "quiet"}, "No attributes."));
}

function attributes(sdes) {
  return el("table", {class: "sdes"}, ...sdes.map(({type, ...rest}) => {
    const rows = Object.entries(rest).flatMap(([name, value]) =>
      // Most attributes have an object of their own name around their fields.
      leaves(value, name === type && isBranch(value) ? "" : name));
    return el("tbody", {},
      el("tr", {}, el("th", {colspan: 2, scope: "rowgroup"}, type)),
      ...rows.map(([path, value]) => el("tr", {}, el("th", {scope: "row"}, path), el("td", {}, String(value)))));
  }));
}

const isBranch = (value) => value !== null && typeof value === "object" && Object.keys(value).length > 0;

function leaves(value, path) {
  if (!isBranch(value)) return [[path, typeof value === "string" ? value : JSON.stringify(value)]];
  return Object.entries(value).flatMap(([name, part]) =>
    leaves(part, Array.isArray(value) ? `${path}[${name}]` : path ? `${path}.${name}` : name));
}
