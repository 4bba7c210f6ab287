package io.twinbeat.decision;

import java.util.Arrays;

/**
 * A hash of all that decides in a pair of cores: times count back from now, lives are numbered as
 * they are met, requests keep only their order and terms their distance. Two states with the same
 * hash behave alike; what is only said (alarms, sentences) is left out.
 */
public final class Fingerprint {
  private static final long CAP_NANOS = 20_000_000_000L;
  private static final int FIELDS_MAX = 512;
  private static final int LIVES_MAX = 32;

  private enum Kind {
    PLAIN,
    TERM,
    ASK_A,
    ASK_B
  }

  private Moment now;
  private final long[] values = new long[FIELDS_MAX];
  private final Kind[] kinds = new Kind[FIELDS_MAX];
  private int count;
  private final long[] lives = new long[LIVES_MAX];
  private int livesMet;
  private final long[] met = new long[FIELDS_MAX];

  /** To be called before each state; one thread. */
  public void begin(Moment moment) {
    now = moment;
    count = 0;
    livesMet = 0;
  }

  private void put(Kind kind, long value) {
    values[count] = value;
    kinds[count++] = kind;
  }

  public void plain(long value) {
    put(Kind.PLAIN, value);
  }

  public void word(Enum<?> value) {
    plain(value == null ? 0 : value.name().hashCode());
  }

  public void flag(boolean value) {
    plain(value ? 1 : 0);
  }

  public void term(long term) {
    put(Kind.TERM, term);
  }

  /** A request that node {@code minter} (0 or 1) made. */
  private void ask(int minter, long ask) {
    put(minter == 0 ? Kind.ASK_A : Kind.ASK_B, ask);
  }

  public void life(long incarnation) {
    if (incarnation == 0) {
      plain(0);
      return;
    }
    int at = 0;
    while (at < livesMet && lives[at] != incarnation) {
      at++;
    }
    if (at == livesMet) {
      lives[livesMet++] = incarnation;
    }
    plain(at + 1);
  }

  /** A moment as its distance from now; what is long ago is all the same. */
  private void moment(Moment moment) {
    plain(
        moment == null
            ? Long.MIN_VALUE
            : Math.clamp(moment.nanos() - now.nanos(), -CAP_NANOS, CAP_NANOS));
  }

  private void recent(Moment moment, long cap) {
    plain(moment == null ? Long.MIN_VALUE : Math.max(moment.nanos() - now.nanos(), -cap));
  }

  public void status(Status status, int sender) {
    flag(status != null);
    if (status == null) {
      return;
    }
    life(status.incarnation());
    word(status.leaving());
    flag(status.connected());
    for (Status.GroupStatus g : status.groups().values()) {
      word(g.phase());
      plain((g.ready() ? 4 : 0) + (g.able() ? 2 : 0));
      word(g.reach());
      term(g.term());
      ask(sender, g.ask());
      ask(sender, g.closedAsk());
      flag(!g.offer().isEmpty());
      ask(1 - sender, g.grantedAsk());
      life(g.grantedTo());
      term(g.grantedTerm());
    }
  }

  /** A heartbeat on its way, as its receiver will take it. */
  public void message(Status status, int sender, State receiver) {
    status(status, sender);
    if (status == null) {
      return;
    }
    life(status.hears());
    if (receiver != null) {
      flag(receiver.peer.retired.contains(status.incarnation()));
      boolean sameLife =
          receiver.peer.last != null && receiver.peer.last.incarnation() == status.incarnation();
      plain(sameLife ? Long.signum(status.version() - receiver.peer.last.version()) : 2);
    }
  }

