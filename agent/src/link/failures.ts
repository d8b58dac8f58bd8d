// What grpc-js and OpenSSL say of a connection that cannot be had, in words for the operator of a host.

const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [
    /wrong version number|packet length too long|http request|tlsv1 alert|unexpected message/i,
    "what listens there does not speak TLS as a controller does",
  ],
  [/ECONNREFUSED/, "connection refused"],
  [/ECONNRESET|socket hang up|before secure TLS connection/, "the connection was cut as it was made"],
  [/ENOTFOUND|EAI_AGAIN|Name resolution failed/, "its name cannot be resolved"],
  [/EHOSTUNREACH|ENETUNREACH/, "there is no route to it"],
  [/ETIMEDOUT|no answer in time/, "no answer in time"],
];

/** One line out of the text of an error; a text that is not known is kept, without what the library adds to it. */
export function describeFailure(text: string): string {
  const meant = MEANINGS.find(([pattern]) => pattern.test(text));
  if (meant !== undefined) return meant[1];
  return text
    .replace(/^No connection established\. Last error: (?:Error: )?/, "")
    .replace(/\.? Resolution note: .*$/s, "")
    .replace(/\s+/g, " ")
    .trim();
}
