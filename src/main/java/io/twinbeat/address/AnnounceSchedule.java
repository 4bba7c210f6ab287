package io.twinbeat.address;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * When which address is announced again, after the first two announcements that are sent at once.
 * Pure: times are {@link System#nanoTime} values that the caller passes in. Not thread-safe.
 */
final class AnnounceSchedule {
  /**
   * Several, spread over more than a second, because old Linux kernels obey only what comes a
   * second after the last change, and because a switch may still be learning.
   */
  static final List<Duration> REPEATS =
      List.of(
          Duration.ofMillis(250),
          Duration.ofMillis(1100),
          Duration.ofMillis(2200),
          Duration.ofSeconds(5));

  /** For those that missed all of these. */
  static final Duration REFRESH = Duration.ofSeconds(60);

  /** Addresses in one round, so that the sender can be interrupted between two rounds. */
  static final int ROUND_MAX = 128;

  /**
   * Addresses that were started together: {@code id} numbers the starts, {@code begun} is when, and
   * {@code repeats} counts the repeats that are over.
   */
  private record Round(
      long id, long begun, int repeats, long due, List<FloatingAddress> addresses) {}

  private final PriorityQueue<Round> rounds =
      new PriorityQueue<>((a, b) -> Long.signum(a.due - b.due));

  /** The latest start of each address; rounds of an earlier one are void. */
  private final Map<FloatingAddress, Long> latest = new HashMap<>();

  private long starts;

  /** Begins anew for these addresses; the two announcements of now are the caller's. */
  void start(List<FloatingAddress> addresses, long now) {
    starts++;
    for (int from = 0; from < addresses.size(); from += ROUND_MAX) {
      int to = Math.min(addresses.size(), from + ROUND_MAX);
      List<FloatingAddress> part = List.copyOf(addresses.subList(from, to));
      for (FloatingAddress address : part) {
        latest.put(address, starts);
      }
      rounds.add(new Round(starts, now, 0, now + REPEATS.getFirst().toNanos(), part));
    }
  }

  void stop(Collection<FloatingAddress> addresses) {
    for (FloatingAddress address : addresses) {
      latest.remove(address);
    }
    // Void rounds would otherwise pile up under frequent starts.
    rounds.removeIf(round -> current(round).isEmpty());
  }

  /** The addresses of one round that is due, and schedules their next; empty when none is. */
  List<FloatingAddress> due(long now) {
    while (!rounds.isEmpty() && rounds.peek().due - now <= 0) {
      Round round = rounds.remove();
      List<FloatingAddress> addresses = current(round);
      if (!addresses.isEmpty()) {
        rounds.add(next(round, addresses, now));
        return addresses;
      }
    }
    return List.of();
  }

  /** How long from now until the next round is due; empty when there is none. */
  OptionalLong untilNext(long now) {
    return rounds.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(0, rounds.peek().due - now));
  }

  private List<FloatingAddress> current(Round round) {
    List<FloatingAddress> addresses = new ArrayList<>(round.addresses.size());
    for (FloatingAddress address : round.addresses) {
      Long id = latest.get(address);
      if (id != null && id == round.id) {
        addresses.add(address);
      }
    }
    return addresses;
  }

  /** Repeats that were missed by being late are left out: one is as good as three at once. */
  private static Round next(Round round, List<FloatingAddress> addresses, long now) {
    int repeats = round.repeats + 1;
    while (repeats < REPEATS.size() && round.begun + REPEATS.get(repeats).toNanos() - now <= 0) {
      repeats++;
    }
    long due =
        repeats < REPEATS.size()
            ? round.begun + REPEATS.get(repeats).toNanos()
            : now + REFRESH.toNanos();
    return new Round(round.id, round.begun, repeats, due, addresses);
  }
}
