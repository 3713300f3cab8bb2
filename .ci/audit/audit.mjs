// Audits the running site: `npm ci && LOGIN=… PASSWORD=… node audit.mjs http://127.0.0.1:8080`.
// The login and password are those of an owner, who sees the pages for editors too.
// Needs `java` (11 or newer) and Chromium: CHROME_PATH, or /usr/bin/chromium.
// Exits with 0 if every page passes.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { inspect, promisify } from 'node:util';

import axe from 'axe-core';
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';
import vnuJar from 'vnu-jar';

/** One address for each kind of page, with the status it must answer. */
const PAGES = [
  ['/', 200],
  ['/professions/front-end', 200],
  ['/professions/front-end/middle', 200],
  // No requirements, only a note.
  ['/professions/front-end/junior', 200],
  // A ladder that is not described yet, and its grade.
  ['/professions/postgresql-analyst', 200],
  ['/professions/postgresql-analyst/middle', 200],
  // A profession without a ladder.
  ['/professions/qa-automation', 200],
  ['/compare', 200],
  ['/compare?from=front-end/middle&to=full-stack/middle', 200],
  ['/compare?level=middle', 200],
  ['/compare?level=middle&track=web', 200],
  // A level that no ladder has.
  ['/compare?level=senior-plus-plus', 200],
  ['/skills', 200],
  ['/skills?by=category', 200],
  ['/skills/react', 200],
  ['/search', 200],
  ['/search?q=react', 200],
  ['/search?q=%D0%B2%D0%B5%D1%80%D1%81%D1%82%D0%BE%D1%87%D0%BA%D0%B0', 200],
  ['/search?q=git&page=9', 404],
  ['/matrix', 200],
  ['/matrix?track=web', 200],
  ['/matrix?profession=front-end', 200],
  ['/matrix?profession=qa-automation', 200],
  ['/check', 200],
  ['/check?profession=front-end&grade=middle', 200],
  // An answer is to nothing the grade asks.
  ['/check?profession=front-end&grade=middle&yes=486t83.5fd546.abc123&partly=fydcys&na=hp1qcf', 200],
  // Answers from another profession.
  ['/check?profession=full-stack&grade=middle&from=front-end/middle&yes=486t83.5fd546', 200],
  ['/check?profession=postgresql-analyst&grade=middle', 200],
  ['/defence', 200],
  ['/defence?profession=front-end&grade=middle&yes=486t83.5fd546&no=fydcys', 200],
  ['/mentoring', 200],
  ['/changes', 200],
  ['/changes?profession=front-end', 200],
  ['/changes?before=1', 200],
  ['/changes/1', 200],
  ['/releases', 200],
  ['/releases/2026.1', 200],
  ['/releases/2026.1/compare?with=2026.2', 200],
  ['/releases/2026.1/compare?with=now', 200],
  // A page as it stood, and no such state.
  ['/professions/front-end/senior?at=1', 200],
  ['/professions/front-end/senior?at=999999', 404],
  ['/skills?by=category&at=31.02.2026', 422],
  // What changed since the address was made.
  ['/check?profession=front-end&grade=senior&yes=&revision=1', 200],
  ['/plan?profession=front-end&grade=middle&since=2026-05-31&to=senior&revision=1', 200],
  ['/defence?profession=front-end&grade=senior&yes=&revision=1', 200],
  ['/api', 200],
  ['/rules', 200],
  ['/plan', 200],
  ['/plan?profession=front-end&grade=junior&since=2026-05-31&to=senior&failed=1', 200],
  ['/plan?since=&to=', 422],
  ['/salary', 200],
  ['/salary?profession=front-end&floor=80000&ceiling=400000&currency=RUB&round=1000', 200],
  ['/salary?floor=-1&ceiling=0&base=1', 422],
  ['/learning', 200],
  ['/profile', 200],
  ['/admin/sign-in', 200],
  ['/nothing-here', 404],
  ['/?page=x', 400],
];
/** The same for those signed in. */
const EDITOR_PAGES = [
  ['/admin', 200],
  ['/admin/professions/front-end/middle', 200],
  ['/admin/professions/front-end/middle/history', 200],
  ['/admin/professions/front-end/middle/delete', 200],
  ['/admin/professions/front-end', 200],
  ['/admin/professions/front-end/delete', 200],
  // The form to take a ladder from elsewhere stands only where there is none.
  ['/admin/professions/ios', 200],
  ['/admin/new-profession', 200],
  ['/admin/professions/front-end/history', 200],
  ['/admin/check', 200],
  ['/admin/tracks', 200],
  ['/admin/rules', 200],
  ['/admin/rules/history', 200],
  ['/admin/tracks/web/history', 200],
  ['/admin/releases', 200],
  ['/admin/changes/1', 200],
  ['/admin/scales', 200],
  ['/admin/new-scale', 200],
  ['/admin/transfer', 200],
  ['/admin/formatting', 200],
  ['/admin/trash', 200],
  ['/admin/skills', 200],
  ['/admin/skills?q=react', 200],
  ['/admin/new-skill', 200],
  ['/admin/without-skills', 200],
  ['/admin/skills/react', 200],
  ['/admin/skills/react/history', 200],
  ['/admin/skills/react/merge', 200],
  ['/admin/skills/react/merge?into=redux', 200],
  ['/admin/skills/react/delete', 200],
  ['/admin/account', 200],
  ['/admin/editors', 200],
  ['/admin/editors/1', 200],
  ['/admin/editors/1/disable', 200],
  ['/admin/tokens', 200],
  ['/admin/audit', 200],
  // A public page with its links for editing.
  ['/professions/front-end?signed-in', 200],
  ['/skills/react?signed-in', 200],
];
const LIGHTHOUSE_PATHS = [
  '/',
  '/professions/front-end',
  '/professions/front-end/middle',
  '/search',
  '/matrix',
  '/matrix?profession=front-end',
  '/rules',
  '/plan',
  '/salary',
  '/check',
  '/mentoring',
  '/changes',
  '/releases/2026.1',
  '/learning',
];
const ICON = '/favicon.svg';

