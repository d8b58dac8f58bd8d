// The version that fvctl says of itself.

export const VERSION = "0.1.0";
