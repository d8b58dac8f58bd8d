// Russian: users, grants, tokens, sessions, the audit, the login.
export const access = {};
