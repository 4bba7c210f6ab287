package io.twinbeat.nemesis;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** All chance of a run, from one seed: what is done to the pair, and when; not what comes of it. */
final class Dice {
  private final RandomGenerator random;

  Dice(long seed) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /** From 0 to below {@code bound}. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  Duration millis(int from, int to) {
    return Duration.ofMillis(random.nextInt(from, to + 1));
  }

  /** Mostly the holder: that is the one that matters. */
  Fault.Role role() {
    return random.nextInt(3) > 0 ? Fault.Role.HOLDER : Fault.Role.STANDBY;
  }
}
