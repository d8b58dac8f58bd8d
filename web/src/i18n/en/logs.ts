// Logs: the viewer and the page of several.
export const logs = {};
