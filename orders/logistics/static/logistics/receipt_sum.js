// While a receipt is filled in: how much of the load is not spoken of yet. The server decides; this only says it sooner.
(() => {
  "use strict";
  const GRAMS = { "斤": 500, "公斤": 1000, "千克": 1000, kg: 1000, "吨": 1e6, t: 1e6, "克": 1, g: 1, "两": 50 };
  const form = document.querySelector("[data-receipt-sum]");
  const said = form && form.querySelector("[data-sum]");
  if (!said) return;
  const field = (name) => form.elements[name];

  function grams(text) {
    const found = text.trim().toLowerCase().match(/^([0-9]+(?:\.[0-9]+)?)\s*(斤|公斤|千克|kg|吨|t|克|g|两)?$/);
    if (!text.trim()) return 0;
    return found ? Math.round(Number(found[1]) * GRAMS[found[2] || "斤"]) : NaN;
  }

  function words(amount) {
    const number = (n) => n.toLocaleString("zh-Hans-CN", { maximumFractionDigits: 3 });
    return `${number(amount / 500)} ${said.dataset.jin} = ${number(amount / 1000)} ${said.dataset.kg}`;
  }

  function show() {
    const parts = ["accepted", "downgraded", "rejected", "missing"].map((name) => grams(field(name).value));
    const left = Number(form.dataset.left) - parts.reduce((sum, one) => sum + one, 0) + grams(field("surplus").value);
    said.hidden = Number.isNaN(left);
    const { wordsLeft, wordsEven, wordsOver } = said.dataset;
    said.textContent = left > 0 ? wordsLeft.replace("#", words(left)) : left < 0 ? wordsOver.replace("#", words(-left)) : wordsEven;
  }

  form.addEventListener("input", show);
  show();
})();
