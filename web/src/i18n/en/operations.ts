// Verbs, questions before them, operations and their results.
export const operations = {};
