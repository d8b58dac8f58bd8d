// Runs in the page under measurement before anything of it: notes when the words that were asked for appear, long tasks, and frames
// while that is asked for. Read by watched-page.ts.
{
  const notes = { usefulMs: null, longTasks: [], frames: [], watching: false };
  globalThis.benchNotes = notes;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) notes.longTasks.push({ endMs: startTime + duration });
  }).observe({ type: "longtask", buffered: true });
  const seen = new MutationObserver(() => {
    if (!(document.body?.textContent ?? "").includes(globalThis.benchWords)) return;
    notes.usefulMs = performance.now();
    seen.disconnect();
  });
  seen.observe(document, { childList: true, subtree: true, characterData: true });
  const frame = (atMs) => {
    if (notes.watching) notes.frames.push(atMs);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
