package io.twinbeat.daemon;

import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.Event.ProbeFinished;
import io.twinbeat.decision.GroupState;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Looks at a group's service now and then while its holder is heard. A look that does not get
 * through then (a filter, a route, a wrong {@code probe}) would take a service that works for a
 * dead one in a silence: bad news today, though nothing has failed yet. One thread.
 */
final class PracticeLook {
  static final Duration EACH = Duration.ofSeconds(10);

  /** In a row; a holder that restarts its service in place, or a lost packet, makes one or two. */
  static final int FAILED_MAX = 3;

  private final String group;
  private final Supplier<State> state;
  private final Supplier<ProbeFinished> look;
  private final DaemonAlarms alarms;
  private int failed;

  PracticeLook(
      String group, Supplier<State> state, Supplier<ProbeFinished> look, DaemonAlarms alarms) {
    this.group = group;
    this.state = state;
    this.look = look;
    this.alarms = alarms;
  }

  void practise() {
    Optional<Long> before = servedByPeer();
    if (before.isEmpty()) {
      failed = 0;
      alarms.clear(key());
      return;
    }
    ProbeFinished seen = look.get();
    if (seen.look() == Look.ANSWERED) {
      failed = 0;
      alarms.clear(key());
    } else if (before.equals(servedByPeer()) && ++failed >= FAILED_MAX) {
      alarms.raise(
          key(),
          state.get().peer().last().node()
              + " is heard and serves "
              + group
              + ", but this node's looks at it through its address do not get there; "
              + (seen.look() == Look.NOT_ANSWERED
                  ? "in a silence it would take a service that works for a dead one"
                  : "in a silence it could not tell whether the service is dead"),
          "ask from this node as probe: says, and mend the filter, the route or the setting ("
              + cause(seen)
              + ")");
    }
  }

  private String key() {
    return "look:" + group;
  }

  /** Without what differs from look to look. */
  private static String cause(ProbeFinished seen) {
    int effort = seen.detail().indexOf(" (");
    return effort < 0 ? seen.detail() : seen.detail().substring(0, effort);
  }

  /** The term with which the peer serves the group without complaint; empty if it does not. */
  private Optional<Long> servedByPeer() {
    State now = state.get();
    Status last = now.peer().last();
    Status.GroupStatus theirs = last == null ? null : last.groups().get(group);
    GroupState here = now.group(group);
    return theirs != null
            && now.peer().hearing() == Hearing.HEARD
            && last.leaving() == Status.Leaving.NO
            && theirs.phase() == Phase.ACTIVE
            && theirs.offer().isEmpty()
            && here.phase() == Phase.STANDBY
        ? Optional.of(theirs.term())
        : Optional.empty();
  }
}
