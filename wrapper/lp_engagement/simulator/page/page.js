// Fetches the simulator's state twice a second, and redraws what has changed.

import {availability, drawAccounts, drawFunnel} from "./accounts.js";
import {openDetail} from "./detail.js";
import {$, button, clock, el, number, plural, sync} from "./dom.js";
import {drawRequests, drawStart} from "./requests.js";
import {drawVisitors} from "./visitors.js";

const VISITORS = 25;
const REQUESTS = 50;
const NOTHING = {search: "", account: "", operation: "", status: "", visitor: "", visitors_from: 0, requests_from: 0};

let chosen = {...NOTHING};
let version = null;
let state = null;
let asked = 0;
let alive = null;

// ---------------------------------------------------------------------------------------------------- calls

function say(text, bad = false) {
  $("said").textContent = text;
  $("said").className = bad ? "bad" : "";
}

async function call(method, path, body, done, type = "application/json") {
  try {
    const text = type === "application/json" ? JSON.stringify(body) : body;
    const answer = await fetch(`/_sim/${path}`, {method, headers: {"content-type": type}, body: text});
    if (!answer.ok) {
      say((await answer.json()).problem, true);
      return;
    }
    say(done);
    version = null;
    await refresh();
  } catch {
    say("The simulator does not answer.", true);
  }
}

const act = {
  open: (which) => openDetail(which).catch(() => say("The simulator does not answer.", true)),
  available: (id, available) => call("POST", `accounts/${encodeURIComponent(id)}/available`, {available},
    `${id}: ${availability(available)}`),
  filter: (change) => {
    setFilter(change);
    $("requests").focus();
  },
};

// --------------------------------------------------------------------------------------------------- filter

function setFilter(change) {
  chosen = {...chosen, visitors_from: 0, requests_from: 0, ...change};
  for (const [id, value] of [["search", chosen.search], ["filter-account", chosen.account],
    ["filter-operation", chosen.operation], ["filter-status", chosen.status]]) {
    if ($(id).value !== value) $(id).value = value;
  }
  $("filter-visitor").hidden = !chosen.visitor;
  $("filter-visitor-id").textContent = chosen.visitor;
  version = null;
  return refresh().catch(() => {});
}

function drawFilter() {
  const ids = ["", ...state.accounts.map((each) => each.id)];
  if (chosen.account && !ids.includes(chosen.account)) ids.push(chosen.account);
  sync($("filter-account"), ids, (id) => id, (id) => el("option", {value: id}, id || "all"));
  $("filter-account").value = chosen.account;
}

function drawPager(place, from, size, word, change) {
  const found = state.found[word];
  const held = state.held[word];
  const last = Math.min(from + size, found);
  const range = found ? `${number(from + 1)}–${number(last)} of ${number(found)}` : "";
  const words = found === held ? range : `${range || "none"} (${number(held)} in all)`;
  sync($(place), [{words, from, found}], () => place, () => el("span", {class: "row"},
    el("span", {class: "quiet"}, words),
    found > size ? button("Newer", () => change(Math.max(0, from - size)),
      {class: "newer small", "aria-label": `Newer ${word}`, disabled: from ? null : ""}) : null,
    found > size ? button("Older", () => change(from + size),
      {class: "older small", "aria-label": `Older ${word}`, disabled: last < found ? null : ""}) : null));
}

const page = (change) => setFilter({visitors_from: chosen.visitors_from, requests_from: chosen.requests_from, ...change});

// ------------------------------------------------------------------------------------------------------ draw

function drawSummary() {
  const ahead = state.clock.ahead ? `, ${number(state.clock.ahead)} s ahead` : "";
  const everyone = state.script.length ? ` · for every account: ${state.script.join(", then ")}` : "";
  $("summary").textContent = `${plural(state.held.visitors, "visitor")} · ${plural(state.total, "request")}`
    + ` · clock ${clock(state.clock.now)} UTC${ahead}${everyone}`;
}

function draw() {
  drawSummary();
  drawFilter();
  drawRequests(state, chosen, act);
  drawVisitors(state, chosen, act);
  drawPager("requests-pager", chosen.requests_from, REQUESTS, "requests", (from) => page({requests_from: from}));
  drawPager("visitors-pager", chosen.visitors_from, VISITORS, "visitors", (from) => page({visitors_from: from}));
  drawFunnel(state, chosen);
  drawAccounts(state, chosen, act);
}

