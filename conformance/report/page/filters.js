// What the reader asked to see. A filter that is empty leaves everything.

let SIGNS = [];

class Filters {
  constructor(data, onChange) {
    this.data = data;
    SIGNS = [...document.querySelectorAll('#verdicts input')].map((input) => input.dataset.sign);
    data.levels.forEach((level, number) => $('levels').append(
      make('label', { class: 'chip' }, make('input', { type: 'checkbox', value: number }), level)));
    data.clauses.forEach((clause) => $('clause-list').append(make('option', { value: clause.id })));
    data.tags.forEach((tag, number) => $('tag').append(make('option', { value: number }, tag)));
    data.candidates.forEach((candidate, number) => $('who').append(make('option', { value: number }, candidate.name)));
    $('tag').closest('label').hidden = data.tags.length === 0;
    for (const id of ['differ-label', 'who-label']) $(id).hidden = data.candidates.length < 2;
    for (const name of ['text', 'clause']) $(name).addEventListener('input', onChange);
    $('filters').addEventListener('change', onChange);
    $('reset').addEventListener('click', () => { this.reset(); onChange(); $('text').focus(); });
    $('more').addEventListener('click', () => {
      const open = $('filters').classList.toggle('open');
      $('more').setAttribute('aria-expanded', String(open));
    });
    this.read();
  }

  reset() {
    for (const id of ['text', 'clause', 'tag', 'who']) $(id).value = '';
    for (const input of $('filters').querySelectorAll('input[type=checkbox]')) input.checked = false;
  }

  /** Ask for what one candidate did not pass, of what it can do. */
  onlyWrongOf(column) {
    this.reset();
    $('who').value = String(column);
    for (const input of $('verdicts').querySelectorAll('input')) {
      input.checked = ['fail', 'error', 'known'].includes(this.data.verdicts[input.value]);
    }
  }

  /** Read the controls, once for all rows; return how many of them are set. */
  read() {
    const checked = (id) => new Set([...$(id).querySelectorAll('input:checked')].map((input) => Number(input.value)));
    const chosen = (id) => ($(id).value === '' ? null : Number($(id).value));
    const now = {
      words: $('text').value.toLowerCase().split(/\s+/).filter(Boolean), levels: checked('levels'), verdicts: checked('verdicts'),
      clause: $('clause').value.trim(), tag: chosen('tag'), who: chosen('who'), differ: $('differ').checked,
    };
    this.now = now;
    const active = now.levels.size + now.verdicts.size + [now.clause, now.tag !== null, now.who !== null, now.differ].filter(Boolean).length;
    $('active').textContent = active ? ` · ${active}` : '';
    this.count();
    return active + now.words.length;
  }

  /** Tell beside each verdict how often it was given: to the candidate that was chosen, or to all. */
  count() {
    if (this.counted === this.now.who) return;
    this.counted = this.now.who;
    const columns = this.now.who === null ? this.data.grid : [this.data.grid[this.now.who]];
    document.querySelectorAll('#verdicts .count').forEach((count, verdict) => {
      count.textContent = columns.reduce((sum, column) => sum + column.split(String(verdict)).length - 1, 0);
    });
  }

  has(scenario) {
    const { verdicts, who } = this.now;
    return !verdicts.size || (who === null ? scenario.cells.some((cell) => verdicts.has(cell)) : verdicts.has(scenario.cells[who]));
  }

  meansScenario(row) {
    return this.meansAny(row) && this.has(row) && (this.now.tag === null || row.tags.includes(this.now.tag));
  }

  /** A clause is meant if it fits itself, and one of its scenarios has the verdict and the tag. */
  meansClause(row) {
    const { verdicts, tag } = this.now;
    return this.meansAny(row)
      && (!verdicts.size || row.scenarios.some((scenario) => this.has(scenario)))
      && (tag === null || row.scenarios.some((scenario) => scenario.tags.includes(tag)));
  }

  meansAny(row) {
    const { words, levels, clause, differ } = this.now;
    return words.every((word) => row.words.includes(word))
      && (!levels.size || levels.has(row.level))
      && (!clause || row.clauses.some((place) => this.data.clauses[place].id.includes(clause)))
      && (!differ || new Set(row.cells.filter((cell) => cell !== null)).size > 1);
  }
}
