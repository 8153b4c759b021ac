/** Guests: the uid that the guard makes up (get_guest_uid). */

const UUID_PART = /%([0-9]*)U/

/** `guest`, the configured name, or the name with its first `%nU` as the first n characters (1..36, else 36) of a UUID. */
export function guestUid(guestUser: string | null, guestEmpty: boolean, uuid: () => string): string {
  if (guestEmpty) return ''
  if (guestUser === null) return 'guest'
  return guestUser.replace(UUID_PART, (_, digits: string) => {
    const length = Number(digits)
    return uuid().slice(0, length >= 1 && length <= 36 ? length : 36)
  })
}

/** As mod_authn_tkt makes it (init_guest_auth_rec): `%nU` is 4n hex digits, n rounded up to even; 32 for 0 and above 8 (L7). */
export function hexGuestUid(guestUser: string | null, guestEmpty: boolean, hex: () => string): string {
  if (guestEmpty) return ''
  if (!guestUser) return 'guest'
  return guestUser.replace(UUID_PART, (_, digits: string) => {
    const even = Number(digits) + (Number(digits) % 2)
    return hex().slice(0, even >= 1 && even <= 8 ? 4 * even : 32)
  })
}

/** Whether each guest has a uid of its own. */
export function isUnique(guestUser: string | null): boolean {
  return guestUser !== null && UUID_PART.test(guestUser)
}

/** As the module reads it: a literal prefix of one char is lost. */
export function asModuleReads(guestUser: string | null): string | null {
  return guestUser === null ? null : guestUser.replace(/^.(?=%[0-9]*U)/s, '')
}
