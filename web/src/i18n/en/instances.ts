// The list of instances and the page of one.
export const instances = {};
