// Where the page begins.
import '../style/page.css'
import { App } from './app.ts'
import { connect } from './connect.ts'

document.body.append(new App(connect()).element)
