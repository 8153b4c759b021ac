/** What a ticket of a batch can be besides the engine's own answers. */

/** Bumped with every change of an export's meaning. */
export const BATCH_ABI: i32 = 1
/** There is no cookie value. */
export const ABSENT: i32 = -4
/** The client has no address that a ticket can bind. */
export const UNBOUND: i32 = -5
