// Sends the query to the server that this page came from, and shows at most so many rows.
const mostRows = 1000;
const of = (id) => document.getElementById(id);
let running;

of('form').addEventListener('submit', (event) => {
  event.preventDefault();
  run();
});
of('query').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
of('cancel').addEventListener('click', () => running?.abort());

async function run() {
  running?.abort();
  const own = new AbortController();
  running = own;
  show('', '', []);
  of('status').value = 'running …';
  of('cancel').disabled = false;
  const began = performance.now();
  try {
    const response = await fetch(
      '/?default_format=JSONCompact&wait_end_of_query=1&output_format_json_quote_64bit_integers=1',
      {
        method: 'POST',
        body: of('query').value,
        headers: { 'X-ClickHouse-User': of('user').value, 'X-ClickHouse-Key': of('password').value },
        credentials: 'omit',
        signal: own.signal,
      },
    );
    const text = await response.text();
    const seconds = ((performance.now() - began) / 1000).toFixed(2);
    if (!response.ok || response.headers.get('X-ClickHouse-Format') !== 'JSONCompact') {
      if (response.ok) show(`done in ${seconds} s`, text.slice(0, 200000), []);
      else show(`failed after ${seconds} s`, text, []);
      return;
    }
    const { meta, data } = text === '' ? { meta: [], data: [] } : JSON.parse(text);
    const cut = data.length > mostRows ? `, the first ${mostRows} shown` : '';
    show(`${data.length} rows in ${seconds} s${cut}`, '', meta, data);
  } catch (error) {
    show(own.signal.aborted ? 'cancelled' : 'failed', own.signal.aborted ? '' : String(error), []);
  } finally {
    if (running === own) of('cancel').disabled = true;
  }
}

function show(status, error, meta, data = []) {
  of('status').value = status;
  of('error').textContent = error;
  of('error').hidden = error === '';
  const head = document.createElement('tr');
  for (const { name, type } of meta) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    const small = document.createElement('small');
    small.textContent = type;
    cell.append(name, small);
    head.append(cell);
  }
  const isNumber = meta.map(({ type }) => /^(Nullable\()?(U?Int|Float|Decimal)/.test(type));
  const rows = data.slice(0, mostRows).map((values) => {
    const row = document.createElement('tr');
    values.forEach((value, column) => {
      const cell = document.createElement('td');
      cell.textContent = value === null ? 'NULL' : typeof value === 'object' ? JSON.stringify(value) : String(value);
      if (value === null) cell.className = 'null';
      else if (isNumber[column]) cell.className = 'number';
      row.append(cell);
    });
    return row;
  });
  of('result').replaceChildren(head, ...rows);
}
