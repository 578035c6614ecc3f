// The journal's rows, and the first steps while there are none.

import {$, button, clock, copyButton, el, sync} from "./dom.js";

export function drawRequests(state, chosen, act) {
  sync($("request-list"), state.requests, (each) => each.number, (each) => row(each, act));
  const empty = state.held.requests === 0;
  $("start").hidden = !empty;
  $("requests-region").hidden = empty;
  $("requests-links").hidden = empty;
  $("requests-none").hidden = empty || state.requests.length > 0;
}

export function statusOf(each) {
  const kind = each.status === null || each.status >= 400 ? "bad" : "good";
  return el("span", {class: `status status-${kind}`}, each.status === null ? "none" : String(each.status));
}

function row(each, act) {
  const open = () => act.open(each.number);
  const brought = [...each.sdes, ...each.impressions].join(", ");
  const dropped = each.dropped.length > 1 ? `${each.dropped[0]} and ${each.dropped.length - 1} more` : each.dropped[0];
  const made = el("tr", {},
    el("td", {}, button(String(each.number), open, {class: "open", "aria-label": `Open request ${each.number}`})),
    el("td", {}, clock(each.at)),
    el("td", {title: each.path},
      el("span", {class: "what"}, `${each.method} ${each.operation ?? each.path}`),
      el("span", {class: "quiet small-text block"}, [each.account, brought].filter(Boolean).join(" · ")),
      dropped ? el("span", {class: "status-odd small-text block"}, `dropped ${dropped}`) : null),
    el("td", {}, statusOf(each), each.fault ? el("span", {class: "status-odd small-text block"}, each.fault) : null));
  // The button is for the keyboard; a pointer may hit the row anywhere, unless it selects text.
  made.addEventListener("click", (event) => {
    if (!event.target.closest("button") && getSelection().isCollapsed) open();
  });
  return made;
}

export function drawStart(start) {
  const filled = (text) => text.replaceAll("{origin}", location.origin);
  const block = (title, text) => el("div", {class: "snippet"},
    el("div", {class: "row"}, el("h3", {}, title), copyButton(text)),
    el("pre", {tabindex: 0, role: "region", "aria-label": title}, text));
  $("start").replaceChildren(
    el("p", {}, "Nothing has been sent yet. The simulator listens at"),
    block("Address", location.origin),
    el("p", {}, "Send a first request:"),
    block("curl", filled(start.curl)),
    block("Python", filled(start.python)));
}