async function refresh() {
  const turn = ++asked;
  const query = new URLSearchParams({version: version ?? ""});
  for (const [name, value] of Object.entries(chosen)) if (value) query.set(name, value);
  const answer = await fetch(`/_sim/state?${query}`);
  const found = answer.status === 200 ? await answer.json() : null;
  // A later question may have been answered first.
  if (turn !== asked || found === null) return;
  state = found;
  version = state.version;
  draw();
}

function setAlive(now) {
  if (alive === now) return;
  alive = now;
  document.body.classList.toggle("away", !now);
  for (const each of document.querySelectorAll("#controls button, #controls input, #clear")) each.disabled = !now;
  $("gone").replaceChildren(...(now ? [] : [el("p", {}, el("strong", {}, "The simulator does not answer."),
    state ? " The page shows what it knew, and goes on when the simulator is back." : "")]));
}

async function watch() {
  try {
    await refresh();
    setAlive(true);
  } catch {
    setAlive(false);
    version = null;
  }
  setTimeout(watch, document.hidden ? 2000 : 400);
}

// -------------------------------------------------------------------------------------------------- controls

function account() {
  const field = $("account");
  return field.reportValidity() ? field.value : null;
}

function onAccount(what) {
  return () => {
    const id = account();
    if (id) what(id, `accounts/${encodeURIComponent(id)}`);
  };
}

const script = (words) => onAccount((id, path) =>
  call("POST", `${path}/script`, {script: words}, `${id} will meet: ${words}`))();

for (const each of document.querySelectorAll("[data-script]")) {
  each.addEventListener("click", () => script(each.dataset.script));
}
for (const each of document.querySelectorAll("[data-advance]")) {
  each.addEventListener("click", () =>
    call("POST", "clock", {advance: Number(each.dataset.advance)}, `The clock moved: ${each.textContent}`));
}
for (const each of document.querySelectorAll("[data-available]")) {
  each.addEventListener("click", onAccount((id) => act.available(id, JSON.parse(each.dataset.available))));
}
$("controls").addEventListener("submit", (event) => {
  event.preventDefault();
  if ($("script").value.trim()) script($("script").value.trim());
});
$("cold").addEventListener("click", onAccount((id, path) =>
  call("POST", `${path}/cold`, {times: 1}, `${id} is cold for one POST`)));
$("clear-faults").addEventListener("click", onAccount((id, path) =>
  call("DELETE", `${path}/script`, {}, `${id}: no faults are waiting`)));
$("clear").addEventListener("click", () => call("DELETE", "journal", {}, "The journal is empty"));

$("export").addEventListener("click", async () => {
  const answer = await fetch("/_sim/scenario").catch(() => null);
  if (!answer?.ok) {
    say(answer ? (await answer.json()).problem : "The simulator does not answer.", true);
    return;
  }
  const url = URL.createObjectURL(new Blob([JSON.stringify(await answer.json(), null, 2)], {type: "application/json"}));
  el("a", {href: url, download: "scenario.json"}).click();
  URL.revokeObjectURL(url);
  say("The scenario is saved as scenario.json");
});
$("import").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", async () => {
  const [file] = $("file").files;
  if (file) await call("PUT", "scenario", await file.text(), `The scenario ${file.name} is in force`, "application/yaml");
  $("file").value = "";
});
$("reset").addEventListener("click", () => $("reset-dialog").showModal());
$("reset-dialog").addEventListener("close", () => {
  if ($("reset-dialog").returnValue === "reset") {
    call("POST", "reset", {clock: $("reset-clock").checked}, "The simulator starts again");
  }
  $("reset-dialog").returnValue = "";
});

let typing = null;
$("search").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => setFilter({search: $("search").value.trim()}), 120);
});
for (const name of ["account", "operation", "status"]) {
  $(`filter-${name}`).addEventListener("change", (event) => setFilter({[name]: event.target.value}));
}
$("filter").addEventListener("submit", (event) => event.preventDefault());
$("filter").addEventListener("reset", () => setTimeout(() => setFilter(NOTHING)));
$("view").addEventListener("change", () => state && drawVisitors(state, chosen, act));
$("detail").addEventListener("click", (event) => {
  if (event.target === $("detail")) $("detail").close();
});

function started(start) {
  $("words").textContent = `${start.words}.`;
  $("filter-operation").append(...start.operations.map((name) => el("option", {value: name}, name)));
  drawStart(start);
}
fetch("/_sim/start").then((answer) => answer.json()).then(started, () => {});
watch();
