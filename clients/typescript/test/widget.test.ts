// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { isWorthSaying } from "../src/widget/announcing.js";
import { hueOf, hues, initialsOf } from "../src/widget/initials.js";
import { ViewerCountElement, type WhosWatchingElement } from "../src/widget/widget.js";
import { badges, FakeSite } from "./support/FakeSite.js";
import { json, refusal, unreachable } from "./support/FakeServer.js";
import { settle } from "./support/ManualClock.js";

afterEach(async () => {
  document.body.replaceChildren();
  await settle();
});

async function shown<T extends ViewerCountElement>(site: FakeSite, html: string): Promise<T> {
  ViewerCountElement.environment = site;
  document.body.innerHTML = html;
  await settle();
  return document.body.querySelector<T>("viewer-count, whos-watching")!;
}

const count = '<viewer-count room="link" server="https://presence.test/"></viewer-count>';
const faces = '<whos-watching room="link" server="https://presence.test"></whos-watching>';
const textOf = (element: ViewerCountElement, part: string) => element.shadowRoot!.querySelector(`[part=${part}]`)!.textContent;
const pass = (site: FakeSite, seconds: number) => site.clock.advance(seconds * 1000);

test("viewerCount_ofALink_showsTheCountAndKeepsItUpToDate", async () => {
  const site = new FakeSite();
  site.count = 1240;
  document.documentElement.lang = "en";

  const element = await shown(site, count);
  expect([textOf(element, "count"), textOf(element, "label"), element.status, element.count]).toEqual(["1,240", "watching", "live", 1240]);
  let changes = 0;
  element.addEventListener("change", () => changes++);
  site.count = 1241;
  await pass(site, 4.7);
  expect(element.count).toBe(1240);
  await pass(site, 0.3);

  expect([element.count, changes]).toEqual([1241, 1]);
  const { path, init, token } = site.server.requests[0]!;
  expect([path, token, init.credentials, init.method]).toEqual(["/badge/link.json", "", "omit", undefined]);
});

test("viewerCount_beforeTheFirstAnswer_hasADashInPlaceOfTheNumber", async () => {
  const site = new FakeSite();
  site.answersOnce("never");

  const element = await shown(site, count);

  expect([textOf(element, "count"), element.status, element.count]).toEqual(["–", "loading", undefined]);
});

test("viewerCount_inAPageOfAnotherLanguage_writesNumbersAndWordsAsItDoes", async () => {
  const site = new FakeSite();
  site.count = 1240;

  const element = await shown(site, `<p lang="de">${count.replace("></", ' label="sehen zu"></')}</p>`);

  expect([textOf(element, "count"), textOf(element, "label")]).toEqual(["1.240", "sehen zu"]);
  element.parentElement!.lang = "no-such-language-at-all";
  site.count = 7;
  await pass(site, 5);
  expect(textOf(element, "count")).toBe("7");
});

test("elements_ofOneLink_shareItsRequests", async () => {
  const site = new FakeSite();

  await shown(site, count + count + faces);
  await pass(site, 5);

  expect(site.server.of(badges)).toHaveLength(2);
});

test("viewerCount_whileTheServerIsAway_keepsItsLastNumberAndSaysThatItStandsStill", async () => {
  const site = new FakeSite();
  const element = await shown(site, count);
  site.answersOnce(unreachable(), 3);
  site.count = 9;

  await pass(site, 5);
  expect(element.status).toBe("live"); // once is a moment
  await pass(site, 2);
  expect([element.status, textOf(element, "count"), textOf(element, "note")]).toEqual(["stale", "3", "not updated at the moment"]);
  expect(element.shadowRoot!.querySelector("[part=line]")!.className).toBe("line stale");
  await pass(site, 8);

  expect([element.status, textOf(element, "count"), textOf(element, "note")]).toEqual(["live", "9", ""]);
});

test("viewerCount_ofAServerThatAsksToWait_waits", async () => {
  const site = new FakeSite();
  await shown(site, count);
  site.answersOnce(refusal(429, 400311, { "Retry-After": "40" }));

  await pass(site, 5 + 39);
  expect(site.server.of(badges)).toHaveLength(2);
  await pass(site, 3);

  expect(site.server.of(badges)).toHaveLength(3);
});

