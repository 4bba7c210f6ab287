package io.twinbeat.lvs;

import java.util.OptionalInt;

/**
 * What is thought of one real server of one service, from one look to the next: {@code fall} bad
 * looks in a row take it out, {@code rise} good ones in. One that was never looked at is up, or
 * with {@code alpha} down until its first good look. Looks that could not be made leave it as it
 * is; {@code fall} of them in a row are told. Immutable.
 *
 * @param streak how many looks in a row spoke against {@code up}
 * @param missed how many in a row could not be made, up to {@code fall}
 * @param blind whether they are that many
 * @param weight what the last good look said of its weight
 */
record ServerState(
    boolean up,
    boolean looked,
    int streak,
    int missed,
    boolean blind,
    OptionalInt weight,
    String detail) {

  static ServerState unknown(boolean alpha) {
    return new ServerState(!alpha, false, 0, 0, false, OptionalInt.empty(), "not looked at yet");
  }

  /** Of one that this process has not looked at, but whose kernel still has what came of looks. */
  static ServerState recalled(boolean up, OptionalInt weight) {
    return new ServerState(
        up, false, 0, 0, false, weight, "not looked at since the daemon started");
  }

  /** Whether the last look that could tell was good; {@link #seenBad} is not its contrary. */
  boolean seenGood() {
    return looked && !blind && up == (streak == 0);
  }

  boolean seenBad() {
    return looked && !blind && up != (streak == 0);
  }

  ServerState next(Look.Seen seen, int rise, int fall) {
    if (seen.verdict() == Look.Verdict.NONE) {
      int now = Math.min(missed + 1, fall);
      return new ServerState(up, looked, streak, now, now == fall, weight, seen.detail());
    }
    boolean good = seen.verdict() == Look.Verdict.GOOD;
    OptionalInt weightNow = good ? seen.weight() : weight;
    if (good == up) {
      return new ServerState(up, true, 0, 0, false, weightNow, seen.detail());
    }
    boolean first = !looked && good;
    boolean turns = first || streak + 1 >= (up ? fall : rise);
    return new ServerState(
        turns != up, true, turns ? 0 : streak + 1, 0, false, weightNow, seen.detail());
  }
}
