"use strict";
// Fetches the simulator's state twice a second and redraws the page when it has changed. Everything from outside is
// inserted as text, never as HTML.

const $ = (id) => document.getElementById(id);
let version = null;
let state = null;

function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 19);
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

function say(text, bad = false) {
  $("said").textContent = text;
  $("said").className = bad ? "bad" : "";
}

async function call(method, path, body, done) {
  try {
    const answer = await fetch(`/_sim/${path}`, {
      method, headers: {"content-type": "application/json"}, body: JSON.stringify(body ?? {}),
    });
    if (!answer.ok) {
      say((await answer.json()).problem, true);
      return;
    }
    say(done);
    await refresh();
  } catch {
    say("The simulator does not answer.", true);
  }
}

function account() {
  const field = $("account");
  return field.reportValidity() ? encodeURIComponent(field.value) : null;
}

function script(words) {
  const id = account();
  if (id) call("POST", `accounts/${id}/script`, {script: words}, `${$("account").value} will meet: ${words}`);
}

function availability(available) {
  if (available === null) return "engagements by the campaigns' rules";
  return available ? "an engagement for everybody" : "no engagement for anybody";
}

function drawSummary() {
  const visitors = state.accounts.reduce((sum, each) => sum + each.visitors, 0);
  const ahead = state.clock.ahead ? `, ${state.clock.ahead} s ahead` : "";
  const everyone = state.script.length ? ` · for every account: ${state.script.join(", then ")}` : "";
  $("summary").textContent =
    `${plural(visitors, "visitor")} · ${plural(state.total, "request")} · clock ${clock(state.clock.now)} UTC${ahead}${everyone}`;
}

function funnel(counts) {
  const most = Math.max(1, ...Object.values(counts));
  const list = el("dl", {class: "funnel"});
  for (const [name, count] of Object.entries(counts)) {
    const meter = el("meter", {min: 0, max: most, value: count, "aria-label": name});
    list.append(el("dt", {}, name), el("dd", {}, meter), el("dd", {}, String(count)));
  }
  return list;
}

function drawAccounts() {
  $("accounts").replaceChildren(...state.accounts.map((each) => el("option", {value: each.id})));
  const items = state.accounts.map((each) => el("div", {class: "account"},
    el("h3", {class: "mono"}, each.id),
    el("p", {}, `${plural(each.visitors, "visitor")}`,
      each.cold ? el("span", {class: "status-odd"}, ` · cold for ${plural(each.cold, "more POST")}`) : null),
    each.available === null ? null : el("p", {class: "status-odd"}, availability(each.available)),
    el("p", {}, "Script in force: ",
      el("span", each.script.length ? {class: "status-bad"} : {class: "quiet"}, each.script.join(", then ") || "none")),
    funnel(each.funnel)));
  $("account-list").replaceChildren(...(items.length ? items : [el("p", {class: "quiet"}, "None was called yet.")]));
}

function drawSession(session) {
  const sdes = session.sdes[$("view").value].map(({type, ...rest}) =>
    el("li", {}, el("strong", {}, type), el("span", {class: "mono"}, JSON.stringify(rest))));
  const tags = [...session.sections.map((name) => `section ${name}`), ...session.impressions];
  return el("div", {class: session.live ? "session live" : "session"},
    el("p", {}, "Session ", el("span", {class: "mono"}, session.id), ` since ${clock(session.createdAt)}, `,
      session.live ? "open" : "ended", " · ",
      session.offered === null ? "no engagement offered" : `offered: ${session.offered}`),
    tags.length ? el("ul", {class: "tags"}, ...tags.map((tag) => el("li", {}, tag))) : null,
    sdes.length ? el("ul", {class: "sdes"}, ...sdes) : el("p", {class: "quiet"}, "No attributes."));
}

function drawVisitors() {
  const items = state.visitors.map((each) => el("article", {class: "visitor"},
    el("h3", {}, "Visitor ", el("span", {class: "mono"}, each.id)),
    el("p", {class: "quiet"}, `account ${each.account} · last seen ${clock(each.lastSeenAt)}`),
    ...each.sessions.map(drawSession)));
  $("visitor-list").replaceChildren(...(items.length ? items : [el("p", {class: "quiet"}, "Nobody yet: send a request.")]));
}

function drawRequests() {
  $("request-list").replaceChildren(...state.requests.map((each) => {
    const kind = each.status === null || each.status >= 400 ? "bad" : "good";
    return el("tr", {},
      el("td", {}, String(each.number)),
      el("td", {}, clock(each.at)),
      el("td", {class: "mono"}, each.account ?? "–"),
      el("td", {title: each.path}, `${each.method} ${each.operation ?? each.path}`),
      el("td", {}, [...each.sdes, ...each.impressions].join(", ") || "–"),
      el("td", each.dropped.length ? {class: "status-odd"} : {}, each.dropped.join(", ") || "–"),
      el("td", {class: `status-${kind}`}, each.status === null ? "none" : String(each.status)),
      el("td", {}, each.fault ?? "–"));
  }));
}

function draw() {
  drawSummary();
  drawAccounts();
  drawVisitors();
  drawRequests();
}

async function refresh() {
  const answer = await fetch(`/_sim/state?version=${encodeURIComponent(version ?? "")}`);
  if (answer.status !== 200) return;
  state = await answer.json();
  version = state.version;
  draw();
}

async function watch() {
  try {
    await refresh();
    document.body.classList.remove("away");
  } catch {
    $("summary").textContent = "The simulator does not answer.";
    version = null;
  }
  setTimeout(watch, document.hidden ? 2000 : 400);
}

for (const button of document.querySelectorAll("[data-script]")) {
  button.addEventListener("click", () => script(button.dataset.script));
}
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () =>
    call("POST", "clock", {advance: Number(button.dataset.advance)}, `The clock moved: ${button.textContent}`));
}
$("controls").addEventListener("submit", (event) => {
  event.preventDefault();
  if ($("script").value.trim()) script($("script").value.trim());
});
$("cold").addEventListener("click", () => {
  const id = account();
  if (id) call("POST", `accounts/${id}/cold`, {times: 1}, `${$("account").value} is cold for one POST`);
});
for (const button of document.querySelectorAll("[data-available]")) {
  button.addEventListener("click", () => {
    const id = account();
    const available = JSON.parse(button.dataset.available);
    if (id) call("POST", `accounts/${id}/available`, {available}, `${$("account").value}: ${availability(available)}`);
  });
}
$("clear-faults").addEventListener("click", () => {
  const id = account();
  if (id) call("DELETE", `accounts/${id}/script`, {}, `${$("account").value}: no faults are waiting`);
});
$("clear").addEventListener("click", () => call("DELETE", "journal", {}, "The journal is empty"));
$("view").addEventListener("change", () => state && drawVisitors());
fetch("/_sim/faults").then((answer) => answer.json()).then(({words}) => { $("words").textContent = `Words: ${words}.`; }, () => {});
watch();
