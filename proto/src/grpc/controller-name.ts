// The one name in every controller's certificate. What makes it the right controller is its authority, which each has of its own; the
// address that leads to it may be any, also one that changes.

export const CONTROLLER_NAME = "controller.fleetvisor.internal";

/** Of a gRPC channel to a controller, whatever its address. */
export const CONTROLLER_CHANNEL = { "grpc.ssl_target_name_override": CONTROLLER_NAME } as const;
