'use strict'

// DynamoDB for the tests: the npm package dynalite, and around it what it lacks and the product needs.
//  - TransactWriteItems with Put, Update, Delete and ConditionCheck: all or nothing, reasons of a cancellation, client tokens;
//  - UpdateTimeToLive and DescribeTimeToLive, without anything expiring;
//  - the item on a failed condition (ReturnValuesOnConditionCheckFailure);
//  - faults on demand (POST /_faults), and counts of what was asked (GET /_counts).
//
// usage: node server.js --dynalite FOLDER --port PORT [--path DIR]      FOLDER holds the package; DIR keeps the data.

const http = require('http')
const path = require('path')
const { Readable } = require('stream')

const options = parse(process.argv.slice(2))
const dynalite = path.resolve(options.dynalite)
const db = require(path.join(dynalite, 'db'))
const validations = require(path.join(dynalite, 'validations'))

// The store is made inside dynalite; this is where it passes by.
let store
const create = db.create
db.create = (given) => (store = create(given))
const inner = require(dynalite)({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, path: options.path })
const handle = inner.listeners('request')[0]

const act = (name) => require(path.join(dynalite, 'actions', name))
const checks = { Put: 'putItem', Update: 'updateItem', Delete: 'deleteItem', ConditionCheck: 'deleteItem' }
const single = { PutItem: 'Put', UpdateItem: 'Update', DeleteItem: 'Delete' }
const own = { TransactWriteItems: transactWriteItems, UpdateTimeToLive: updateTimeToLive, DescribeTimeToLive: describeTimeToLive }

const timeToLive = new Map()
const tokens = new Map()
let faults = []
let counts = {}

// --- One transaction at a time, and nothing else beside it ------------------------------------------------------------

const waiting = []
let shared = 0
let exclusive = false

function acquire (alone) {
  return new Promise((resolve) => {
    waiting.push({ alone, resolve })
    admit()
  })
}

function release (alone) {
  if (alone) exclusive = false
  else shared--
  admit()
}

function admit () {
  while (waiting.length > 0 && !exclusive && !(waiting[0].alone && shared > 0)) {
    const next = waiting.shift()
    if (next.alone) exclusive = true
    else shared++
    next.resolve()
  }
}

// --- Requests ------------------------------------------------------------------------------------------------------------

const server = http.createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('error', () => response.destroy())
  request.on('end', () => serve(request, Buffer.concat(chunks), response).catch((error) => {
    console.error(error)
    response.destroy()
  }))
})

async function serve (request, body, response) {
  if (request.url === '/_faults') {
    faults = faults.concat(JSON.parse(body.toString()))
    return response.end()
  }

  if (request.url === '/_counts') {
    response.end(JSON.stringify(counts))
    counts = {}
    return
  }

  const operation = (request.headers['x-amz-target'] || '').split('.')[1]
  counts[operation] = (counts[operation] || 0) + 1
  const fault = takeFault(operation, body)
  if (fault && fault.kind === 'error') return answer(response, 400, { __type: `com.amazonaws.dynamodb.v20120810#${fault.error}`, message: 'A fault on demand', ...fault.body })
  if (fault && fault.kind === 'unavailable') return answer(response, 503, { message: 'A fault on demand' })
  if (fault && fault.kind === 'refuse-connection') return response.destroy()
  if (fault && fault.kind === 'unprocessed') return unprocessed(operation, request, body, response)

  // "Lost": it is done, and nobody hears of it.
  const target = fault && fault.kind === 'lose-response' ? lost(response) : response
  const alone = operation in own
  await acquire(alone)
  try {
    if (alone) await answerOwn(operation, body, target)
    else await pass(request, operation, body, target)
  } finally {
    release(alone)
  }
}

function takeFault (operation, body) {
  const index = faults.findIndex((fault) => fault.operation === operation && (!fault.table || body.includes(fault.table)) && fault.times > 0)
  if (index < 0) return null
  const fault = faults[index]
  fault.times--
  if (fault.times === 0) faults.splice(index, 1)
  return fault
}

