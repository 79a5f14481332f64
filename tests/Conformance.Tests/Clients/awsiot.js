'use strict'

// The npm package aws-iot-device-sdk, as it is, against a broker: a thing's shadow over mutual TLS.
//
// usage: node awsiot.js --sdk FOLDER --host HOST --tls PORT --tcp PORT --ca FILE --cert FILE --key FILE --thing NAME
// Exit code 0: it went as it should. Otherwise what did not is on the standard error stream.

const assert = require('assert')

const options = {}
const words = process.argv.slice(2)
while (words.length > 0) options[words.shift().slice(2)] = words.shift()
const { thing } = options
const sdk = require(options.sdk)
const mqtt = require(require.resolve('mqtt', { paths: [options.sdk] })) // the one that the SDK brings

const shadows = sdk.thingShadow({
  host: options.host, port: Number(options.tls), caPath: options.ca, certPath: options.cert, keyPath: options.key, clientId: thing
})
shadows.on('error', error => { console.error(error); process.exit(1) })
setTimeout(() => { console.error('not within 30 s'); process.exit(1) }, 30000)

const waiting = []
const told = []
function tell (one) {
  const index = waiting.findIndex(wait => wait.name === one.name)
  if (index < 0) told.push(one)
  else waiting.splice(index, 1)[0].resolve(one)
}

shadows.on('status', (_, status, token, document) => tell({ name: 'status', status, token, document }))
shadows.on('delta', (_, document) => tell({ name: 'delta', document }))
shadows.on('foreignStateChange', (_, operation, document) => tell({ name: 'foreign', operation, document }))
shadows.on('timeout', (_, token) => { console.error(`no answer to ${token}`); process.exit(1) })

function next (name) {
  const index = told.findIndex(one => one.name === name)
  return index >= 0 ? Promise.resolve(told.splice(index, 1)[0]) : new Promise(resolve => waiting.push({ name, resolve }))
}

const register = more => new Promise((resolve, reject) =>
  shadows.register(thing, more, (error, failed) => error || failed ? reject(new Error(`${error} ${JSON.stringify(failed)}`)) : resolve()))

async function ask (operation, ...more) {
  const token = shadows[operation](thing, ...more)
  assert.ok(token, `${operation} was not begun`)
  const answer = await next('status')
  assert.strictEqual(answer.token, token)
  return answer
}

async function main () {
  await new Promise(resolve => shadows.once('connect', resolve))
  await register({ qos: 1 })

  let answer = await ask('get')
  assert.deepStrictEqual([answer.status, answer.document.code], ['rejected', 404])

  answer = await ask('update', { state: { reported: { on: false, level: 1.0 } } })
  assert.deepStrictEqual([answer.status, answer.document.version], ['accepted', 1])
  assert.deepStrictEqual(answer.document.state, { reported: { on: false, level: 1 } })
  assert.ok(Math.abs(answer.document.metadata.reported.on.timestamp - Date.now() / 1000) < 60)

  // Somebody else desires something.
  const app = mqtt.connect(`mqtt://${options.host}:${options.tcp}`)
  app.on('error', error => { console.error(error); process.exit(1) })
  const desire = state => new Promise((resolve, reject) => app.publish(
    `$aws/things/${thing}/shadow/update`, JSON.stringify({ state: { desired: state } }), { qos: 1 }, error => error ? reject(error) : resolve()))
  await desire({ on: true, level: 1 })
  const delta = await next('delta')
  assert.deepStrictEqual(delta.document.state, { on: true })
  assert.strictEqual(delta.document.version, 2)
  assert.strictEqual((await next('foreign')).operation, 'update')

  answer = await ask('update', { state: { reported: { on: true } } }) // with the version that the SDK knows by now
  assert.deepStrictEqual([answer.status, answer.document.version], ['accepted', 3])

  answer = await ask('get')
  assert.strictEqual(answer.status, 'accepted')
  assert.deepStrictEqual(answer.document.state, { desired: { on: true, level: 1 }, reported: { on: true, level: 1 } })

  // Listening to nothing in between, the SDK does not know of the next version.
  shadows.unregister(thing)
  await register({ qos: 1, persistentSubscribe: false, ignoreDeltas: true })
  answer = await ask('get')
  assert.strictEqual(answer.document.version, 3)
  await desire({ on: false })
  answer = await ask('update', { state: { reported: { on: true } } })
  assert.deepStrictEqual([answer.status, answer.document.code, answer.document.message], ['rejected', 409, 'Version conflict'])

  answer = await ask('delete')
  assert.deepStrictEqual([answer.status, answer.document.version], ['accepted', 4])
  answer = await ask('get')
  assert.deepStrictEqual([answer.status, answer.document.code], ['rejected', 404])
  answer = await ask('update', { state: { reported: { on: true } } })
  assert.deepStrictEqual([answer.status, answer.document.version], ['accepted', 5])
}

main().then(() => process.exit(0), error => { console.error(error); process.exit(1) })
