// How to add a host: a join token made on request, and the two things to type with it, ready to copy.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Alert, Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { makeJoinToken } from "../../api/actions.js";
import { CopyLine } from "../../components/copy-line.js";
import { t } from "../../i18n/i18n.js";
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
      <p className={classes.lead}>{t("home:add.lead")}</p>
      <TextInput
        className={classes.address}
        label={t("home:add.address")}
        description={loopback ? t("home:add.loopback") : undefined}
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      {token.data === undefined ? (
        <Button className={classes.make} loading={token.isPending} onClick={() => token.mutate()}>
          {t("home:add.make")}
        </Button>
      ) : (
        <>
          <div>
            <p className={classes.step}>{t("home:add.first")}</p>
            <CopyLine
              label={t("home:add.configuration")}
              text={`[fleetvisor]\ncontroller = ${withPort(address, token.data.agentsPort)}`}
            />
          </div>
          <div>
            <p className={classes.step}>{t("home:add.second")}</p>
            <CopyLine
              label={t("home:add.command")}
              text={`FLEETVISOR_JOIN_TOKEN=${token.data.token} fvagent -c /etc/supervisor/supervisord.conf`}
            />
          </div>
          <p className={classes.note}>
            {t("home:add.note", { moment: formatMoment(token.data.expiresAtMs) })}{" "}
            <Button variant="subtle" size="compact-xs" loading={token.isPending} onClick={() => token.mutate()}>
              {t("home:add.another")}
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