// The first item of each table is done, the others are handed back, as when the throughput runs out in the middle.
async function unprocessed (operation, request, body, response) {
  const asked = JSON.parse(body.toString())
  const done = {}
  const left = {}
  for (const [table, items] of Object.entries(asked.RequestItems)) {
    const list = Array.isArray(items) ? items : items.Keys
    const part = (some) => Array.isArray(items) ? some : { ...items, Keys: some }
    done[table] = part(list.slice(0, 1))
    if (list.length > 1) left[table] = part(list.slice(1))
  }

  const buffered = new Buffered()
  await acquire(false)
  try {
    await pass(request, operation, Buffer.from(JSON.stringify({ ...asked, RequestItems: done })), buffered)
  } finally {
    release(false)
  }

  const result = JSON.parse(buffered.text)
  result[operation === 'BatchGetItem' ? 'UnprocessedKeys' : 'UnprocessedItems'] = left
  answer(response, buffered.statusCode, result)
}

// What dynalite does itself.
async function pass (request, operation, body, response) {
  if (operation in single && body.includes('ReturnValuesOnConditionCheckFailure')) {
    const asked = JSON.parse(body.toString())
    const failed = await conditionFails(single[operation], asked)
    if (failed && asked.ReturnValuesOnConditionCheckFailure === 'ALL_OLD') {
      return answer(response, 400, { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: 'The conditional request failed', Item: failed.item })
    }
  }

  const again = Readable.from(body.length > 0 ? [body] : [])
  again.method = request.method
  again.url = request.url
  again.headers = request.headers
  await new Promise((resolve) => {
    const end = response.end
    response.end = (...args) => {
      response.end = end
      end.apply(response, args)
      resolve()
    }
    handle(again, response)
  })
}

async function conditionFails (kind, asked) {
  const data = validated(kind, asked)
  const { item } = await existing(kind, data)
  return db.checkConditional(data, item) ? { item } : null
}

async function answerOwn (operation, body, response) {
  try {
    answer(response, 200, await own[operation](JSON.parse(body.toString())))
  } catch (error) {
    if (!error.body) throw error
    answer(response, error.statusCode || 400, error.body)
  }
}

function answer (response, status, result) {
  const text = JSON.stringify(result)
  response.statusCode = status
  response.setHeader('Content-Type', 'application/x-amz-json-1.0')
  response.setHeader('Content-Length', Buffer.byteLength(text))
  response.end(text)
}

// --- TransactWriteItems ----------------------------------------------------------------------------------------------------

async function transactWriteItems (asked) {
  const token = asked.ClientRequestToken
  const contents = JSON.stringify({ ...asked, ClientRequestToken: undefined })
  if (token && tokens.has(token)) {
    if (tokens.get(token) !== contents) throw fail('IdempotentParameterMismatchException', 'The request uses the same client token as a previous, but non-identical request')
    return {}
  }

  if (!Array.isArray(asked.TransactItems) || asked.TransactItems.length < 1 || asked.TransactItems.length > 100) {
    throw invalid('Member must have length less than or equal to 100 and greater than or equal to 1')
  }

  const writes = []
  const seen = new Set()
  for (const entry of asked.TransactItems) {
    const kinds = Object.keys(entry).filter((kind) => entry[kind] != null)
    if (kinds.length !== 1 || !(kinds[0] in checks)) throw invalid('TransactItems can only contain one of ConditionCheck, Put, Update or Delete')
    const kind = kinds[0]
    if (kind === 'ConditionCheck' && !entry[kind].ConditionExpression) throw invalid('ConditionExpression is required')
    const data = validated(kind, entry[kind])
    const { key, item } = await existing(kind, data)
    const identity = `${data.TableName} ${key}`
    if (seen.has(identity)) throw invalid('Transaction request cannot include multiple operations on one item')
    seen.add(identity)
    writes.push({ kind, data, item, returns: entry[kind].ReturnValuesOnConditionCheckFailure })
  }

  const reasons = writes.map(({ data, item, returns }) =>
    !db.checkConditional(data, item)
      ? { Code: 'None' }
      : { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: returns === 'ALL_OLD' ? item : undefined })
  if (reasons.some((reason) => reason.Code !== 'None')) {
    throw fail('TransactionCanceledException', `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map((reason) => reason.Code).join(', ')}]`, { CancellationReasons: reasons })
  }

  // An update may still find that it cannot be applied: then what was written before it goes back to what it was.
  const undone = []
  for (const { kind, data, item } of writes) {
    if (kind === 'ConditionCheck') continue
    try {
      await promise((done) => act(checks[kind])(store, data, done))
      undone.unshift({ data, item, kind })
    } catch (error) {
      for (const write of undone) await restore(write)
      throw error
    }
  }

  if (token) tokens.set(token, contents)
  return {}
}

