package io.twinbeat.simulation;

import io.twinbeat.decision.Core;
import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.Event.Look;
import io.twinbeat.decision.Event.Order;
import io.twinbeat.decision.Fingerprint;
import io.twinbeat.decision.Inside;
import io.twinbeat.decision.Moment;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.Protection;
import io.twinbeat.decision.Rule;
import io.twinbeat.decision.Settings;
import io.twinbeat.decision.Settings.Failback;
import io.twinbeat.decision.Settings.GroupSettings;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Status;
import io.twinbeat.decision.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Two machines with one group and at most one heartbeat on its way in each direction, lost when the
 * next one is sent or when it is a deadtime old. Time goes in ticks of half a deadtime; between two
 * ticks everything may happen in any order. An address is taken to be there from the begin of a
 * start to the end of a stop. Devices are honest, but may fail and strike late.
 */
final class Pair {
  static final String SITE = "g";
  static final int DEADTIME = 2;
  static final int INITDEAD = 3;
  static final int WINDOW = 40;
  static final Duration TICK = Duration.ofMillis(500);
  private static final int WORK_MAX = 3;

  static final Act[] ACTS = Act.values();

  private final Core[] cores;
  private final Side[] sides;
  private Status[] wire = new Status[2];
  private long[] sentAt = new long[2];
  private boolean[] delayed = new boolean[2];
  private long now;
  private long lives;
  int spent;

  /** Null unless the story is wanted. */
  private final Story story;

  Pair(Core[] cores, Side a, Side b, Story story) {
    this.cores = cores;
    this.sides = new Side[] {a, b};
    this.story = story;
  }

  Pair copy() {
    return telling(story);
  }

  /** A copy that tells what happens to it. */
  Pair telling(Story listener) {
    Pair c = new Pair(cores, sides[0], sides[1], listener);
    c.wire = wire.clone();
    c.sentAt = sentAt.clone();
    c.delayed = delayed.clone();
    c.now = now;
    c.lives = lives;
    c.spent = spent;
    return c;
  }

  static Core[] cores(Set<? extends Protection> switchedOff) {
    Core[] cores = new Core[2];
    for (int i = 0; i < 2; i++) {
      cores[i] =
          Inside.core(
              new Settings(
                  i == 0 ? "A" : "B",
                  i == 0 ? "B" : "A",
                  TICK,
                  TICK.multipliedBy(DEADTIME),
                  TICK,
                  TICK.multipliedBy(INITDEAD),
                  false,
                  TICK.multipliedBy(3),
                  TICK.multipliedBy(WINDOW),
                  Duration.ofMillis(250),
                  List.of(
                      new GroupSettings(
                          SITE, "A", new Failback.Manual(), TICK, TICK, 0, Duration.ofMinutes(1)))),
              switchedOff);
    }
    return cores;
  }

  private Moment moment() {
    return new Moment(now * TICK.toNanos());
  }

  /** Whether this can happen now. */
  boolean can(Act act, int i) {
    Side s = sides[i];
    Side peer = sides[1 - i];
    boolean runs = s.core != null;
    boolean served = peer.on && peer.address && peer.connected && s.connected;
    return switch (act) {
      case TICK -> i == 0;
      case STALL -> runs;
      case ARRIVE -> wire[i] != null && peer.core != null;
      case DELAY -> wire[i] != null && !delayed[i];
      case WORK_DONE, WORK_FAILS -> runs && !s.work.isEmpty();
      case ANSWERED -> runs && s.lookId != 0 && served;
      case NOT_ANSWERED -> runs && s.lookId != 0 && !served;
      case PARTED -> runs && s.lookId != 0 && served;
      case CANNOT_TELL -> runs && s.lookId != 0;
      case STRIKE -> peer.on && (s.strikes || (s.fenceId != 0 && !s.fenceLookOnly));
      case FENCE_DONE -> runs && s.fenceId != 0 && !peer.on;
      case FENCE_FAILS -> runs && s.fenceId != 0;
      case KILL, KILL_LOSE_DISK -> runs;
      case RISE -> s.on && !runs;
      case POWER_LOSS -> s.on;
      case POWER_BACK -> !s.on;
      case CONNECTION_LOST -> runs && s.connected;
      case CONNECTION_BACK -> runs && !s.connected;
      case TAKEOVER -> runs && s.core.group(SITE).phase() == Phase.STANDBY;
      case LEAVE -> runs && s.core.going() == State.Going.STAYS;
      case CONFIRM -> runs && !peer.on;
    };
  }

  private Side change(int i) {
    sides[i] = sides[i].copy();
    return sides[i];
  }

