// A failure as an agent hears it: status code and words. A defect's own words stay in the log.
import { GRPC_CODES } from "@fleetvisor/proto/grpc/codes";
import type { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ServiceError } from "@grpc/grpc-js";

export function refusalOf(error: FleetError): Pick<ServiceError, "code" | "details"> {
  const details = error.kind === "internal" ? "the controller failed; its log says why" : error.message;
  return { code: GRPC_CODES[error.kind], details };
}