const MAX_FIRST_VISIT = 14_000;

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const VIEWS = ['light', 'dark'].flatMap((scheme) =>
  [1280, 360].map((width) => ({ scheme, width, name: `${scheme}, ${width} px` })),
);

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const MIN_SCORE = 0.98;
const PERFORMANCE_RUNS = 3;
/** How often a page is tried whose start was missed. */
const START_RUNS = 3;

const CHROME_PATH = process.env.CHROME_PATH ?? '/usr/bin/chromium';
const CHROME_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const MAX_PLACES = 30;

const STEPS = [
  ['First visit', firstVisit],
  ['Nu HTML checker', nu],
  ['axe', axeStep],
  ['Lighthouse', lighthouseStep],
];

/** A grade that is changed, so that there is a history to show. */
const CHANGED = '/admin/professions/front-end/senior';

/** Files that are sent: a table, and one with errors. */
const FILES = [
  ['Инженер.csv', 'Навык;Джун;Мидл\nSQL;1;3\nПоиск;2;3\n'],
  ['Ошибки.toml', '[[profession]]\ntitel = ""\n'],
];

/** The cookie of an editor's session. */
let session;

process.exitCode = (await main(process.argv[2])) ? 0 : 1;

async function main(base) {
  if (!URL.canParse(base)) {
    console.error('usage: node audit.mjs BASE_URL');
    return false;
  }
  session = await signIn(base);
  await makeToken(base);
  await makeHistory(base);
  for (const file of FILES) await sendFile(file, base);
  const failed = [];
  for (const [name, step] of STEPS) {
    console.log(`\n== ${name}`);
    try {
      if (!(await passes(step, base))) failed.push(name);
    } catch (error) {
      console.log(`FAIL: broke down; the steps after this one are not tried.\n${inspect(error)}`);
      return false;
    }
  }
  console.log(failed.length > 0 ? `\nFAILED: ${failed.join(', ')}` : '\nEverything passed.');
  return failed.length === 0;
}

