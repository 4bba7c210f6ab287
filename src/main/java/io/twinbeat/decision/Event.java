package io.twinbeat.decision;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Something that happened; the only input of the core besides time. */
public sealed interface Event {
  /**
   * The daemon started.
   *
   * @param incarnation this life's random number
   * @param groups what is on disk and in the kernel, by group
   * @param startFenceSpentFor how much longer no start-up fence may be shot; zero when one may
   * @param maintenance the last word on it on disk
   */
  record Started(
      long incarnation,
      Map<String, Remembered> groups,
      Duration startFenceSpentFor,
      RememberedMaintenance maintenance)
      implements Event {
    public Started {
      groups = Map.copyOf(groups);
    }

    /** With no maintenance on disk. */
    public Started(long incarnation, Map<String, Remembered> groups, Duration startFenceSpentFor) {
      this(incarnation, groups, startFenceSpentFor, RememberedMaintenance.NONE);
    }
  }

  /**
   * What an earlier life left of a maintenance.
   *
   * @param left how much longer it lasts; zero when it is over
   * @param sure whether that was measured by one monotonic clock; else the peer knows better
   */
  record RememberedMaintenance(long number, Duration left, String reason, boolean sure) {
    public static final RememberedMaintenance NONE =
        new RememberedMaintenance(0, Duration.ZERO, "", true);
  }

  /**
   * What an earlier life left of a group.
   *
   * @param term the highest term on disk, 0 when the disk was lost
   * @param held whether that life, in this boot of the machine, meant to hold the group
   * @param present whether any of its addresses is on this machine
   * @param failbackHeld the operator moved it away: it does not go back by itself
   * @param sinceFailback how long ago the last failback began; empty for none
   */
  record Remembered(
      long term,
      boolean held,
      boolean present,
      boolean failbackHeld,
      Optional<Duration> sinceFailback) {
    public Remembered(long term, boolean held, boolean present) {
      this(term, held, present, false, Optional.empty());
    }
  }

  /** Time passed. */
  record Ticked() implements Event {}

  /** An authenticated, fresh heartbeat arrived, by the receiving thread's clock. */
  record HeartbeatArrived(Status status, Moment receivedAt) implements Event {}

  /**
   * An authenticated, fresh heartbeat of a version that this node does not understand: proof that
   * the peer is alive, and of nothing else.
   */
  record HeartbeatNotUnderstood(long incarnation, String detail, Moment receivedAt)
      implements Event {}

  /** The peer said that it leaves or restarts; the last that this incarnation says. */
  record PeerSaidGoodbye(Status status) implements Event {}

  /** The peer's machine answers that its daemon is gone. */
  record PeerProcessDied(long incarnation) implements Event {}

  /** This process was not running for a while. */
  record OwnStallNoticed(Duration gap) implements Event {}

  /** A fence ended; confirmed only when a separate status said off. */
  record FenceFinished(long id, boolean confirmed, String detail) implements Event {}

  record GroupPrepared(String group, long ask, boolean ok, String detail) implements Event {}

  record GroupStarted(String group, long term, boolean ok, String detail) implements Event {}

  record GroupStopped(String group, boolean ok, String detail) implements Event {}

  record ResourceFailed(String group, String resource, String detail) implements Event {}

  record ResourceRestarted(String group, String resource, boolean ok, String detail)
      implements Event {}

  record ResourceRecovered(String group, String resource) implements Event {}

  record ReadinessChanged(String group, boolean ready, boolean able, String reason)
      implements Event {}

  /** What this node's looks at the real servers behind a group come to. */
  record RealServersSeen(String group, Reach reach) implements Event {}

  /**
   * A look at the service through its address ended.
   *
   * @param taken not answered, but the machine's kernel took the connection
   */
  record ProbeFinished(String group, long id, Look look, boolean taken, String detail)
      implements Event {
    /** Of a look for which no connection was taken. */
    public ProbeFinished(String group, long id, Look look, String detail) {
      this(group, id, look, false, detail);
    }
  }

  /** What a look at the service saw. */
  enum Look {
    ANSWERED,
    NOT_ANSWERED,
    /** Unknown is a state: nothing follows from it. */
    CANNOT_TELL
  }

  /** The carrier of the service side or its reference points changed. */
  record ConnectionChanged(boolean connected, String detail) implements Event {}

  /** The operator asks; answered by {@link Effect.Answer} with the same id. */
  record Commanded(long id, Order order) implements Event {}

  /** What an operator can ask for. */
  sealed interface Order {
    record Takeover(String group) implements Order {}

    record Standby(String group) implements Order {}

    record Failback(String group) implements Order {}

    /** The operator vouches that the peer is off. */
    record ConfirmOff(String node) implements Order {}

    record FenceOff(String node) implements Order {}

    /** Hand over, say goodbye, leave. */
    record Leave() implements Order {}

    /** Leave the services running and come back. */
    record Restart(Duration backWithin) implements Order {}

    /** From now on, on both nodes, nothing is done by itself; or for longer than so far. */
    record MaintenanceOn(Duration length, String reason) implements Order {}

    record MaintenanceOff() implements Order {}
  }
}
