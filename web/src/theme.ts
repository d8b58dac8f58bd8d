// Defaults of the component kit. Colours and sizes are in styles/theme.css.
import { createTheme, Modal, Tooltip } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "indigo",
  respectReducedMotion: true,
  components: {
    // Locking the scroll would insert a style element, which the content security policy refuses.
    Modal: Modal.extend({ defaultProps: { lockScroll: false } }),
    // What would take the first focus is no item, and nothing else may be in a menu.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true } }),
  },
});
