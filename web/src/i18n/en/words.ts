// What a page says when it is empty, loading, failed or forbidden.
export const words = {
  loading: "Loading",
  tryAgain: "Try again",
  forbidden: "No grant of yours allows it; who administers the fleet can give you one.",
  yourAccess: "What you may do",
  page: {
    failed: "This page cannot be shown",
    why: "After an upgrade of the controller an open page has to be loaded anew.",
    reload: "Load it anew",
  },
  selectorUnread: "The selector cannot be read",
  processesFailed: "Processes cannot be shown",
};
