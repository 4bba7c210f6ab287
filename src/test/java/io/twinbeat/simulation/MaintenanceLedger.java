package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;

import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.GroupState;
import io.twinbeat.decision.Maintenance;
import io.twinbeat.decision.PeerState;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.Rule;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Status;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What maintenance promises: nothing by itself, both nodes or neither, no residue. */
final class MaintenanceLedger {
  /** What only a node that acts by itself decides. */
  private static final Set<Rule> BY_ITSELF =
      EnumSet.of(
          Rule.FENCE,
          Rule.START_FENCE_ONCE,
          Rule.FENCE_ON_REQUEST,
          Rule.UNFENCED,
          Rule.ASK_NOBODY_HOLDS,
          Rule.FAILBACK,
          Rule.RESTART_IN_PLACE,
          Rule.OFFER_FAILED,
          Rule.OFFER_BAD_CONNECTION,
          Rule.OFFER_OUT_OF_REACH);

  private final World world;
  private final Ledger ledger;

  MaintenanceLedger(World world, Ledger ledger) {
    this.world = world;
    this.ledger = ledger;
  }

  private static void broken(String promise, String what) {
    throw new Violation(promise, what);
  }

  void stepped(Daemon daemon, Event event, State before, List<Effect> effects) {
    State after = daemon.state;
    boolean stood = before.maintenance().stands();
    boolean stands = after.maintenance().stands();
    for (Effect effect : effects) {
      if (effect instanceof Effect.Explain e && e.rule() == Rule.MAINTENANCE_ASKED) {
        hidesNothing(daemon);
      }
      if (stood && stands) {
        passive(daemon, effect);
      }
    }
    if (!stood && stands && !(event instanceof Event.Started)) {
      notAlone(daemon, after.maintenance());
    }
    if (stood && !stands) {
      daemon.maintenanceEndedAt = world.now;
    }
  }

  private void passive(Daemon daemon, Effect effect) {
    switch (effect) {
      case Effect.Explain e -> {
        if (BY_ITSELF.contains(e.rule())) {
          broken("rule", daemon.machine.name + " acts in maintenance: " + e.rule());
        }
      }
      case Effect.RestartResource e ->
          broken("rule", daemon.machine.name + " restarts in maintenance: " + e);
      case Effect.StartGroup e -> {
        boolean free =
            switch (e.right()) {
              case FENCED, LEFT, CONFIRMED, UNFENCED -> true;
              case GRANTED, KEPT, ADOPTED -> false;
            };
        String move = "[group=" + e.group() + "]";
        if (free
            && !ledger.isOrdered(daemon, "Takeover" + move)
            && !ledger.isOrdered(daemon, "Failback" + move)) {
          broken("rule", daemon.machine.name + " takes over in maintenance: " + e);
        }
      }
      default -> {}
    }
  }

  private void hidesNothing(Daemon daemon) {
    for (GroupState group : daemon.state.groups()) {
      Status.GroupStatus theirs = daemon.state.peer().last().groups().get(group.name());
      if (group.phase() != Phase.ACTIVE && theirs.phase() != Phase.ACTIVE) {
        broken(
            "rule",
            daemon.machine.name + " asks for maintenance, and nobody holds " + group.name());
      }
    }
  }

  private void notAlone(Daemon daemon, Maintenance mine) {
    PeerState peer = daemon.state.peer();
    Daemon other = world.peer(daemon.machine).daemon;
    boolean heard =
        other != null
            && peer.off() == PeerState.Off.NO
            && peer.last() != null
            && peer.last().incarnation() == other.incarnation
            && peer.last().leaving() == Status.Leaving.NO;
    if (heard && other.state.maintenance().number() < mine.number() && !ledger.diskLost) {
      broken("rule", daemon.machine.name + " is in maintenance, and its peer knows nothing of it");
    }
  }

  /** What was seen in maintenance is no reason to fence. */
  void fencing(Daemon daemon) {
    long since = world.now - daemon.maintenanceEndedAt;
    if (daemon.maintenanceEndedAt >= 0 && since < world.plan.deadtime * 0.998) {
      broken("rule", daemon.machine.name + " fences " + since / MS + " ms after a maintenance");
    }
  }
}
