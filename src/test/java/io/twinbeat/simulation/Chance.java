package io.twinbeat.simulation;

import java.util.SplittableRandom;

/** Seeded chance. Times are in nanoseconds. */
final class Chance {
  static final long MS = 1_000_000L;
  static final long SECOND = 1_000 * MS;

  /** Null for no chance at all: always the middle, and the likely. */
  private final SplittableRandom random;

  private long numbers;

  Chance(long seed) {
    this(new SplittableRandom(seed));
  }

  private Chance(SplittableRandom random) {
    this.random = random;
  }

  /** Draws nothing, so that what is simulated depends on nothing but the rules. */
  static Chance none() {
    return new Chance(null);
  }

  boolean of(double probability) {
    return random == null ? probability > 0.9 : random.nextDouble() < probability;
  }

  /** From {@code low} to below {@code high}. */
  long between(long low, long high) {
    if (high <= low) {
      return low;
    }
    return random == null ? low + (high - low) / 2 : random.nextLong(low, high);
  }

  int below(int bound) {
    return random == null ? bound / 2 : random.nextInt(bound);
  }

  double share() {
    return random == null ? 0.5 : random.nextDouble();
  }

  long number() {
    long drawn = random == null ? ++numbers : 0;
    while (drawn == 0) {
      drawn = random.nextLong();
    }
    return drawn;
  }
}