  /** Makes it happen; a broken promise is thrown. */
  void happen(Act act, int i) {
    tell(i, act == Act.TICK ? "" : "happens", act.toString());
    spent += act.cost;
    Side s = change(i);
    switch (act) {
      case TICK -> tick(-1);
      case STALL -> tick(i);
      case ARRIVE -> arrive(i);
      case DELAY -> delayed[i] = true;
      case WORK_DONE -> work(i, true);
      case WORK_FAILS -> work(i, false);
      case ANSWERED -> looked(i, Look.ANSWERED);
      case NOT_ANSWERED, PARTED -> looked(i, Look.NOT_ANSWERED);
      case CANNOT_TELL -> looked(i, Look.CANNOT_TELL);
      case STRIKE -> {
        s.strikes = false;
        powerOff(1 - i);
      }
      case FENCE_DONE -> fenced(i, true);
      case FENCE_FAILS -> {
        s.strikes = sides[1 - i].on && !s.fenceLookOnly;
        fenced(i, false);
      }
      case KILL -> end(s);
      case KILL_LOSE_DISK -> {
        end(s);
        s.term = 0;
        s.held = false;
        s.startFenceAt = -1;
      }
      case RISE -> rise(i);
      case POWER_LOSS -> powerOff(i);
      case POWER_BACK -> {
        s.on = true;
        rise(i);
      }
      case CONNECTION_LOST -> connection(i, false);
      case CONNECTION_BACK -> connection(i, true);
      case TAKEOVER -> step(i, new Event.Commanded(now, new Order.Takeover(SITE)));
      case LEAVE -> step(i, new Event.Commanded(now, new Order.Leave()));
      case CONFIRM -> step(i, new Event.Commanded(now, new Order.ConfirmOff(i == 0 ? "B" : "A")));
    }
  }

  private void tick(int frozen) {
    now++;
    for (int i = 0; i < 2; i++) {
      if (wire[i] != null && now - sentAt[i] >= DEADTIME) {
        wire[i] = null;
        delayed[i] = false;
      }
    }
    for (int i = 0; i < 2; i++) {
      if (i != frozen && sides[i].core != null) {
        step(i, new Event.Ticked());
        send(i);
      }
    }
  }

  /** What is on its way is overtaken and lost, unless it was delayed. */
  private void send(int i) {
    if (!delayed[i] && sides[1 - i].on && sides[i].core != null) {
      wire[i] = cores[i].status(sides[i].core, moment(), "hash");
      sentAt[i] = now;
    }
  }

  private void arrive(int from) {
    Status status = wire[from];
    wire[from] = null;
    delayed[from] = false;
    int to = 1 - from;
    Side s = change(to);
    if (status.hears() == s.life) {
      s.heard = true;
      s.heardAt = now;
      s.lastLook = null;
    }
    step(
        to,
        status.leaving() == Status.Leaving.NO
            ? new Event.HeartbeatArrived(status, moment())
            : new Event.PeerSaidGoodbye(status));
  }

  private void work(int i, boolean ok) {
    Side s = sides[i];
    Effect done = s.work.getFirst();
    s.work = s.work.subList(1, s.work.size());
    begin(i);
    step(
        i,
        switch (done) {
          case Effect.StartGroup e -> new Event.GroupStarted(SITE, e.term(), ok, "seen");
          case Effect.Prepare e -> new Event.GroupPrepared(SITE, e.ask(), ok, "seen");
          case Effect.StopGroup e -> {
            if (ok) {
              s.address = false;
            }
            yield new Event.GroupStopped(SITE, ok, "seen");
          }
          default -> throw new IllegalStateException("no work: " + done);
        });
  }

  /** The head of the queue begins; a start may put the address up at once. */
  private void begin(int i) {
    Side s = sides[i];
    if (!s.work.isEmpty() && s.work.getFirst() instanceof Effect.StartGroup) {
      s.address = true;
      exclusive();
    }
  }

  private void exclusive() {
    if (sides[0].on && sides[0].address && sides[1].on && sides[1].address) {
      throw new Violation("P1", "the group is on both running machines");
    }
  }

  private void looked(int i, Look look) {
    Side s = sides[i];
    long id = s.lookId;
    s.lookId = 0;
    s.lastLook = look;
    step(i, new Event.ProbeFinished(SITE, id, look, "seen"));
  }

  private void fenced(int i, boolean confirmed) {
    Side s = sides[i];
    long id = s.fenceId;
    s.fenceId = 0;
    step(i, new Event.FenceFinished(id, confirmed, "seen"));
  }

  private static void end(Side s) {
    s.core = null;
    s.life = 0;
    s.work = List.of();
    s.strikes |= s.fenceId != 0 && !s.fenceLookOnly;
    s.fenceId = 0;
    s.lookId = 0;
    s.lastLook = null;
    s.heard = false;
  }

  private void powerOff(int i) {
    Side s = change(i);
    end(s);
    s.on = false;
    s.address = false;
    s.held = false;
  }

