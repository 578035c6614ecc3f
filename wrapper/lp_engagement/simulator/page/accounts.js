// The accounts, their settings, and the funnel.

import {chart, swatch} from "./chart.js";
import {$, button, el, number, plural, sync} from "./dom.js";

const MOST = 20;
const OFFERS = {null: "by the campaigns' rules", true: "to everybody", false: "to nobody"};

export const availability = (available) => `engagements are offered ${OFFERS[available]}`;

export function drawAccounts(state, chosen, act) {
  sync($("accounts"), state.accounts, (each) => each.id, (each) => el("option", {value: each.id}));
  const some = state.accounts.filter((each) => !chosen.account || each.id === chosen.account);
  const items = some.slice(0, MOST).map(({funnel, ...rest}) => rest);
  sync($("account-list"), items.length ? [...items, {more: some.length - items.length}] : [{more: null}],
    (each) => each.id ?? "more", (each) => each.id === undefined ? more(each.more) : card(each, act));
}

function more(count) {
  if (count === null) return el("p", {class: "quiet"}, "No account was called yet.");
  return el("p", {class: "quiet"}, count ? `And ${number(count)} more: filter by account.` : "");
}

function card(each, act) {
  const offers = el("select", {class: "offers", "aria-label": `Offers of account ${each.id}`},
    ...Object.entries(OFFERS).map(([value, words]) => el("option", {value}, words)));
  offers.value = String(each.available);
  offers.addEventListener("change", () => act.available(each.id, JSON.parse(offers.value)));
  return el("div", {class: "account"},
    el("div", {class: "row"},
      el("h3", {class: "mono"}, each.id),
      button("Filter", () => act.filter({account: each.id}), {class: "small", "aria-label": `Filter by account ${each.id}`})),
    el("p", {}, plural(each.visitors, "visitor"),
      each.cold ? el("span", {class: "status-odd"}, ` · cold for ${plural(each.cold, "more POST")}`) : null),
    el("p", {class: each.available === null ? null : "status-odd"}, "Offered: ", offers),
    el("p", {}, "Script: ",
      el("span", {class: each.script.length ? "status-bad" : "quiet"}, each.script.join(", then ") || "none")));
}

export function drawFunnel(state, chosen) {
  const counts = {};
  for (const each of state.accounts) {
    if (chosen.account && each.id !== chosen.account) continue;
    for (const [name, count] of Object.entries(each.funnel)) counts[name] = (counts[name] ?? 0) + count;
  }
  const names = Object.keys(counts);
  const happened = names.some((name) => counts[name]);
  const title = chosen.account ? `Account ${chosen.account}` : "All accounts";
  const data = {title, counts, timeline: state.timeline, now: happened ? Math.floor(state.clock.now) : 0};
  sync($("funnel"), [data], () => "funnel", () => el("div", {},
    el("p", {class: "quiet"}, happened ? title : "Nothing was offered yet."),
    happened && state.timeline.length ? chart(state.timeline, names, data.now) : null,
    happened ? list(counts) : null));
}

function list(counts) {
  const most = Math.max(1, ...Object.values(counts));
  return el("dl", {class: "funnel"}, ...Object.entries(counts).map(([name, count], place) => [
    el("dt", {}, swatch(place), name),
    el("dd", {}, el("meter", {min: 0, max: most, value: count, "aria-label": name})),
    el("dd", {}, number(count)),
  ]));
}
