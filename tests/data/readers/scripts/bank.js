"use strict";
var lpTag = window.lpTag = window.lpTag || { sdes: [] };
lpTag.sdes = lpTag.sdes || [];

var PAGES = { loans: "Loans", cards: "Cards" };

function pageName(path) {
  return PAGES[path.split("/")[1]] || "Other";
}

document.addEventListener("DOMContentLoaded", function () {
  var session = readSession(), loggedIn = !!session.customer;

  if (loggedIn) {
    lpTag.sdes.push({
      type: "ctmrinfo",
      info: {
        cstatus: session.vip ? "vip" : "regular",
        ctype: "retail",
        customerId: session.customer.id + "",
        balance: "" + session.customer.balance,
        accountName: session.customer.company || undefined,
        lastPaymentDate: {
          day: session.paid.getDate(), month: session.paid.getMonth() + 1, year: session.paid.getFullYear()
        },
        registrationDate: "2019-05-04"
      }
    });
  } else {
    lpTag.sdes.push({ type: "lead", lead: { topic: pageName(location.pathname), value: 0, leadID: session.token } });
  }

  window.lpTag.sdes.push(loggedIn
    ? { type: "service", service: { topic: "change of address", status: 99, serviceId: session.ticket } }
    : { type: "mrktInfo", info: { channel: 1, affiliate: document.referrer, campaignId: query("utm_campaign") } });

  var analytics = { sdes: [] };
  analytics.sdes.push({ type: "page" });           // not the tag's list
  window.dataLayer.push({ type: "cart", total: "11" });
});
