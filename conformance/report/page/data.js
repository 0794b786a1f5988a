// What the page knows: packed JSON in script elements, opened where the browser can do so without any library.

const $ = (id) => document.getElementById(id);

/** Make an element. Text is only ever text: what candidates sent is never read as markup. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

async function unpack(element) {
  const octets = Uint8Array.from(atob(element.textContent), (char) => char.charCodeAt(0));
  const stream = new Blob([octets]).stream().pipeThrough(new DecompressionStream('deflate'));
  return JSON.parse(await new Response(stream).text());
}

const opened = new Map();

/** The details of one family, unpacked when first asked for. */
function detailsOf(family) {
  if (!opened.has(family)) {
    const element = [...document.querySelectorAll('script.details')].find((found) => found.dataset.family === family);
    opened.set(family, unpack(element));
  }
  return opened.get(family);
}

/** The part of an id that the cases of one file share. */
const fileOf = (id) => id.replace(/\[.*$/s, '');

/** Turn the index into rows of both views. */
function readIndex(index) {
  const breaches = new Map(index.breaches.map(([column, row, clauses]) => [`${column},${row}`, clauses]));
  const scenarios = index.rows.map(([id, title, level, clauses, tags, path], place) => ({
    place, id, title, level, clauses, tags, path, group: id.split('/')[0], file: fileOf(id),
    cells: index.grid.map((column) => (column[place] === '.' ? null : Number(column[place]))),
    words: `${id} ${title} ${clauses.map((clause) => index.clauses[clause].id).join(' ')}`.toLowerCase(),
  }));
  const clauses = index.clauses.map((clause, place) => ({
    ...clause, place, title: clause.says, group: clause.id.split('.')[0], file: clause.id,
    clauses: [place], scenarios: scenarios.filter((scenario) => scenario.clauses.includes(place)),
    cells: index.clauseGrid.map((column) => Number(column[place])),
    words: `${clause.id} ${clause.says}`.toLowerCase(),
  }));
  return { ...index, breaches, scenarios, clauses };
}

/** Rows by a key of theirs, in the order in which they come. */
function grouped(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    if (!groups.has(row[key])) groups.set(row[key], { name: row[key], rows: [] });
    groups.get(row[key]).rows.push(row);
  }
  return [...groups.values()];
}
