package io.twinbeat.daemon;

/**
 * The newest order about one real server. {@code number} counts the orders that were given for it,
 * on whichever node: without a common clock that is what newer means.
 */
record DrainOrder(long number, boolean drained) {
  /** What holds for a server for which nobody has ever ordered anything. */
  static final DrainOrder NONE = new DrainOrder(0, false);

  /**
   * The newer of the two. Two with one number were given on nodes that did not hear each other, and
   * nobody knows which was later: then the drain holds, for a server that gets clients in the
   * middle of its maintenance is worse than one that gets none.
   */
  DrainOrder join(DrainOrder other) {
    if (number != other.number) {
      return number > other.number ? this : other;
    }
    return drained ? this : other;
  }

  DrainOrder next(boolean drain) {
    return new DrainOrder(number + 1, drain);
  }
}
