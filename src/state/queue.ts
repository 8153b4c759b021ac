/** Queues that members leave from anywhere, in constant time: a Set finds its first one behind the holes of all who left. */

export interface Queued<T> {
  previous: T | undefined
  next: T | undefined
}

export interface Queue<T extends Queued<T>> {
  first: T | undefined
  last: T | undefined
}

export function append<T extends Queued<T>>(queue: Queue<T>, member: T): void {
  member.previous = queue.last
  member.next = undefined
  if (queue.last) queue.last.next = member
  else queue.first = member
  queue.last = member
}

/** `member` must be in this queue. */
export function remove<T extends Queued<T>>(queue: Queue<T>, member: T): void {
  if (member.previous) member.previous.next = member.next
  else queue.first = member.next
  if (member.next) member.next.previous = member.previous
  else queue.last = member.previous
}
