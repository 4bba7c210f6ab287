package io.twinbeat.simulation;

import java.util.SplittableRandom;

/** Seeded chance. Times are in nanoseconds. */
final class Chance {
  static final long MS = 1_000_000L;
  static final long SECOND = 1_000 * MS;

  private final SplittableRandom random;

  Chance(long seed) {
    this.random = new SplittableRandom(seed);
  }

  boolean of(double probability) {
    return random.nextDouble() < probability;
  }

  /** From {@code low} to below {@code high}. */
  long between(long low, long high) {
    return high <= low ? low : random.nextLong(low, high);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  double share() {
    return random.nextDouble();
  }

  long number() {
    long drawn = 0;
    while (drawn == 0) {
      drawn = random.nextLong();
    }
    return drawn;
  }
}