test("viewerCount_whenTheNetworkIsBack_asksAtOnce", async () => {
  const site = new FakeSite();
  const element = await shown(site, count);
  site.answersOnce(refusal(429, 400311, { "Retry-After": "600" }), 2);
  await pass(site, 5);

  site.tell("online");
  await settle();
  expect(element.status).toBe("stale");
  site.tell("online");
  await settle();

  expect(element.status).toBe("live");
});

test("viewerCount_whilePresenceIsOff_showsNoNumberAndAsksLessAndLessOften", async () => {
  const site = new FakeSite();
  site.answersOnce(refusal(403, 400300), 2);
  const element = await shown(site, count);
  expect([element.status, textOf(element, "count")]).toEqual(["off", "–"]);

  await pass(site, 53);
  expect(site.server.of(badges)).toHaveLength(1);
  await pass(site, 7);
  expect(site.server.of(badges)).toHaveLength(2);
  await pass(site, 107);
  expect(site.server.of(badges)).toHaveLength(2);
  await pass(site, 13);

  expect([element.status, textOf(element, "count")]).toEqual(["live", "3"]);
});

test("viewerCounts_ofManyLinks_leaveTwoOfTheBrowsersConnectionsToThePage", async () => {
  const site = new FakeSite();
  site.answersOnce("never", 60);
  await shown(site, Array.from({ length: 60 }, (_, link) => count.replace('"link"', `"link-${link}"`)).join(""));
  expect(site.server.of(badges)).toHaveLength(4);

  await pass(site, 10);
  expect(site.server.of(badges)).toHaveLength(8); // those that were not answered made room
  await pass(site, 300);

  expect([...document.querySelectorAll<ViewerCountElement>("viewer-count")].map(element => element.status)).toEqual(Array(60).fill("live"));
});

test("viewerCount_ofALinkTakenBack_asksNoMoreUntilThePageIsNextShown", async () => {
  const site = new FakeSite();
  const element = await shown(site, count);
  site.answersOnce(refusal(404, 400400), 2);
  await pass(site, 5);
  expect([element.status, textOf(element, "count"), element.count]).toEqual(["gone", "–", undefined]);

  await pass(site, 3600);
  expect(site.server.of(badges)).toHaveLength(2);
  site.setHidden(true);
  site.setHidden(false);
  await settle();

  expect(site.server.of(badges)).toHaveLength(3);
});

test("viewerCount_whileThePageIsHidden_asksForNothingAndAtOnceWhenShown", async () => {
  const site = new FakeSite();
  const element = await shown(site, count);
  site.setHidden(true);
  site.count = 4;

  await pass(site, 600);
  expect(site.server.of(badges)).toHaveLength(1);
  site.setHidden(false);
  await settle();

  expect(element.count).toBe(4);
});

test("viewerCount_takenOffThePage_leavesNothingBehind", async () => {
  const site = new FakeSite();
  const element = await shown(site, count);

  element.remove();
  await settle();
  expect([site.clock.timers, site.listeners]).toEqual([0, 0]);
  document.body.append(element);
  await settle();

  expect([element.status, site.server.of(badges).length]).toEqual(["live", 2]);
});

test("viewerCount_ofAnotherLinkOrNone_followsIt", async () => {
  const site = new FakeSite();
  const element = await shown(site, count);

  element.setAttribute("room", "ä/b");
  await settle();
  expect(site.server.requests.at(-1)!.path).toBe("/badge/%C3%A4%2Fb.json");
  element.removeAttribute("room");
  await settle();

  expect([element.status, site.clock.timers]).toEqual(["loading", 0]);
});

test("viewerCount_anAnswerThatIsNotTheServers_isAFailure", async () => {
  const site = new FakeSite();
  site.answersOnce(new Response("<html>"), 1);
  site.answersOnce(json(200, { hello: 1 }), 1);
  const element = await shown(site, count);
  await pass(site, 2);
  expect(element.count).toBeUndefined();

  await pass(site, 5);

  expect(element.count).toBe(3);
});

