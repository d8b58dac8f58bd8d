// Every page of the web UI in dark colours: axe and the content security policy.
import { after } from "node:test";
import { testLooks } from "../helpers/mock-pages.js";
import { closeBrowser } from "../helpers/mock-visit.js";

after(closeBrowser);
testLooks("dark");
