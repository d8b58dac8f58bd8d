// Russian: the explorer of history.
export const events = {};
