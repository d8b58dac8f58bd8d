// Taking an instance out of the fleet: apart from all else, with what happens and what does not.
import type { Instance } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Button } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { removeInstance } from "../../api/actions.js";
import { Confirm } from "../../components/confirm.js";
import { useNotices } from "../../components/notices.js";
import { Panel } from "../../components/panel.js";
import { plural } from "../../lib/format.js";
import { links } from "../../model/links.js";

export function RemoveInstance({ instance }: { readonly instance: Instance }) {
  const [asked, setAsked] = useState(false);
  const notices = useNotices();
  const navigate = useNavigate();
  async function remove() {
    try {
      await removeInstance(instance.name);
      await navigate(links.instances());
    } catch (error) {
      notices.problem(`Could not remove ${instance.name}`, FleetError.from(error).message);
    }
  }
  return (
    <Panel
      title="Remove from the fleet"
      actions={
        <Button
          variant="default"
          size="xs"
          c="red"
          leftSection={<IconTrash size={15} />}
          onClick={() => setAsked(true)}
        >
          Remove {instance.name}
        </Button>
      }
    >
      For a host that is gone for good. Its history stays until its time is over.
      <Confirm
        opened={asked}
        title={`Remove ${instance.name} from the fleet`}
        word="Remove"
        dangerous
        onClose={() => setAsked(false)}
        onConfirm={() => void remove()}
      >
        <p>
          Its certificate counts no more: the agent is refused until it joins again with a new token.{" "}
          {plural(instance.processCount, "process", "processes")} on the host will go on as they are, seen by nobody
          here.
        </p>
      </Confirm>
    </Panel>
  );
}
