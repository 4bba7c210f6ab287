package io.twinbeat.resource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * One thing of a group: an address, nginx, a unit, a script. All methods block, keep to {@link
 * Limits}, are called on virtual threads and never two at a time for one resource; only {@link
 * #readiness} may be called at any time.
 */
public interface Resource {
  /** The time each action may take, and how often the resource is checked. */
  record Limits(
      Duration prepare, Duration start, Duration stop, Duration check, Duration interval) {
    public Limits {
      for (Duration limit : List.of(prepare, start, stop, check, interval)) {
        if (limit.isNegative() || limit.isZero()) {
          throw new IllegalArgumentException("a resource's limits must be more than nothing");
        }
      }
    }
  }

  /** How much to stop. */
  enum StopMode {
    /** The peer takes over: what is hot on both nodes stays running. */
    HAND_OVER,
    /** Nothing may be left running. */
    FULL
  }

  /** What a check saw. */
  sealed interface Health {
    /** It serves. */
    record Healthy(String detail) implements Health {}

    /** It was seen not to serve; a check that overran its limit counts as this. */
    record Failed(String detail) implements Health {}

    /** The check itself could not be made: no verdict either way. */
    record Unknown(String why) implements Health {}
  }

  /** A running look for sudden death; see {@link #watch}. Closing it twice does no harm. */
  interface Watch extends AutoCloseable {
    Watch NONE = () -> {};

    @Override
    void close();
  }

  String name();

  String type();

  Limits limits();

  /** On the standby: makes it as ready as can be and proves it; harmless on the holder. */
  void prepare() throws ResourceException;

  /** Starts it; idempotent; returns when it was seen to serve. */
  void start() throws ResourceException;

  /** Stops it; idempotent; returns when it is proven stopped. */
  void stop(StopMode mode) throws ResourceException;

  /** Does it serve here now? */
  Health check();

  /** Could it be started here now? Cheap: the last results of {@link #inspect} and others. */
  List<ReadinessItem> readiness();

  /** The scheduled deep look that feeds {@link #readiness}; cheap when nothing has changed. */
  void inspect();

  /**
   * On a node that is known not to hold the group, every few seconds: takes away what would be in
   * the holder's way or blind this node. Cheap when there is nothing.
   */
  default void standBy() throws ResourceException {}

  /**
   * Whether a maintenance, in which services are only watched, leaves it to be kept up as always:
   * an operator works on services beside it, not on it.
   */
  default boolean keptInMaintenance() {
    return false;
  }

  /** Files that say what it does, and should be the same on both nodes. */
  default List<Path> files() {
    return List.of();
  }

  /** Whether it runs on both nodes, holder or not. */
  default boolean presentWhenIdle() {
    return false;
  }

  /** How many checks in a row must fail before it counts as failed. */
  default int fall() {
    return 1;
  }

  /** How many checks in a row must pass before it counts as recovered. */
  default int rise() {
    return 1;
  }

  /**
   * Tells at once, on any thread and at most once, when that which serves is seen to die, so that
   * nobody has to wait for the next check. {@code died} gets one sentence.
   */
  default Watch watch(Consumer<String> died) {
    Objects.requireNonNull(died);
    return Watch.NONE;
  }
}
