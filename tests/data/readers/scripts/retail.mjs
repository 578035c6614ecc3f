const TYPE = "type";
const defaults = { currency: "EUR" };

export const viewed = (product, extra) => lpTag.sdes.push({
  type: "prodView",
  [TYPE + "s"]: 1,
  currency: 978,
  products: [
    { product: { name: product.name, category: product.path.join(" > "), sku: product.sku, price: parseFloat(product.price) } },
    ...extra,
  ],
});

export const paid = (order) => lpTag.sdes.push({
  ...defaults,
  type: "purchase",
  total: order.total,
  orderId: `${order.prefix}-${order.number}`,
  cart: { products: order.lines, numItems: order.lines.length, Currency: "EUR", ...order.cart },
});

export const failed = ({ code, message }) => lpTag.sdes.push(
  { type: "error", error: { message, code: String(code) } },
  { type: "error", error: { contextId: "checkout", message: -1, get code() { return code; } } },
  { ...defaults },
);

const searched = (words) => ({ type: "searchInfo", keywords: String(words).split(" ") });
lpTag.sdes.push(searched(location.search));
lpTag.sdes.push({ type: "viewedProduct".slice(0, 4) }, { "type": "viewedproduct" });
