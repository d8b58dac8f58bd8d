// Entry of the web page: puts the app on the screen.
import "./styles/kit.css";
import "./styles/theme.css";
import "./styles/global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.js";
import { startLanguage } from "./i18n/i18n.js";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
await startLanguage();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
