"use strict";
(() => {
  const format = (value) => (value === null ? "–" : Number(value.toPrecision(3)).toString());
  for (const svg of document.querySelectorAll("svg[data-chart]")) {
    const data = JSON.parse(svg.dataset.chart);
    const hair = svg.querySelector(".hair");
    const words = svg.closest("figure").querySelector(".at");
    const keys = svg.closest("figure").querySelectorAll(".key li");
    const first = data.steps[0];
    const span = data.steps[data.steps.length - 1] - first;
    const at = (step) => data.left + (span ? (step - first) / span : 0.5) * (data.right - data.left);
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
      let best = 0;
      data.steps.forEach((step, place) => {
        if (Math.abs(at(step) - x) < Math.abs(at(data.steps[best]) - x)) best = place;
      });
      hair.setAttribute("x1", at(data.steps[best]));
      hair.setAttribute("x2", at(data.steps[best]));
      hair.style.display = "block";
      words.textContent = `step ${data.steps[best]}`;
      if (!keys.length) words.textContent += `: ${format(data.series[0][1][best])}`;
      for (const key of keys) {
        const found = data.series.find(([name]) => name === key.dataset.name);
        key.querySelector("b").textContent = format(found[1][best]);
      }
    });
    svg.addEventListener("pointerleave", () => {
      hair.style.display = "none";
      words.textContent = "";
      for (const key of keys) key.querySelector("b").textContent = "";
    });
  }
})();
