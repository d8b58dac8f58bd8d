// Russian: keys, the palette, what the search box suggests.
export const keyboard = {};
