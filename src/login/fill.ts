/** Templates: `Wait {seconds} s`, `uid={uid},ou=people`. */

/**
 * With the values in place, each as it has been escaped for where it goes; other braces stay. A function replaces them,
 * as `$&` in a value must mean nothing.
 */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : place,
  )
}
