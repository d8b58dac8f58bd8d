// The list of processes: search, columns, views, export.
export const processes = {};
