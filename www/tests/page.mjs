// The page as its users have it: the built one, in a real Chromium.
//
//     npm run build && node tests/page.mjs [PART OF A NAME]...
//
// With SCREENSHOTS=FOLDER it leaves pictures of every state of the page there.

import { run } from './harness.mjs'
import { look } from './page/look.mjs'
import { replies } from './page/replies.mjs'
import { runs } from './page/runs.mjs'
import { trouble } from './page/trouble.mjs'

await run({ ...runs, ...replies, ...trouble, ...look })
