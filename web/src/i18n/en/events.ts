// The explorer of history.
export const events = {};
