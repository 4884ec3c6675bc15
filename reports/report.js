// Draws the charts, in the colours of the reader's system, and in light ones for paper.
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const config = { displayModeBar: false, responsive: true };
  const draw = (isDark) =>
    document.querySelectorAll(".chart").forEach((place) => {
      const { data, layout } = figures[place.dataset.figure][isDark ? 1 : 0];
      Plotly.react(place, structuredClone(data), { ...structuredClone(layout), autosize: true }, config);
    });
  draw(dark.matches);
  dark.addEventListener("change", () => draw(dark.matches));
  addEventListener("beforeprint", () => draw(false));
  addEventListener("afterprint", () => draw(dark.matches));
})();
