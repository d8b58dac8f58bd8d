// Russian: what a page says when it is empty, loading, failed or forbidden.
export const words = {};
