// How to add a host: a join token made on request, and the two things to type with it, ready to copy.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Alert, Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { makeJoinToken } from "../../api/actions.js";
import { CopyLine } from "../../components/copy-line.js";
import { formatMoment } from "../../lib/format.js";
import classes from "./add-host.module.css";

/** The address as agents need it; a port that was typed counts. */
function withPort(address: string, port: number): string {
  return /:\d+$/.test(address) ? address : `${address}:${port}`;
}

export function AddHost() {
  const [address, setAddress] = useState(window.location.hostname);
  const token = useMutation({ mutationFn: () => makeJoinToken({ uses: 1 }) });
  const loopback = /^(localhost|127\.|\[?::1)/.test(address);
  return (
    <div className={classes.steps}>
      <p className={classes.lead}>
        A host joins with a token that works once. Its agent runs the supervisord.conf it already has, then dials this
        controller; no port need be open on the host.
      </p>
      <TextInput
        className={classes.address}
        label="Address of this controller as the host reaches it"
        description={loopback ? "This one works on this machine only." : undefined}
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      {token.data === undefined ? (
        <Button className={classes.make} loading={token.isPending} onClick={() => token.mutate()}>
          Make a join token
        </Button>
      ) : (
        <>
          <div>
            <p className={classes.step}>1. Add to the host's supervisord.conf</p>
            <CopyLine
              label="configuration"
              text={`[fleetvisor]\ncontroller = ${withPort(address, token.data.agentsPort)}`}
            />
          </div>
          <div>
            <p className={classes.step}>2. Start its agent once with the token; later starts need none</p>
            <CopyLine
              label="command"
              text={`FLEETVISOR_JOIN_TOKEN=${token.data.token} fvagent -c /etc/supervisor/supervisord.conf`}
            />
          </div>
          <p className={classes.note}>
            The token is shown this once and ends {formatMoment(token.data.expiresAtMs)}. The host appears here by
            itself.{" "}
            <Button variant="subtle" size="compact-xs" loading={token.isPending} onClick={() => token.mutate()}>
              Make another
            </Button>
          </p>
        </>
      )}
      {token.isError && (
        <Alert color="red" variant="light" role="alert">
          <span className="sentence any-break">{FleetError.from(token.error).message}</span>
        </Alert>
      )}
    </div>
  );
}
