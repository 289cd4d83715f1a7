// A small web server for tests: files of some folders, with or without the headers that let a page
// share memory, and a mailbox to which a page reports. It knows nothing of what is tested.

import { createServer } from 'node:http'
import { readFile, stat } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'

const TYPES = {
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.toml': 'text/plain; charset=utf-8',
  '.ts': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
}

const ISOLATING = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/**
 * Serves the folders in `mounts`, such as `{ '/': 'www', '/studies/': 'studies' }`; the longest prefix
 * wins. `port` 0 takes any that is free. A page reports by `POST /report?id=ID` with JSON.
 */
export async function serve(mounts, { isolated = true, port = 0 } = {}) {
  const roots = typeof mounts === 'string' ? { '/': mounts } : mounts
  const prefixes = Object.keys(roots).sort((a, b) => b.length - a.length)
  const mailbox = new Mailbox()
  const given = []
  const headers = { 'Cache-Control': 'no-store', ...(isolated ? ISOLATING : {}) }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost')
    const answer = (status, more = {}, body = '') => {
      response.writeHead(status, { ...headers, ...more })
      response.end(body)
    }
    try {
      if (url.pathname === '/report') {
        mailbox.put(url.searchParams.get('id') ?? '', JSON.parse(await text(request)))
        return answer(204)
      }
      if (url.pathname.startsWith('/given/')) {
        return answer(200, { 'Content-Type': 'application/json' }, given[Number(url.pathname.slice(7))])
      }
      const path = decodeURIComponent(url.pathname)
      const prefix = prefixes.find((prefix) => path.startsWith(prefix))
      const file = prefix && (await locate(roots[prefix], path.slice(prefix.length)))
      if (!file) return answer(404)
      const type = TYPES[extname(file)] ?? 'application/octet-stream'
      answer(200, { 'Content-Type': type }, await readFile(file))
    } catch (error) {
      answer(500, {}, String(error))
    }
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    /** Keeps what a page is to fetch, which may be long; gives its address. */
    give: (value) => `/given/${given.push(JSON.stringify(value)) - 1}`,
    /** Resolves with what the page that was given `id` reports. */
    report: (id) => mailbox.take(id),
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The file meant by `path`; of a folder, its page, or the entry that its package names. */
async function locate(root, path) {
  const file = normalize(join(root, path))
  if (!file.startsWith(normalize(root))) return undefined
  const found = await stat(file).catch(() => undefined)
  if (!found?.isDirectory()) return found && file
  const page = join(file, 'index.html')
  if (await stat(page).catch(() => undefined)) return page
  const about = await readFile(join(file, 'package.json'), 'utf8').catch(() => undefined)
  return about && join(file, JSON.parse(about).main)
}

async function text(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}

class Mailbox {
  #here = new Map()
  #awaited = new Map()

  put(id, report) {
    const awaits = this.#awaited.get(id)
    this.#awaited.delete(id)
    if (awaits) awaits(report)
    else this.#here.set(id, report)
  }

  take(id) {
    if (this.#here.has(id)) {
      const report = this.#here.get(id)
      this.#here.delete(id)
      return Promise.resolve(report)
    }
    return new Promise((resolve) => this.#awaited.set(id, resolve))
  }
}
