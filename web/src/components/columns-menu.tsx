// The menu in which the columns of the process table are chosen.
import { Button, Menu } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { t } from "../i18n/i18n.js";
import { areUsual, CHOICES, type ColumnId, toggleColumn } from "../model/columns.js";

interface ColumnsMenuProps {
  readonly columns: readonly ColumnId[];
  /** Null for the usual ones. */
  readonly onColumns: (columns: readonly ColumnId[] | null) => void;
}

export function ColumnsMenu({ columns, onColumns }: ColumnsMenuProps) {
  return (
    <Menu position="bottom-end" withinPortal closeOnItemClick={false}>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconColumns3 size={15} />}
          title={t("processes:columns.chooseTip")}
        >
          {t("processes:columns.choose")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {CHOICES.map((id) => (
          <Menu.CheckboxItem
            key={id}
            checked={columns.includes(id)}
            onChange={() => onColumns(toggleColumn(columns, id))}
          >
            {t(`processes:columns.${id}`)}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item disabled={areUsual(columns)} onClick={() => onColumns(null)}>
          {t("processes:columns.standard")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
