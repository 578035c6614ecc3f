// One request with its answer, side by side, in a dialog.

import {$, button, clock, copyButton, el} from "./dom.js";
import {statusOf} from "./requests.js";

export async function openDetail(number) {
  const answer = await fetch(`/_sim/journal/${number}`);
  const dialog = $("detail");
  if (answer.status === 404) {
    dialog.replaceChildren(head(`Request ${number}`, null), el("p", {}, "The journal no longer has this request."));
  } else {
    dialog.replaceChildren(...content(await answer.json()));
  }
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

function head(title, curl, ...more) {
  return el("div", {class: "row sticky"},
    el("h2", {id: "detail-title"}, title, ...more),
    el("div", {class: "row"}, curl ? copyButton(curl, "Copy as curl") : null,
      button("Close", () => $("detail").close(), {class: "close"})));
}

function content(each) {
  const step = (number, words) => button(words, () => openDetail(number), number < 1 ? {disabled: ""} : {});
  return [
    head(`Request ${each.number} · ${each.operation ?? each.path}`, each.curl, " ", statusOf(each)),
    el("p", {class: "row"},
      el("span", {class: "quiet"}, `${clock(each.at)}${each.account ? ` · account ${each.account}` : ""}`,
        each.visitor ? ` · visitor ${each.visitor}` : ""),
      el("span", {class: "row"}, step(each.number - 1, "Earlier"), step(each.number + 1, "Later"))),
    ...notes(each),
    el("div", {class: "sides"},
      side("Request", `${each.method} ${address(each)}`, each.headers, each.content),
      each.status === null
        ? el("section", {}, el("h3", {}, "Answer"), el("p", {class: "status-bad"}, "None: the connection was cut."))
        : side("Answer", String(each.status), each.answerHeaders, each.answer)),
  ];
}

const address = (each) => {
  const query = new URLSearchParams(each.query).toString();
  return query ? `${each.path}?${query}` : each.path;
};

function notes(each) {
  const notes = [];
  if (each.fault) notes.push(el("p", {class: "note status-odd"}, `A fault decided: ${each.fault}`));
  if (each.problems.length) notes.push(rules("Refused, since the body breaks the spec", each.problems, "status-bad"));
  if (each.dropped.length) notes.push(rules("Dropped without a word, as the API's server does", each.dropped, "status-odd"));
  return notes;
}

function rules(title, broken, kind) {
  return el("div", {class: "note"},
    el("h3", {class: kind}, title),
    el("ul", {}, ...broken.map((each) => el("li", {},
      el("span", {class: "mono"}, each.pointer || "the whole body"), ` ${each.title} [${each.rule}]`,
      each.fix ? el("span", {class: "quiet"}, ` ${each.fix}`) : null))));
}

function side(title, first, headers, body) {
  return el("section", {"aria-label": title},
    el("h3", {}, title),
    el("p", {class: "mono"}, first),
    el("table", {class: "headers"}, el("tbody", {}, ...Object.entries(headers).map(([name, value]) =>
      el("tr", {}, el("th", {scope: "row"}, name), el("td", {class: "mono"}, value))))),
    body ? el("pre", {tabindex: 0, role: "region", "aria-label": `Body of the ${title.toLowerCase()}`}, pretty(body))
      : el("p", {class: "quiet"}, "No body."));
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
