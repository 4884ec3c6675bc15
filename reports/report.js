// Draws the charts, in the colours of the reader's system, and in light ones for paper.
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const config = { displayModeBar: false };
  const draw = (isDark) =>
    document.querySelectorAll(".chart").forEach((place) => {
      const { data, layout } = figures[place.dataset.figure][isDark ? 1 : 0];
      const size = { autosize: true, width: place.clientWidth };
      Plotly.react(place, structuredClone(data), { ...structuredClone(layout), ...size }, config);
    });
  draw(dark.matches);
  dark.addEventListener("change", () => draw(dark.matches));
  const paper = (isPaper) => {
    document.documentElement.classList.toggle("paper", isPaper);
    draw(!isPaper && dark.matches);
  };
  addEventListener("beforeprint", () => paper(true));
  addEventListener("afterprint", () => paper(false));
  addEventListener("resize", () => draw(dark.matches));
})();
