// What a page shows while its code is fetched, and when that or its drawing fails: the rest of the page stays.
import { Button } from "@mantine/core";
import { Component, type ReactNode, Suspense } from "react";
import { t } from "../i18n/i18n.js";
import { Failed, Loading } from "./words.js";

interface PageBoundaryProps {
  readonly children: ReactNode;
}

/** Give it a `key` of the page, so that another page begins anew. */
export class PageBoundary extends Component<PageBoundaryProps, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error !== null) {
      return (
        <Failed error={this.state.error} what={t("words:page.failed")}>
          <p>{t("words:page.why")}</p>
          <Button variant="default" size="xs" onClick={() => window.location.reload()}>
            {t("words:page.reload")}
          </Button>
        </Failed>
      );
    }
    return <Suspense fallback={<Loading rows={10} />}>{this.props.children}</Suspense>;
  }
}
