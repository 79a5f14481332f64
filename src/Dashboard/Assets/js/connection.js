// Whether the page is live. <html data-connection> drives the banner; [data-live-state] says it in the navigation.
import { onAdded } from "./elements.js";

const words = { connecting: "connecting", live: "live", reconnecting: "reconnecting" };
let state = "connecting";

const say = element => {
  element.dataset.state = state;
  element.textContent = words[state];
};

const become = next => {
  state = next;
  document.documentElement.dataset.connection = next;
  document.querySelectorAll("[data-live-state]").forEach(say);
};

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

const rejoin = async () => {
  for (let attempt = 0; ; attempt++) {
    try {
      // False: the server answers but no longer knows this page (it was restarted, or the break was long).
      if (!(await Blazor.reconnect()))
        await reloadOnceItAnswers();
      return;
    } catch {
      await pause(Math.min(500 * 2 ** attempt, 5_000));
    }
  }
};

// A server that is going down says "no longer known" too, and a reload at that moment would end on the browser's error page.
const reloadOnceItAnswers = async () => {
  for (;;) {
    await pause(1_000);
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (answer?.ok)
      return location.reload();
  }
};

// Blazor takes a failed attempt for a broken page and says so.
const takeBackBroken = () => {
  document.getElementById("blazor-error-ui").style.display = "none";
};

export const connection = {
  started: () => become("live"),
  onConnectionDown: () => {
    become("reconnecting");
    rejoin();
  },
  onConnectionUp: () => {
    takeBackBroken();
    become("live");
  },
};

onAdded("[data-live-state]", say);