async function signIn(base) {
  const { LOGIN: login, PASSWORD: password } = process.env;
  const body = new URLSearchParams({ login, password, to: '/admin' });
  const request = { method: 'POST', body, redirect: 'manual' };
  const answer = await fetch(address('/admin/sign-in', base), request);
  if (answer.status !== 303) throw new Error(`signing in answered ${answer.status}`);
  return answer.headers.get('set-cookie').split(';')[0];
}

/** Makes a token for programs, so that their page has one to list. */
async function makeToken(base) {
  const form = { action: 'add', name: 'Проверка', scope: 'read', days: '30' };
  const { status } = await send('/admin/tokens', form, base);
  // An audit before this one may have made it.
  if (![200, 422].includes(status)) throw new Error(`making a token answered ${status}`);
}

/** Makes two changes, each with a release. */
async function makeHistory(base) {
  for (const name of ['2026.1', '2026.2']) {
    const note = `Для выпуска ${name}`;
    const [, version] = /name="version" value="(\d+)"/.exec(await pageOf(CHANGED, base));
    const text = `Отвечает за проект.\n\n- Учит других\n- Пишет статьи, ${version}`;
    const saved = await send(CHANGED, { version, text, note, action: 'save' }, base);
    if (saved.status !== 303) throw new Error(`changing a grade answered ${saved.status}`);
    const { status } = await send('/admin/releases', { name, note }, base);
    // An audit before this one may have named it.
    if (![303, 422].includes(status)) throw new Error(`naming a release answered ${status}`);
  }
}

/** Sends a file to be imported, and adds the pages that it leads to. */
async function sendFile([name, content], base) {
  const form = new FormData();
  form.set('token', await tokenOf('/admin/transfer', base));
  form.set('files', new Blob([content]), name);
  const answer = await post('/admin/transfer', form, base);
  if (answer.status !== 303) throw new Error(`sending a file answered ${answer.status}`);
  const path = answer.headers.get('location');
  EDITOR_PAGES.push([path, 200]);
  if (name.endsWith('.csv')) EDITOR_PAGES.push([`${path}/table`, 200]);
}

/** Sends a form of an editor's page. */
async function send(path, fields, base) {
  const token = await tokenOf(path, base);
  return post(path, new URLSearchParams({ token, ...fields }), base);
}

async function post(path, body, base) {
  const headers = { cookie: session };
  return fetch(address(path, base), { method: 'POST', headers, body, redirect: 'manual' });
}

/** The token of the forms of an editor's page. */
async function tokenOf(path, base) {
  const [, token] = /name="token" value="([^"]+)"/.exec(await pageOf(path, base));
  return token;
}

async function pageOf(path, base) {
  const { text } = await fetchText(path, 200, base, { cookie: session });
  return text;
}