function restore ({ data, item, kind }) {
  const table = data.TableName
  return item
    ? promise((done) => act('putItem')(store, { TableName: table, Item: item }, done))
    : promise((done) => store.getTable(table, (error, schema) => error ? done(error) : act('deleteItem')(store, { TableName: table, Key: keyOf(kind, data, schema) }, done)))
}

function validated (kind, asked) {
  const check = require(path.join(dynalite, 'validations', checks[kind]))
  const data = validations.checkTypes(JSON.parse(JSON.stringify(asked)), check.types)
  validations.checkValidations(data, check.types, check.custom, store)
  return data
}

async function existing (kind, data) {
  const table = await promise((done) => store.getTable(data.TableName, done))
  const wrong = kind === 'Put' ? db.validateItem(data.Item, table) : db.validateKey(data.Key, table)
  if (wrong != null) throw wrong
  const key = db.createKey(keyOf(kind, data, table), table)
  const item = await promise((done) => store.getItemDb(data.TableName).get(key, (error, found) => done(error && error.name !== 'NotFoundError' ? error : null, found)))
  return { key, item }
}

function keyOf (kind, data, table) {
  if (kind !== 'Put') return data.Key
  return Object.fromEntries(table.KeySchema.map(({ AttributeName: name }) => [name, data.Item[name]]))
}

// --- Time to live ------------------------------------------------------------------------------------------------------------

async function updateTimeToLive ({ TableName: table, TimeToLiveSpecification: wanted }) {
  await promise((done) => store.getTable(table, false, done))
  if (wanted.Enabled === (timeToLive.get(table) != null)) throw invalid(`TimeToLive is already ${wanted.Enabled ? 'enabled' : 'disabled'}`)
  if (wanted.Enabled) timeToLive.set(table, wanted.AttributeName)
  else timeToLive.delete(table)
  return { TimeToLiveSpecification: wanted }
}

async function describeTimeToLive ({ TableName: table }) {
  await promise((done) => store.getTable(table, false, done))
  const name = timeToLive.get(table)
  return { TimeToLiveDescription: name ? { TimeToLiveStatus: 'ENABLED', AttributeName: name } : { TimeToLiveStatus: 'DISABLED' } }
}

// --- Small things ------------------------------------------------------------------------------------------------------------

class Buffered {
  constructor () {
    this.statusCode = 200
    this.text = ''
  }

  setHeader () {}
  end (text) { this.text = String(text || '') }
}

function lost (response) {
  const buffered = new Buffered()
  buffered.end = () => response.destroy()
  return buffered
}

function promise (start) {
  return new Promise((resolve, reject) => start((error, result) => error ? reject(error) : resolve(result)))
}

function fail (type, message, more) {
  return Object.assign(new Error(message), { statusCode: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message, ...more } })
}

function invalid (message) {
  return Object.assign(new Error(message), { statusCode: 400, body: { __type: 'com.amazon.coral.validate#ValidationException', message } })
}

function parse (args) {
  const parsed = {}
  for (let i = 0; i < args.length; i += 2) parsed[args[i].replace(/^--/, '')] = args[i + 1]
  return parsed
}

server.keepAliveTimeout = 60_000
server.listen(Number(options.port || 0), '127.0.0.1', () => console.log(`dynalite listening on ${server.address().port}`))
