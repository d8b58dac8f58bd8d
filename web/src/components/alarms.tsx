// What is wrong with the controller itself, or with who speaks for an instance: first on the page, since it casts doubt on the rest.
import type { Alarm } from "@fleetvisor/proto/api/v1";
import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "react-router";
import { Since } from "../lib/clock.js";
import { links } from "../model/links.js";

export function Alarms({ alarms }: { readonly alarms: readonly Alarm[] }) {
  return alarms.map(({ kind, message, sinceMs, instance }) => (
    <Alert
      key={`${kind} ${instance} ${message}`}
      color="red"
      variant="light"
      role="alert"
      icon={<IconAlertTriangle size={18} />}
    >
      <span className="sentence any-break">
        {message}
        {sinceMs > 0 && (
          <>
            {" "}
            (for <Since atMs={sinceMs} />)
          </>
        )}
        {instance !== null && (
          <>
            {" "}
            <Link to={links.instance(instance)}>Show {instance}</Link>
          </>
        )}
      </span>
    </Alert>
  ));
}
