import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** @import {App} from "../page/app.js" */

const AppContext = createContext(/** @type {App | null} */ (null));
export const AppProvider = AppContext.Provider;

/** The controllers of all rooms, for a component of any room. @returns {App} */
export function useApp() {
  const app = useContext(AppContext);
  if (!app) throw new Error("useApp outside of <AppProvider>");
  return app;
}
