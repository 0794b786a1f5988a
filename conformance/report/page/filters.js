// What the reader asked to see. A filter that is empty leaves everything.

let SIGNS = [];

class Filters {
  constructor(data, onChange) {
    this.data = data;
    SIGNS = [...document.querySelectorAll('#verdicts input')].map((input) => input.dataset.sign);
    data.levels.forEach((level, number) => $('levels').append(
      make('label', { class: 'chip' }, make('input', { type: 'checkbox', value: number }), level)));
    document.querySelectorAll('#verdicts .count').forEach((count, verdict) => {
      count.textContent = data.grid.reduce((sum, column) => sum + column.split(String(verdict)).length - 1, 0);
    });
    data.clauses.forEach((clause) => $('clause-list').append(make('option', { value: clause.id })));
    data.tags.forEach((tag, number) => $('tag').append(make('option', { value: number }, tag)));
    $('tag').closest('label').hidden = data.tags.length === 0;
    $('differ-label').hidden = data.candidates.length < 2;
    for (const name of ['text', 'clause']) $(name).addEventListener('input', onChange);
    $('filters').addEventListener('change', onChange);
    $('reset').addEventListener('click', () => { this.reset(); onChange(); });
    $('more').addEventListener('click', () => {
      const open = $('filters').classList.toggle('open');
      $('more').setAttribute('aria-expanded', String(open));
    });
  }

  reset() {
    $('text').value = '';
    $('clause').value = '';
    $('tag').value = '';
    for (const input of $('filters').querySelectorAll('input[type=checkbox]')) input.checked = false;
  }

  /** Read the controls, once for all rows. */
  read() {
    const checked = (id) => new Set([...$(id).querySelectorAll('input:checked')].map((input) => Number(input.value)));
    this.now = {
      words: $('text').value.toLowerCase().split(/\s+/).filter(Boolean), levels: checked('levels'), verdicts: checked('verdicts'),
      clause: $('clause').value.trim(), tag: $('tag').value === '' ? null : Number($('tag').value), differ: $('differ').checked,
    };
    return this.now.words.length || this.now.levels.size || this.now.verdicts.size || this.now.clause || this.now.tag !== null || this.now.differ;
  }

  meansScenario(row) {
    const { verdicts } = this.now;
    return this.meansAny(row) && (!verdicts.size || row.cells.some((cell) => verdicts.has(cell)))
      && (this.now.tag === null || row.tags.includes(this.now.tag));
  }

  /** A clause is meant if it fits itself, and one of its scenarios has the verdict and the tag. */
  meansClause(row) {
    const { verdicts, tag } = this.now;
    return this.meansAny(row)
      && (!verdicts.size || row.scenarios.some((scenario) => scenario.cells.some((cell) => verdicts.has(cell))))
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
