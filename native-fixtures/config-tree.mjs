/** Apache configuration as a tree: to be printed, and to be cut down. Strings are bytes. */

/**
 * A directive, or a section: `open` is what stands in its first line's angle brackets.
 * @typedef {{ line: string } | { open: string, children: readonly Node[] }} Node
 */

/** @param {readonly Node[]} nodes @param {string} [indent] @returns {string} */
export function print(nodes, indent = '') {
  return nodes
    .map((node) => {
      if ('line' in node) return `${indent}${node.line}\n`
      const [name] = node.open.split(' ')
      return `${indent}<${node.open}>\n${print(node.children, `${indent}  `)}${indent}</${name}>\n`
    })
    .join('')
}

/** Every tree that lacks one node of this one, the largest cuts first. @param {readonly Node[]} nodes @returns {Generator<readonly Node[]>} */
export function* cuts(nodes) {
  for (let i = nodes.length - 1; i >= 0; i--) yield [...nodes.slice(0, i), ...nodes.slice(i + 1)]
  for (const [i, node] of nodes.entries()) {
    if ('line' in node) continue
    for (const children of cuts(node.children)) {
      yield [...nodes.slice(0, i), { open: node.open, children }, ...nodes.slice(i + 1)]
    }
  }
}

/** All directives, wherever they stand. @param {readonly Node[]} nodes @returns {string[]} */
export const linesOf = (nodes) => nodes.flatMap((node) => ('line' in node ? [node.line] : linesOf(node.children)))
