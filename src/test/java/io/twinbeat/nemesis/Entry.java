package io.twinbeat.nemesis;

import io.twinbeat.lab.Outage;
import io.twinbeat.lab.PowerAction;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * One thing that was seen or done from outside, at {@link System#nanoTime}. The checker knows
 * nothing else of a run; it is never told what a daemon says of itself, but for {@link Calm}.
 */
sealed interface Entry {
  long atNanos();

  /** From here on these running nodes' kernels had the address. */
  record Held(long atNanos, Set<String> nodes) implements Entry {
    public Held {
      nodes = Set.copyOf(nodes);
    }
  }

  /** The kernels were not looked at for so long. */
  record Blind(long atNanos, long lengthNanos) implements Entry {}

  /** From here on this node answered the client. */
  record Answering(long atNanos, String node) implements Entry {}

  /** The client's first bad attempt after good ones. */
  record Down(long atNanos, String lastNode) implements Entry {}

  /** The client's first good attempt after bad ones. */
  record Up(long atNanos, Outage outage) implements Entry {}

  /** The client itself did not run for so long. */
  record ClientStalled(long atNanos, long lengthNanos) implements Entry {}

  /** Something was asked of the lab's power switch; began at {@code atNanos}. */
  record Power(long atNanos, PowerAction action) implements Entry {
    Power(PowerAction action) {
      this(action.startNanos(), action);
    }
  }

  /** A fault begins. {@code heldUp} is what it may add to an outage by itself. */
  record Began(long atNanos, int id, String fault, String detail, Duration heldUp)
      implements Entry {}

  /** What the fault did is undone; the pair has not yet come to rest. */
  record Ended(long atNanos, int id) implements Entry {}

  /** An operator's order and what came of it. */
  record Ordered(long atNanos, String node, String order, Outcome outcome, String sentence)
      implements Entry {}

  enum Outcome {
    DONE,
    FAILED,
    REFUSED,
    NO_DAEMON
  }

  /** Both nodes run, hear each other, agree on this holder and are ready; the client is served. */
  record Calm(long atNanos, String holder) implements Entry {}

  /** After all faults had ended the pair did not come to rest within the limit. */
  record NotCalm(long atNanos, String missing) implements Entry {}

  record Note(long atNanos, String text) implements Entry {}

  /** For the story of a run: what happened, in a few words. */
  default String told() {
    return switch (this) {
      case Held e ->
          "kernel  the address is on "
              + (e.nodes().isEmpty() ? "no node" : String.join(" AND ", e.nodes()));
      case Blind e -> "kernel  not looked at for " + millis(e.lengthNanos());
      case Answering e -> "client  answered by " + e.node();
      case Down e -> "client  no answer; the last came from " + e.lastNode();
      case Up e ->
          "client  answered by %s again after %s (%s)"
              .formatted(e.outage().after(), millis(e.outage().lengthNanos()), e.outage().how());
      case ClientStalled e -> "client  did not run for " + millis(e.lengthNanos());
      case Power e ->
          "power   %s %s, asked by %s: %s (%s)"
              .formatted(
                  e.action().node(),
                  e.action().verb().toString().toLowerCase(Locale.ROOT),
                  e.action().asker(),
                  e.action().result(),
                  millis(e.action().endNanos() - e.action().startNanos()));
      case Began e -> "FAULT   %d begins: %s %s".formatted(e.id(), e.fault(), e.detail());
      case Ended e -> "FAULT   " + e.id() + " is mended";
      case Ordered e ->
          "order   %s on %s: %s: %s".formatted(e.order(), e.node(), e.outcome(), e.sentence());
      case Calm e -> "calm    " + e.holder() + " holds";
      case NotCalm e -> "NO CALM " + e.missing();
      case Note e -> "note    " + e.text();
    };
  }

  private static String millis(long nanos) {
    return "%.1f ms".formatted(nanos / 1e6);
  }
}
