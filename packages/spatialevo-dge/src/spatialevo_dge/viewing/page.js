"use strict";
(() => {
  const place = document.getElementById("scene");
  const figure = JSON.parse(document.getElementById("figure").textContent);
  Plotly.newPlot(place, figure.data, figure.layout, figure.config).then(() => {
    place.dataset.drawn = String(figure.data.length);
  });
})();