test("whosWatching_ofALinkThatShowsNames_hasAFaceForEachUpToItsMost", async () => {
  const site = new FakeSite();
  site.count = 1240;
  site.names = ["Ada Lovelace", "grace", "Jürgen-Peter Ü", "<b>x</b>", "李小龍", "Frances", "Hedy"];

  const element = await shown<WhosWatchingElement>(site, faces);

  const found = [...element.shadowRoot!.querySelectorAll<HTMLElement>("[part=face]")];
  expect(found.map(face => [face.title, face.firstChild!.textContent])).toEqual(
    [["Ada Lovelace", "AL"], ["grace", "GR"], ["Jürgen-Peter Ü", "JÜ"], ["<b>x</b>", "<B"], ["李小龍", "李小"]]);
  expect(element.shadowRoot!.querySelector("b")).toBeNull();
  element.setAttribute("max", "2");
  expect(element.shadowRoot!.querySelectorAll("[part=face]")).toHaveLength(2);
  const [first] = element.shadowRoot!.querySelectorAll("[part=face]");
  await pass(site, 5);
  expect(element.shadowRoot!.querySelector("[part=face]")).toBe(first); // the same people are not drawn anew
});

test("whosWatching_ofViewersWithPictures_showsThemFromTheServerOverTheirInitials", async () => {
  const site = new FakeSite();
  site.names = ["Ada Lovelace", "Grace"];
  site.pictures = { Grace: "link/pictures/key" };

  const element = await shown<WhosWatchingElement>(site, faces);
  const pictures = () => [...element.shadowRoot!.querySelectorAll<HTMLImageElement>("[part=face] img")];

  expect(pictures().map(picture => [picture.src, picture.alt, picture.loading, picture.parentElement!.title])).toEqual(
    [["https://presence.test/badge/link/pictures/key", "", "lazy", "Grace"]]);
  site.pictures = { Grace: "link/pictures/other" };
  await pass(site, 5);
  expect(pictures().map(picture => picture.src)).toEqual(["https://presence.test/badge/link/pictures/other"]);
  pictures()[0]!.dispatchEvent(new Event("error"));
  expect(pictures()).toEqual([]);
  expect(element.shadowRoot!.querySelectorAll("[part=face]")[1]!.firstChild!.textContent).toBe("GR");
});

test("whosWatching_ofALinkThatShowsNone_isACount", async () => {
  const site = new FakeSite();

  const element = await shown<WhosWatchingElement>(site, faces);

  expect(textOf(element, "count")).toBe("3");
  expect(element.shadowRoot!.querySelector<HTMLElement>("[part=faces]")!.hidden).toBe(true);
});

test("viewerCount_toAScreenReader_saysACountAgainOnlyWhenItIsAnother", async () => {
  const site = new FakeSite();
  site.count = 100;
  const element = await shown(site, count);
  expect(textOf(element, "status")).toBe(""); // it is read with the page

  site.count = 150;
  await pass(site, 30);
  expect(textOf(element, "status")).toBe("");
  await pass(site, 35);

  expect(textOf(element, "status")).toBe("150 watching");
});

test.each([
  [100, 109, 60_000, false],
  [100, 110, 60_000, true],
  [100, 90, 60_000, true],
  [100, 200, 59_999, false],
  [0, 1, 60_000, true],
  [3, 3, 600_000, false],
])("isWorthSaying_%i_then_%i_after_%i_ms_is_%s", (before, now, elapsed, expected) => {
  expect(isWorthSaying({ count: before, at: 0 }, now, elapsed)).toBe(expected);
});

test("initialsAndHue_ofAnyName_areThere", () => {
  expect(["", " ", "a", "👩‍🚀 x", "Grace Knuth 2", "4 2"].map(initialsOf)).toEqual(["?", "?", "A", "X", "GK", "42"]);
  for (const name of ["", "anna", "李小龍", "👩‍🚀"])
    expect(hueOf(name)).toBeLessThan(hues);
  expect(hueOf("anna")).toBe(hueOf("anna"));
});
