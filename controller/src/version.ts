// The version that the controller says of itself.
export const VERSION = "0.1.0";
