package io.twinbeat.lvs;

import java.util.OptionalInt;

/**
 * What is thought of one real server of one service, from one look to the next: {@code fall} bad
 * looks in a row take it out, {@code rise} good ones in. One that was never looked at is up, or
 * with {@code alpha} down until its first good look. Immutable.
 *
 * @param streak how many looks in a row spoke against {@code up}
 * @param weight what the last good look said of its weight
 */
record ServerState(boolean up, boolean looked, int streak, OptionalInt weight, String detail) {

  static ServerState unknown(boolean alpha) {
    return new ServerState(!alpha, false, 0, OptionalInt.empty(), "not looked at yet");
  }

  /** Of one that this process has not looked at, but whose kernel still has what came of looks. */
  static ServerState recalled(boolean up, OptionalInt weight) {
    return new ServerState(up, false, 0, weight, "not looked at since the daemon started");
  }

  /** Whether the last look that could tell was good; {@link #seenBad} is not its contrary. */
  boolean seenGood() {
    return looked && up == (streak == 0);
  }

  boolean seenBad() {
    return looked && up != (streak == 0);
  }

  ServerState next(Look.Seen seen, int rise, int fall) {
    if (seen.verdict() == Look.Verdict.NONE) {
      return new ServerState(up, looked, streak, weight, seen.detail());
    }
    boolean good = seen.verdict() == Look.Verdict.GOOD;
    OptionalInt weightNow = good ? seen.weight() : weight;
    if (good == up) {
      return new ServerState(up, true, 0, weightNow, seen.detail());
    }
    boolean first = !looked && good;
    boolean turns = first || streak + 1 >= (up ? fall : rise);
    return new ServerState(turns != up, true, turns ? 0 : streak + 1, weightNow, seen.detail());
  }
}