  private void rise(int i) {
    Side s = sides[i];
    s.life = 1000 + ++lives;
    s.startedAt = now;
    s.lastEventAt = now;
    s.heard = false;
    s.connected = true;
    s.core = cores[i].initial(moment());
    Duration spentFor =
        s.startFenceAt < 0
            ? Duration.ZERO
            : TICK.multipliedBy(WINDOW - Math.min(WINDOW, now - s.startFenceAt));
    step(
        i,
        new Event.Started(
            s.life, Map.of(SITE, new Event.Remembered(s.term, s.held, s.address)), spentFor));
    if (sides[i].core != null) {
      step(i, new Event.ReadinessChanged(SITE, true, true, ""));
    }
  }

  private void connection(int i, boolean connected) {
    sides[i].connected = connected;
    step(i, new Event.ConnectionChanged(connected, connected ? "good" : "lost"));
  }

  private void step(int i, Event event) {
    Side s = change(i);
    // A gap of one tick is half a deadtime, and none yet.
    s.stallEndedAt = now - s.lastEventAt > 1 ? now : s.stallEndedAt;
    s.lastEventAt = now;
    Step step = cores[i].step(s.core, event, moment());
    s.core = step.next();
    if (story != null) {
      story.stepped(now * TICK.toNanos(), i == 0 ? "A" : "B", event, step.effects());
    }
    Rule why = null;
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Explain e) {
        why = e.rule();
      }
      carryOut(i, effect, why);
    }
  }

  private void carryOut(int i, Effect effect, Rule why) {
    Side s = sides[i];
    switch (effect) {
      case Effect.Persist e -> {
        Effect.Held kept = e.groups().get(SITE);
        if (kept != null) {
          s.term = kept.term();
          s.held = kept.held();
        }
        s.startFenceAt = e.startFenceSpent() ? now : s.startFenceAt;
      }
      case Effect.SayGoodbye e -> send(i);
      case Effect.Prepare e -> {
        if (e.ask() != 0) {
          add(i, e);
        }
      }
      case Effect.StartGroup e -> {
        entitled(i, e);
        add(i, e);
      }
      case Effect.StopGroup e -> add(i, e);
      case Effect.Fence e -> {
        s.fenceId = e.id();
        s.fenceLookOnly = e.lookOnly();
        if (!e.lookOnly()) {
          s.mayShoot(why, now);
        }
      }
      case Effect.Probe e -> s.lookId = e.id();
      case Effect.Exit e -> end(s);
      case Effect.Explain e -> {}
      case Effect.Note e -> {}
      case Effect.SendStatus e -> send(i);
      case Effect.RestartResource e -> {}
      case Effect.Announce e -> {}
      case Effect.WarmFence e -> {}
      case Effect.RaiseAlarm e -> {}
      case Effect.ClearAlarm e -> {}
      case Effect.Answer e -> {}
    }
  }

  private void add(int i, Effect effect) {
    Side s = sides[i];
    List<Effect> work = new ArrayList<>(s.work);
    work.add(effect);
    s.work = List.copyOf(work);
    if (work.size() > WORK_MAX) {
      throw new Violation("P9", "work piles up on node " + i);
    }
    if (work.size() == 1) {
      begin(i);
    }
  }

  /** P2: whatever entitles to a start, the peer that runs does not mean to hold the group. */
  private void entitled(int i, Effect.StartGroup e) {
    State peer = sides[1 - i].core;
    boolean held = peer != null && peer.group(SITE).phase().mayHold();
    if (held && e.right() != Effect.Right.ADOPTED) {
      throw new Violation("P2", "started by " + e.right() + " while the peer may hold it");
    }
  }

  private void tell(int i, String kind, String what) {
    if (story != null) {
      story.tell(now * TICK.toNanos(), kind.isEmpty() ? "" : i == 0 ? "A" : "B", kind, what);
    }
  }

  /** What the two machines are like, in one line each. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2; i++) {
      Side s = sides[i];
      text.append(i == 0 ? "A: " : "\nB: ")
          .append(s.on ? "on" : "off")
          .append(", on disk term ")
          .append(s.term)
          .append(s.held ? " held" : " not held")
          .append(s.address ? ", address present" : ", no address")
          .append(s.core == null ? "" : s.heard ? ", running" : ", just started");
    }
    return text.toString();
  }

  /** Whether both hear each other. */
  boolean agreed() {
    for (Side s : sides) {
      if (s.core == null || s.core.peer().hearing() != Hearing.HEARD) {
        return false;
      }
    }
    return true;
  }

  long fingerprint(Fingerprint f) {
    f.begin(moment());
    f.plain(spent);
    for (int i = 0; i < 2; i++) {
      Side peer = sides[1 - i];
      sides[i].fingerprint(f, i, peer.life, now);
      f.message(wire[i], i, peer.core);
      f.plain(wire[i] == null ? 0 : now - sentAt[i]);
      f.flag(delayed[i]);
    }
    return f.hash();
  }
}
