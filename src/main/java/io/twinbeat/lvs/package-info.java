/**
 * The director's side of LVS: which table the kernel shall have, how it gets there by the smallest
 * change, which real servers serve, and what else a director needs of its kernel.
 */
package io.twinbeat.lvs;
