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
import { t } from "../../i18n/i18n.js";
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
      notices.problem(t("instances:remove.failed", { name: instance.name }), FleetError.from(error).message);
    }
  }
  return (
    <Panel
      title={t("instances:remove.title")}
      actions={
        <Button
          variant="default"
          size="xs"
          c="red"
          leftSection={<IconTrash size={15} />}
          onClick={() => setAsked(true)}
        >
          {t("instances:remove.button", { name: instance.name })}
        </Button>
      }
    >
      {t("instances:remove.for")}
      <Confirm
        opened={asked}
        title={t("instances:remove.ask", { name: instance.name })}
        word={t("instances:remove.do")}
        dangerous
        onClose={() => setAsked(false)}
        onConfirm={() => void remove()}
      >
        <p>{t("instances:remove.effect", { count: instance.processCount })}</p>
      </Confirm>
    </Panel>
  );
}
