// Alarms of the controller and the banner for them.
export const alarms = {};
