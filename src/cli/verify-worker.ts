/** The script of a thread: everything else is in verify-thread.ts, where tests reach it. */

import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { serveBlocks } from './verify-thread.js'

serveBlocks(parentPort as MessagePort, workerData)
