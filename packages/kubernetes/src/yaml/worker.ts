import { parentPort } from 'node:worker_threads'
import { readDocuments } from './documents.ts'

/* The thread of `reader.ts`: a text comes, its documents go back as JSON. */

parentPort?.on('message', (text: string) => parentPort?.postMessage(JSON.stringify(readDocuments(text))))
