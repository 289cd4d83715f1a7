// Where the page begins.
import '../style/page.css'
import { App } from './app.ts'
import { port } from './connect.ts'

document.body.append(new App(port()).element)
