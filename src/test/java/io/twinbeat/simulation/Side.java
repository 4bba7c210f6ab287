package io.twinbeat.simulation;

import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.Fingerprint;
import io.twinbeat.decision.Inside;
import io.twinbeat.decision.Rule;
import io.twinbeat.decision.State;
import java.util.List;

/** One machine of the exhaustive search; copied before it is changed. Times are in ticks. */
final class Side {
  boolean on = true;

  /** The state file; what an earlier boot held is not held. */
  long term;

  boolean held;
  long startFenceAt = -1;

  boolean address;

  /** Null while no daemon runs. */
  State core;

  long life;

  /** Work under way and waiting, in order. */
  List<Effect> work = List.of();

  long fenceId;
  boolean fenceLookOnly;

  /** A fence that was told as failed may still strike. */
  boolean strikes;

  long lookId;

  // What is true, for the checks.
  boolean connected = true;
  boolean heard;
  long startedAt;
  long heardAt;
  long lastEventAt;
  long stallEndedAt = -100;
  Look lastLook;

  Side copy() {
    Side c = new Side();
    c.on = on;
    c.term = term;
    c.held = held;
    c.startFenceAt = startFenceAt;
    c.address = address;
    c.core = core;
    c.life = life;
    c.work = work;
    c.fenceId = fenceId;
    c.fenceLookOnly = fenceLookOnly;
    c.strikes = strikes;
    c.lookId = lookId;
    c.connected = connected;
    c.heard = heard;
    c.startedAt = startedAt;
    c.heardAt = heardAt;
    c.lastEventAt = lastEventAt;
    c.stallEndedAt = stallEndedAt;
    c.lastLook = lastLook;
    return c;
  }

  /** P3 to P5: whether what is true allows to shoot. */
  void mayShoot(Rule why, long now) {
    if (!heard && now - startedAt < Pair.INITDEAD) {
      throw new Violation("P5", "fenced before initdead, and heard nobody");
    }
    if (why != Rule.FENCE) {
      return;
    }
    if (now - stallEndedAt < Pair.DEADTIME) {
      throw new Violation("P4", "fenced right after an own stall");
    }
    if (heard && now - heardAt < Pair.DEADTIME) {
      throw new Violation("P3", "fenced before the deadtime was over");
    }
    if (lastLook != Look.NOT_ANSWERED || !connected) {
      throw new Violation("P3", "fenced after the look " + lastLook + ", connected: " + connected);
    }
  }

  /**
   * Adds all that makes this machine behave as it will.
   *
   * @param number which of the two it is
   * @param peerLife the peer's present life, 0 for none
   */
  void fingerprint(Fingerprint f, int number, long peerLife, long now) {
    f.plain((on ? 1 : 0) + (held ? 2 : 0) + (address ? 4 : 0) + (strikes ? 8 : 0));
    f.flag(connected);
    f.term(term);
    f.plain(startFenceAt < 0 ? -1 : Math.min(Pair.WINDOW, now - startFenceAt));
    f.flag(core != null);
    if (core == null) {
      return;
    }
    f.core(core, number, peerLife, lookId, fenceId, Pair.TICK.toNanos() * Pair.DEADTIME);
    f.flag(heard);
    f.word(lastLook);
    f.plain(Math.min(Pair.DEADTIME, now - stallEndedAt));
    f.plain(Math.min(Pair.DEADTIME, now - heardAt));
    f.plain(lookId == 0 ? 0 : 1);
    f.plain(fenceId == 0 ? 0 : 1);
    for (Effect effect : work) {
      switch (effect) {
        case Effect.StartGroup e -> f.term(e.term());
        case Effect.Prepare e -> f.flag(e.ask() == Inside.ask(core.group(Pair.SITE)));
        default -> f.plain(-7);
      }
    }
    f.plain(work.size());
  }
}