  /** The core of node {@code self}, with the numbers of the look and the fence under way. */
  public void core(State s, int self, long peerLife, long lookId, long fenceId, long deadtime) {
    life(s.incarnation);
    word(s.going);
    moment(s.lastEvent);
    recent(s.started, 4 * deadtime);
    recent(s.listeningSince, 2 * deadtime);
    moment(s.goingSince);
    flag(s.connected);
    recent(s.connectionLostAt, deadtime);
    peer(s.peer, peerLife, self, deadtime);
    ask(self, s.lastId);
    plain(s.fenceId == 0 ? 0 : s.fenceId == fenceId ? 1 : 2);
    life(s.fenceTarget);
    flag(s.fenceLookOnly);
    plain(s.fenceFailures);
    recent(s.fenceRetryAt, 0);
    recent(s.fenceWaitUntil, 0);
    recent(s.askedAt, 2 * deadtime);
    recent(s.theyAskSince, 2 * deadtime);
    recent(s.startFenceSpentUntil, 0);
    plain(s.pending.size());
    for (State.Pending p : s.pending) {
      plain(p.kind().hashCode());
    }
    for (GroupState g : s.groups.values()) {
      group(s, g, self, lookId, deadtime);
    }
  }

  private void peer(PeerState p, long peerLife, int self, long deadtime) {
    word(p.hearing);
    word(p.off);
    recent(p.since, deadtime);
    status(p.last, 1 - self);
    life(p.seen);
    life(p.foreign);
    recent(p.lastHeard, 2 * deadtime);
    flag(p.retired.contains(peerLife));
    flag(p.restarting);
  }

  private void group(State s, GroupState g, int self, long lookId, long deadtime) {
    word(g.phase);
    plain((g.ready ? 4 : 0) + (g.able ? 2 : 0) + (g.keptHeld ? 1 : 0));
    word(g.reach);
    recent(g.aloneOutOfReachSince, deadtime);
    term(g.term);
    term(g.keptTerm);
    ask(self, g.ask);
    ask(self, g.closedAsk);
    word(g.want);
    flag(g.askPrepared);
    moment(g.askSince);
    ask(1 - self, g.grantAsk);
    life(g.grantTo);
    term(g.grantTerm);
    word(g.stopGoal);
    plain(g.stopTries);
    recent(g.stopRetryAt, 0);
    word(g.offerRule);
    plain(g.startFailures);
    recent(g.startRetryAt, 0);
    plain(!g.probePending ? 0 : g.probeId == lookId ? 1 : 2);
    recent(g.probeStarted, g.probePending ? deadtime : 0);
    Moment heard = s.peer.lastHeard;
    Moment silentFrom = heard == null ? s.listeningSince : Moment.later(heard, s.listeningSince);
    flag(g.lookStarted != null && g.lookStarted.isBefore(silentFrom));
    recent(g.lookStarted, deadtime);
    recent(g.lookEnded, deadtime);
    word(g.look);
    recent(g.takenSince, deadtime);
  }

  public long hash() {
    terms();
    order(Kind.ASK_A);
    order(Kind.ASK_B);
    long hash = 0x9E3779B97F4A7C15L;
    for (int i = 0; i < count; i++) {
      hash = (hash ^ values[i]) * 0xFF51AFD7ED558CCDL;
      hash ^= hash >>> 32;
    }
    hash *= 0xC4CEB9FE1A85EC53L;
    hash ^= hash >>> 29;
    return hash == 0 ? 1 : hash;
  }

  private void terms() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      if (kinds[i] == Kind.TERM && values[i] > 0) {
        least = Math.min(least, values[i]);
      }
    }
    for (int i = 0; i < count; i++) {
      if (kinds[i] == Kind.TERM && values[i] > 0) {
        values[i] -= least - 1;
      }
    }
  }

  private void order(Kind kind) {
    int found = 0;
    for (int i = 0; i < count; i++) {
      if (kinds[i] == kind) {
        met[found++] = values[i];
      }
    }
    met[found++] = 0;
    Arrays.sort(met, 0, found);
    for (int i = 0; i < count; i++) {
      if (kinds[i] == kind) {
        int rank = 0;
        for (int k = 1; k < found && met[k] <= values[i]; k++) {
          rank += met[k] != met[k - 1] ? 1 : 0;
        }
        values[i] = rank;
      }
    }
  }
}