/** Runs a step, which tells what it looked at and what it found. */
async function passes(step, base) {
  const start = performance.now();
  const { looked, findings } = await step(base);
  const all = [...findings, ...unseen(looked)];
  printGrouped(all);
  const verdict = all.length === 0 ? 'pass' : 'FAIL';
  const counts = Object.entries(looked).map(([kind, count]) => `${kind}: ${count}`);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${verdict}: looked at ${counts.join(', ')}; findings: ${all.length}; ${seconds} s`);
  return all.length === 0;
}

/** A check that looked at nothing would pass for ever. */
function unseen(looked) {
  return Object.entries(looked)
    .filter(([, count]) => count === 0)
    .map(([kind]) => ({ what: 'nothing to look at', where: kind }));
}

/** Prints each finding once with all its places: a fault of the layout is on every page. */
function printGrouped(findings, indent = '') {
  const places = new Map();
  for (const { what, where } of findings) {
    places.set(what, (places.get(what) ?? new Set()).add(where));
  }
  for (const [what, wheres] of places) {
    console.log(`${indent}${what}`);
    for (const where of [...wheres].slice(0, MAX_PLACES)) console.log(`${indent}    ${where}`);
    const more = wheres.size - MAX_PLACES;
    if (more > 0) console.log(`${indent}    and ${more} more places`);
  }
}

// First visit ------------------------------------------------------------------------------------

/** Weighs what a browser fetches for `/`, and the icon, which a headless browser leaves out. */
async function firstVisit(base) {
  const findings = [];
  let total = 0;
  const urls = await fetchedFor('/', base);
  for (const url of urls) {
    const { status, encoding, bytes } = await sent(url);
    total += bytes;
    console.log(`${String(bytes).padStart(7)}  ${encoding.padEnd(5)}  ${url}`);
    if (status !== 200) findings.push({ what: `answered ${status}, not 200`, where: url });
  }
  console.log(`${String(total).padStart(7)}  in all, of ${MAX_FIRST_VISIT} bytes`);
  if (total > MAX_FIRST_VISIT) {
    findings.push({ what: `${total} bytes, more than ${MAX_FIRST_VISIT}`, where: '/' });
  }
  return { looked: { addresses: urls.length }, findings };
}

async function fetchedFor(path, base) {
  return withBrowser(async (browser) => {
    const page = await browser.newPage();
    const urls = [];
    page.on('request', (request) => urls.push(request.url()));
    await page.goto(address(path, base), { waitUntil: 'networkidle' });
    const icons = await page.$$eval('link[rel~=icon]', (links) => links.map(({ href }) => href));
    // What is in a data: address came with the file that names it.
    return [...new Set([...urls, ...icons])].filter((url) => !url.startsWith('data:'));
  });
}

/** The body as sent: `fetch` would count it decompressed. */
function sent(url) {
  const { get } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { 'Accept-Encoding': 'br' } }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk) => { bytes += chunk.length; });
      answer.on('error', reject);
      answer.on('end', () => resolve({
        status: answer.statusCode,
        encoding: answer.headers['content-encoding'] ?? 'plain',
        bytes,
      }));
    });
    request.on('error', reject);
  });
}

// Nu HTML checker --------------------------------------------------------------------------------

async function nu(base) {
  const listed = [
    ...await fetchAll(PAGES, base),
    ...await fetchAll(EDITOR_PAGES, base, { cookie: session }),
  ];
  const inSitemap = await sitemap(base);
  const known = new Set(PAGES.map(([path]) => path));
  const others = inSitemap.filter((path) => !known.has(path)).map((path) => [path, 200]);
  const pages = [...listed, ...await fetchAll(others, base)];
  const stylesheets = await fetchAll(stylesheetsOf(pages).map((path) => [path, 200]), base);
  const icons = await fetchAll([[ICON, 200]], base);

  const findings = [
    ...[...pages, ...stylesheets, ...icons].flatMap(unexpectedStatus),
    ...await check(pages, 'html', []),
    ...await check(stylesheets, 'css', ['--css']),
    ...await check(icons, 'svg', ['--svg']),
  ];
  const looked = {
    pages: pages.length,
    'addresses in the sitemap': inSitemap.length,
    stylesheets: stylesheets.length,
    icons: icons.length,
  };
  return { looked, findings };
}

/** The paths in the sitemap; its origin is the public one and not `base`. */
async function sitemap(base) {
  const { text } = await fetchText('/sitemap.xml', 200, base);
  return [...text.matchAll(/<loc>\s*([^<]+?)\s*<\/loc>/g)].map(([, location]) => {
    const { pathname, search } = new URL(location.replaceAll('&amp;', '&'));
    return pathname + search;
  });
}

async function fetchAll(pages, base, headers = {}) {
  const fetched = [];
  for (const [path, status] of pages) fetched.push(await fetchText(path, status, base, headers));
  return fetched;
}

async function fetchText(path, expected, base, headers = {}) {
  const answer = await fetch(address(path, base), { redirect: 'manual', headers });
  return { path, expected, status: answer.status, text: await answer.text() };
}

function stylesheetsOf(pages) {
  const links = pages.flatMap(({ text }) => text.match(/<link\b[^>]*>/g) ?? []);
  const stylesheets = links.filter((link) => /\brel="?stylesheet\b/.test(link));
  return [...new Set(stylesheets.map((link) => /\bhref="?([^"\s>]+)/.exec(link)[1]))];
}

/** Runs the checker once over all documents of a kind. */
async function check(documents, ending, flags) {
  if (documents.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'audit-'));
  try {
    const paths = new Map(documents.map(({ path }, index) => [`${index}.${ending}`, path]));
    await Promise.all([...paths.keys()].map((name, index) =>
      writeFile(join(folder, name), documents[index].text)));
    const { messages, checked } = await runNu(folder, [...paths.keys()], flags);
    const findings = messages.map((message) => nuFinding(message, paths));
    for (const [name, path] of paths) {
      if (!checked.has(name)) findings.push({ what: 'the checker left it out', where: path });
    }
    return findings;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runNu(folder, names, flags) {
  // With --verbose the name of every document really checked is on a line of its own.
  const options = ['--format', 'json', '--stdout', '--verbose', '--exit-zero-always', ...flags];
  const { stdout, stderr } = await promisify(execFile)(
    'java',
    ['-jar', String(vnuJar), ...options, ...names],
    { cwd: folder, maxBuffer: 2 ** 28 },
  );
  return { messages: JSON.parse(stdout).messages, checked: new Set(stderr.split('\n')) };
}

function nuFinding({ type, subType, message, url, lastLine, lastColumn, extract }, paths) {
  const path = paths.get(basename(url ?? '')) ?? url;
  const place = lastLine === undefined ? '' : ` ${lastLine}:${lastColumn}`;
  const quote = extract ? `  ${JSON.stringify(extract)}` : '';
  return { what: `${subType ?? type}: ${message}`, where: `${path}${place}${quote}` };
}

function unexpectedStatus({ path, expected, status }) {
  return status === expected ? [] : [{ what: `answered ${status}, not ${expected}`, where: path }];
}

// axe --------------------------------------------------------------------------------------------

async function axeStep(base) {
  const results = await withBrowser(async (browser) =>
    (await Promise.all(VIEWS.map((view) => axeInView(browser, view, base)))).flat());

  const unsure = axeFindings(results, 'incomplete');
  if (unsure.length > 0) console.log('For information, what axe could not tell:');
  printGrouped(unsure, '    ');

  const findings = [
    ...results.flatMap(unexpectedStatus),
    ...results.flatMap(emptyResult),
    ...axeFindings(results, 'violations'),
  ];
  const pages = PAGES.length + EDITOR_PAGES.length;
  return { looked: { pages, 'views of them': results.length }, findings };
}

async function axeInView(browser, { scheme, width, name }, base) {
  const context = await browser.newContext({
    // The site has no scripts and allows none; axe is one.
    javaScriptEnabled: true,
    bypassCSP: true,
    colorScheme: scheme,
    // Colours are measured at rest, not on their way.
    reducedMotion: 'reduce',
    viewport: { width, height: 800 },
  });
  const page = await context.newPage();
  const results = await axeOn(page, PAGES, name, base);
  const [cookie, value] = session.split('=');
  await context.addCookies([{ name: cookie, value, url: base }]);
  return [...results, ...await axeOn(page, EDITOR_PAGES, name, base)];
}

async function axeOn(page, pages, name, base) {
  const results = [];
  for (const [path, expected] of pages) {
    const answer = await page.goto(address(path, base));
    await page.evaluate(axe.source);
    const result = await page.evaluate((tags) => window.axe.run({ runOnly: tags }), AXE_TAGS);
    results.push({ ...result, path, expected, status: answer.status(), name });
  }
  return results;
}

function emptyResult({ passes, path, name }) {
  return passes.length > 0 ? [] : [{ what: 'no rule applied', where: `${path} (${name})` }];
}

/** One finding for each rule and element, with the views it was seen in. */
function axeFindings(results, outcome) {
  const seen = new Map();
  for (const { path, name, [outcome]: rules } of results) {
    for (const { what, element } of rules.flatMap(elementsOf)) {
      const key = JSON.stringify([what, `${path}: ${element}`]);
      seen.set(key, [...(seen.get(key) ?? []), name]);
    }
  }
  return [...seen].map(([key, views]) => {
    const [what, where] = JSON.parse(key);
    return { what, where: `${where} (${views.join('; ')})` };
  });
}

function elementsOf({ id, help, nodes }) {
  return nodes.map(({ target, any, all, none }) => {
    const reason = [...any, ...all, ...none][0]?.message ?? '';
    return { what: `${id}: ${help}`, element: `${target.join(' ')} — ${reason}` };
  });
}

// Lighthouse -------------------------------------------------------------------------------------

async function lighthouseStep(base) {
  const rows = [];
  const findings = [];
  for (const path of LIGHTHOUSE_PATHS) {
    const categories = await bestOfLighthouse(path, base);
    rows.push({ path, categories });
    findings.push(...categories.filter(({ score }) => !(score >= MIN_SCORE))
      .flatMap((category) => lighthouseFindings(category, path)));
  }
  printScores(rows);
  return { looked: { pages: rows.length }, findings };
}

/** The categories of a page; machines are noisy, so a low performance gets another try. */
async function bestOfLighthouse(path, base) {
  let categories = await runLighthouse(path, CATEGORIES, base);
  for (let run = 2; run <= PERFORMANCE_RUNS; run += 1) {
    const [performance, ...others] = categories;
    if (performance.score >= MIN_SCORE) break;
    console.log(`${path}: performance is ${performance.score}, below ${MIN_SCORE}; `
      + `run ${run} of at most ${PERFORMANCE_RUNS}, the best counts`);
    const [again] = await runLighthouse(path, ['performance'], base);
    categories = [again.score > performance.score ? again : performance, ...others];
  }
  return categories;
}

/** The categories of a page. A browser on a busy machine may miss its own start: Lighthouse asks to be run again. */
async function runLighthouse(path, wanted, base, run = 1) {
  const chrome = await launch({ chromePath: CHROME_PATH, chromeFlags: CHROME_FLAGS });
  try {
    const options = { port: chrome.port, onlyCategories: wanted, logLevel: 'silent' };
    const { lhr } = await lighthouse(address(path, base), options);
    if (!lhr.runtimeError) return wanted.map((id) => category(lhr, id));
    const { code, message } = lhr.runtimeError;
    if (code !== 'NO_NAVSTART' || run === START_RUNS) throw new Error(`${path}: ${message}`);
    console.log(`${path}: ${code}; run ${run + 1} of at most ${START_RUNS}`);
  } finally {
    chrome.kill();
  }
  return runLighthouse(path, wanted, base, run + 1);
}

function category(lhr, id) {
  const { score, auditRefs } = lhr.categories[id];
  const failing = auditRefs
    .filter(({ weight }) => weight > 0)
    .map((reference) => lhr.audits[reference.id])
    .filter((audit) => audit.scoreDisplayMode === 'error' || (audit.score ?? 1) < 1);
  return { id, score, failing };
}

function lighthouseFindings({ id, score, failing }, path) {
  const what = `${path}: ${id} is ${score}, below ${MIN_SCORE}`;
  const audits = failing.map(({ id: audit, title, displayValue, errorMessage }) =>
    [audit, title, displayValue ?? errorMessage].filter(Boolean).join(' — '));
  return (audits.length > 0 ? audits : ['no audit to blame']).map((where) => ({ what, where }));
}

function printScores(rows) {
  const width = Math.max(...rows.map(({ path }) => path.length));
  const line = (first, cells) =>
    console.log([first.padEnd(width), ...cells].join('  '));
  line('', CATEGORIES);
  for (const { path, categories } of rows) {
    line(path, categories.map(({ id, score }) => String(score).padStart(id.length)));
  }
}

// Shared -----------------------------------------------------------------------------------------

function address(path, base) {
  return new URL(path, base).href;
}

async function withBrowser(use) {
  const browser = await chromium.launch({ executablePath: CHROME_PATH, args: CHROME_FLAGS });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}
