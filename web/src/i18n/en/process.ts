// The page of one process: facts, exits, timeline, charts.
export const process = {};
