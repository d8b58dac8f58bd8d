// Runs in the page under measurement before anything of it: scrolls, and looks whether rows in the window are still to come. Read by scrolls.ts.
{
  let since = null;
  let longestMs = 0;
  const missing = () => {
    const slots = [...document.querySelectorAll("[role='row'][data-index]")].filter((slot) => {
      const { bottom, top } = slot.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
    return slots.length === 0 ? 1 : slots.filter((slot) => slot.querySelector("a") === null).length;
  };
  let watching = 0;
  const watch = () => {
    since = null;
    longestMs = 0;
    watching += 1;
    const own = watching;
    const look = (atMs) => {
      if (own !== watching) return;
      if (missing() === 0) since = null;
      else {
        since ??= atMs;
        longestMs = Math.max(longestMs, atMs - since);
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  };
  const sweep = (from, to, ms) =>
    new Promise((resolve) => {
      const begun = performance.now();
      const step = () => {
        const share = Math.min(1, (performance.now() - begun) / ms);
        scrollTo(0, document.documentElement.scrollHeight * (from + (to - from) * share));
        if (share < 1) requestAnimationFrame(step);
        else resolve();
      };
      step();
    });
  globalThis.benchScrolling = { watch, missing, longestMs: () => longestMs, sweep };
}
