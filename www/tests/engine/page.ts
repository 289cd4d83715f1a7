// A page that plays one scenario with the client and reports what came of it, as `checks.js` does for
// functions of the module. The address says which: `scenario`, `args` (JSON), and the `id` to report to.

import { scenario } from './scenarios'
import { words } from '../../src/words'

const query = new URLSearchParams(location.search)

async function play(): Promise<{ value: unknown } | { failure: string }> {
  try {
    const args = JSON.parse(query.get('args') ?? '{}') as never
    return { value: await scenario(query.get('scenario') ?? '')(args) }
  } catch (error) {
    return { failure: error instanceof Error ? `${error.stack}` : words(error) }
  }
}

const result = JSON.stringify(await play())
const report = document.getElementById('report')
if (report) report.textContent = result
await fetch(`/report?id=${encodeURIComponent(query.get('id') ?? '')}`, { method: 'POST', body: result })
