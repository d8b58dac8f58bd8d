// Russian: the page of the controller itself.
export const controller = {};
