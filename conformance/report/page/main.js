// The page as a whole: two views, deep links, keys.
//
// An address ends in #CANDIDATE/SCENARIO for a cell, #:clause/CLAUSE for a clause, #:clauses for the second view,
// #:candidate/CANDIDATE for what a candidate did not pass.

async function start() {
  const data = readIndex(await unpack($('index')));
  const filters = new Filters(data, () => refresh());
  const views = { scenarios: scenarioView(data, filters), clauses: clauseView(data, filters) };
  let current = 'scenarios';
  let cell = null;

  const grid = new Grid($('grid'), data, { onOpen: (member, column) => go(current === 'scenarios' ? addressOf(member, column) : `#:clause/${encodeURI(member.id)}`) });
  const detail = new Detail($('detail'), data, {
    onClose: () => {
      if (cell && current === 'scenarios') grid.reveal(cell[0], cell[1] + 1, { focus: true });
      if (location.hash && location.hash !== '#:clauses') history.pushState(null, '', addressOfView());
    },
    onGo: (member, column) => go(addressOf(member, column)),
    onClause: (place) => go(`#:clause/${encodeURI(data.clauses[place].id)}`),
    onStep: (by, options) => step(by, options),
  });

  const readable = (id) => encodeURI(id).replaceAll('%5B', '[').replaceAll('%5D', ']');
  const addressOf = (member, column) => `#${encodeURIComponent(data.candidates[column].key)}/${readable(member.id)}`;
  const addressOfView = () => (current === 'clauses' ? '#:clauses' : location.pathname + location.search);

  function go(address) {
    if (location.hash === address) follow();
    else location.hash = address;
  }

  /** Show what the address says. */
  function follow() {
    const address = decodeSafely(location.hash.slice(1));
    cell = null;
    $('trouble').hidden = true;
    if (address === ':clauses' || address === '') {
      detail.dialog.close();
      if (current !== (address ? 'clauses' : 'scenarios')) select(address ? 'clauses' : 'scenarios');
      return;
    }
    if (followClause(address) || followCandidate(address) || followCell(address)) return;
    if (detail.dialog.open) detail.dialog.close();
    tell(`There is nothing here that is called ${address}.`);
  }

  function followClause(address) {
    const row = address.startsWith(':clause/') && data.clauses.find((clause) => clause.id === address.slice(8));
    if (row) detail.clause(row);
    return row;
  }

  function followCandidate(address) {
    const column = address.startsWith(':candidate/') ? data.candidates.findIndex((candidate) => candidate.key === address.slice(11)) : -1;
    if (column < 0) return false;
    detail.dialog.close();
    filters.onlyWrongOf(column);
    select('scenarios');
    document.querySelector('main').scrollIntoView();
    return true;
  }

  function followCell(address) {
    for (const [column, candidate] of data.candidates.entries()) {
      if (!address.startsWith(`${candidate.key}/`)) continue;
      const id = address.slice(candidate.key.length + 1);
      const member = data.scenarios.find((row) => row.id === id) ?? data.scenarios.find((row) => row.file === id);
      if (!member) continue;
      cell = [member, column];
      detail.scenario(member, column);
      return true;
    }
    return false;
  }

  function select(name) {
    current = name;
    for (const view of Object.keys(views)) {
      $(`tab-${view}`).setAttribute('aria-selected', String(view === name));
      $(`tab-${view}`).tabIndex = view === name ? 0 : -1;
    }
    $('matrix').setAttribute('aria-labelledby', `tab-${name}`);
    filters.read();
    grid.show(views[name]);
    refresh();
  }

  /** Open a node for as long as few rows are left, and leave alone what the reader opened. */
  function openByFilter(node, wanted) {
    if (wanted && !node.open) { node.open = true; node.byFilter = true; }
    else if (!wanted && node.byFilter) { node.open = false; node.byFilter = false; }
  }

  function refresh() {
    const filtered = filters.read();
    const view = views[current];
    const shown = view.groups.reduce((sum, group) => sum + group.rows.filter(view.meant).length, 0);
    const all = view.groups.reduce((sum, group) => sum + group.rows.length, 0);
    for (const group of view.groups) {
      openByFilter(group, filtered && shown <= MOST_ROWS);
      for (const file of group.files) openByFilter(file, filtered && shown <= 40);
    }
    grid.filter();
    $('shown').textContent = filtered ? `${shown} of ${all} ${current}` : `${all} ${current}`;
    $('reset').hidden = !filtered;
    $('nothing').hidden = shown > 0;
    fit();
  }

  /** Let the page scroll where the table fits into its width: only a wider one has a place to scroll of its own. */
  function fit() {
    $('matrix').classList.remove('fits');
    $('matrix').classList.toggle('fits', $('grid').scrollWidth <= $('matrix').clientWidth);
  }

  /** Go to the next or the previous of the scenarios that are shown; tell whether there is one. */
  function step(by, { dry = false } = {}) {
    if (!cell) return false;
    const rows = views.scenarios.groups.flatMap((group) => group.rows.filter(views.scenarios.meant));
    const next = rows[rows.indexOf(cell[0]) + by];
    if (next && !dry) go(addressOf(next, cell[1]));
    return !!next;
  }

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select')) {
      if (event.key === 'Escape' && event.target.id === 'text') { grid.focusable(0, 0, { focus: true }); event.preventDefault(); }
      return;
    }
    if (event.key === '/' && !detail.dialog.open) { $('text').focus(); event.preventDefault(); }
    if (event.key === 'n' && detail.dialog.open) step(1);
    if (event.key === 'p' && detail.dialog.open) step(-1);
  });
  for (const view of Object.keys(views)) {
    $(`tab-${view}`).addEventListener('click', () => { select(view); history.pushState(null, '', addressOfView()); });
    $(`tab-${view}`).addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      const other = view === 'clauses' ? 'scenarios' : 'clauses';
      $(`tab-${other}`).focus();
      $(`tab-${other}`).click();
    });
  }
  $('open-all').addEventListener('click', () => grid.openAll(true));
  $('close-all').addEventListener('click', () => grid.openAll(false));
  window.addEventListener('hashchange', follow);
  new ResizeObserver(([tools]) => {
    document.documentElement.style.setProperty('--tools', `${tools.target.offsetHeight}px`);
    fit();
  }).observe(document.querySelector('.tools'));
  window.addEventListener('resize', fit);
  select(location.hash.startsWith('#:clause') ? 'clauses' : 'scenarios');
  follow();
  document.documentElement.dataset.ready = 'true';
}

function decodeSafely(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

function tell(text) {
  $('trouble').textContent = text;
  $('trouble').hidden = false;
}

if (typeof DecompressionStream === 'undefined') tell('This browser cannot open what is packed in the page: it has no DecompressionStream.');
else start().catch((error) => { tell(`The page does not work: ${error.message}`); throw error; });
