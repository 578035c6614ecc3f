// A shop's own script. lpTag.sdes.push({type: "comment"});
(function (window, shop) {
  window.lpTag = window.lpTag || {};
  lpTag.sdes = lpTag.sdes || [];

  /* lpTag.sdes.send({type: "comment"}) */
  function onCart(cart, currency) {
    const products = cart.lines.map((line) => ({ product: { name: line.title, price: line.price }, quantity: line.count }));
    lpTag.sdes.push({ type: "cart", total: cart.total, currency, numItems: cart.lines.length, products });
    lpTag.sdes.push({
      type: 'cart',
      total: cart.total.toFixed(2),
      numItems: cart.lines.length,
      ...(shop.legacy ? { currency: "USD", Items: 1 } : {}),
      ...(shop.fast && { currency: cart.currency }),
    });
  }

  if (shop.user) {
    (window.lpTag.sdes = window.lpTag.sdes || []).push({ type: "ctmrinfo", info: { [shop.key]: 1, cstatus: `${shop.tier}` } });
    window["lpTag"]["sdes"].send({ "type": "ctmrinfo", "info": { "customerID": shop.user.id } });
  }
  queue.sdes.push({ type: "comment" });
  shop.track && lpTag.sdes.push(shop.attributes(), { type: `${shop.kind}` }, ...shop.more);
  lpTag.sdes.push([{ type: "lead", lead: { value: +shop.value, topic: "ü€🎉", Topic: 1 } }]);
})(window, shop);
