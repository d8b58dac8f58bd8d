// The page of the fleet: what is wrong first.
export const home = {};
