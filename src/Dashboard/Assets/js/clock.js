// Ages tick here and not on the server: [data-age] holds a moment (Unix ms), counted up once a second.
// [data-at] holds a moment to be told in the reader's own time zone.
import { onAdded } from "./elements.js";

const fetched = performance.timeOrigin + performance.getEntriesByType("navigation")[0].responseStart;
const ahead = Number(document.body.dataset.serverNow) - fetched;
const serverNow = () => Date.now() + ahead;

export const age = milliseconds => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = number => String(number).padStart(2, "0");
  if (seconds < 60)
    return `${seconds} s`;
  if (seconds < 3_600)
    return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  if (seconds < 86_400)
    return `${Math.floor(seconds / 3_600)} h ${two(Math.floor(seconds / 60) % 60)} m`;
  return `${Math.floor(seconds / 86_400)} d ${two(Math.floor(seconds / 3_600) % 24)} h`;
};

const put = (element, text) => {
  if (element.textContent !== text)
    element.textContent = text;
};

const formats = {
  second: new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
  minute: new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  day: new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  date: new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" }),
};

export const clock = (milliseconds, format) => {
  const isToday = new Date(milliseconds).toDateString() === new Date(serverNow()).toDateString();
  return formats[format ?? (isToday ? "second" : "day")].format(milliseconds);
};

// Of a device that is shown as it was, ages are those of that moment: [data-as-of] holds it.
const moment = element => Number(element.closest("[data-as-of]")?.dataset.asOf) || serverNow();
const showAge = element => put(element, age(moment(element) - Number(element.dataset.age)));
const showTime = element => put(element, clock(Number(element.dataset.at), element.dataset.format));

onAdded("[data-age]", showAge);
onAdded("[data-at]", showTime);
setInterval(() => document.querySelectorAll("[data-age]").forEach(showAge), 1_000);
