package io.twinbeat.simulation;

import static io.twinbeat.simulation.Chance.MS;
import static io.twinbeat.simulation.Chance.SECOND;

import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Effect.Verdict;
import io.twinbeat.decision.Event.Order;
import io.twinbeat.decision.GroupState;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.Rule;
import io.twinbeat.decision.Settings.Failback;
import io.twinbeat.decision.Settings.GroupSettings;
import io.twinbeat.decision.State;
import java.util.ArrayDeque;
import java.util.List;

/** Holds single decisions against the rules of the design's section 4, by what is true. */
final class Conduct {
  private static final long FENCES_WINDOW = 10 * SECOND;
  private static final int FENCES_MAX = 12;

  /** After each start that fails, the pause until the next one is longer. */
  private static final int STARTS_MAX = 12;

  private final World world;
  private final Daemon[][] failbackBy = new Daemon[2][3];
  private final long[][] failbackAt = new long[2][3];

  /** The life of a preferred node whose operator has moved the group away. */
  private final Daemon[][] movedAway = new Daemon[2][3];

  private final List<ArrayDeque<Long>> fences = List.of(new ArrayDeque<>(), new ArrayDeque<>());
  private final List<ArrayDeque<Long>> starts = List.of(new ArrayDeque<>(), new ArrayDeque<>());

  Conduct(World world) {
    this.world = world;
  }

  private static void broken(String what) {
    throw new Violation("rule", what);
  }

  void explained(Daemon daemon, Effect.Explain e) {
    if (e.rule() == Rule.OPERATOR_TAKEOVER) {
      movedAway[daemon.machine.index][daemon.group(e.subject())] = null;
    }
    if (daemon.wentOnAt == world.now) {
      return; // What it was told meanwhile is still in its queue.
    }
    String who = daemon.machine.name;
    switch (e.rule()) {
      case FAILBACK -> failback(daemon, daemon.group(e.subject()));
      case OPERATOR_TAKEOVER -> {
        if (!daemon.senses.saidReady(daemon.group(e.subject()))) {
          broken(who + " takes over by order, and is not ready");
        }
      }
      case OFFER_OPERATOR -> {
        if (!daemon.state.peer().last().groups().get(e.subject()).ready()) {
          broken(who + " gives the group away by order, and its peer is not ready");
        }
      }
      case OFFER_BAD_CONNECTION -> {
        long lost = world.now - daemon.senses.connectedSaidAt;
        if (lost < world.plan.deadtime * 0.49) {
          broken(who + " gives the group away " + lost / MS + " ms after a loss of connection");
        }
      }
      case OFFER_OUT_OF_REACH -> outOfReach(daemon, daemon.group(e.subject()));
      case TWO_HOLDERS_YIELD -> yields(daemon, daemon.group(e.subject()));
      default -> {}
    }
  }

  /** The peer may have said long ago what it saw before; not longer ago than this. */
  private void outOfReach(Daemon daemon, int g) {
    String who = daemon.machine.name;
    long said = world.now - daemon.senses.lostSaidAt;
    long hold = world.plan.settings[0].groups().get(g).reachHold().toNanos();
    if (said < hold * 0.99) {
      broken(who + " gives the group away " + said / MS + " ms after the real servers were lost");
    }
    Daemon peer = world.peer(daemon.machine).daemon;
    long lost = world.tier.lostFor(1 - daemon.machine.index);
    boolean late =
        peer == null
            || peer.standsStill()
            || peer.machine.diskDelay > 0
            || world.now - peer.wentOnAt < hold;
    if (!late && lost > world.plan.lookLate + 3 * world.plan.deadtime) {
      broken(who + " gives the group to a peer that reaches no real server either");
    }
  }

  private void failback(Daemon daemon, int g) {
    int node = daemon.machine.index;
    GroupSettings settings = world.plan.settings[0].groups().get(g);
    long since = world.now - failbackAt[node][g];
    boolean remembers =
        failbackBy[node][g] == daemon || daemon.machine.failbackKept.contains(settings.name());
    boolean again = failbackBy[node][g] != null && remembers;
    if (again && since < settings.cooldown().toNanos() * 0.99) {
      broken("a second failback of " + settings.name() + " within the cool-down");
    }
    daemon.machine.failbackKept.remove(settings.name());
    failbackBy[node][g] = daemon;
    failbackAt[node][g] = world.now;
    if (movedAway[node][g] == daemon) {
      broken("a failback of " + settings.name() + ", which the operator had moved away");
    }
    long ready = daemon.senses.readySince[g] < 0 ? -1 : world.now - daemon.senses.readySince[g];
    if (settings.failback() instanceof Failback.After after
        && ready < after.ready().toNanos() * 0.99) {
      broken("a failback of " + settings.name() + " before the node was ready long enough");
    }
  }

  /** Of two holders the one with the higher term stays, of equals the preferred one. */
  private void yields(Daemon daemon, int g) {
    Daemon other = world.peer(daemon.machine).daemon;
    if (other == null) {
      return;
    }
    GroupState here = daemon.state.group(world.plan.groups[g]);
    GroupState there = other.state.group(world.plan.groups[g]);
    boolean preferred = world.plan.settings[0].groups().get(g).prefer().equals(daemon.machine.name);
    boolean stays = here.term() > there.term() || (here.term() == there.term() && preferred);
    if (there.phase() == Phase.ACTIVE && stays) {
      broken(daemon.machine.name + " lets go of " + here.name() + " with the higher right to it");
    }
  }

  void answered(Daemon daemon, Order order, Effect.Answer answer) {
    if (order instanceof Order.Standby standby && answer.verdict() == Verdict.DONE) {
      int g = daemon.group(standby.group());
      movedAway[daemon.machine.index][g] = daemon;
    }
    if (order instanceof Order.Takeover takeover) {
      movedAway[daemon.machine.index][daemon.group(takeover.group())] = null;
    }
  }

  void starts(Daemon daemon, int g) {
    int node = daemon.machine.index;
    movedAway[node][g] = null;
    often(starts.get(node), STARTS_MAX, daemon.machine.name + " starts its groups again and again");
  }

  private void often(ArrayDeque<Long> times, int max, String what) {
    times.add(world.now);
    while (world.now - times.peek() > FENCES_WINDOW) {
      times.poll();
    }
    if (times.size() > max * world.plan.groups.length) {
      throw new Violation("P9", what);
    }
  }

  void fenced(Daemon daemon, Rule why) {
    String who = daemon.machine.name;
    if (why == Rule.OPERATOR_FENCE) {
      return;
    }
    often(fences.get(daemon.machine.index), FENCES_MAX, who + " fences without a pause");
    if (daemon.state.going() != State.Going.STAYS) {
      broken(who + " fences while it leaves");
    }
    if (why == Rule.FENCE_ON_REQUEST && daemon.wentOnAt != world.now && !useful(daemon)) {
      broken(who + " fences on request, and could not serve what is stuck");
    }
  }

  private boolean useful(Daemon daemon) {
    for (int g = 0; g < world.plan.groups.length; g++) {
      if (daemon.senses.saidAble(g) && daemon.senses.connectedSaid) {
        return true;
      }
    }
    return false;
  }

  /** What entitles to a start without proof that nobody has the address must ask the wire. */
  void claims(Effect.StartGroup e, boolean taken) {
    boolean proven =
        switch (e.right()) {
          case GRANTED, FENCED, ADOPTED -> true;
          case LEFT, CONFIRMED, UNFENCED, KEPT -> false;
        };
    if (taken && !proven && !e.claimFirst()) {
      throw new Violation("P1", "an address that answers on the wire is taken, by " + e.right());
    }
  }
}
