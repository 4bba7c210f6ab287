package io.twinbeat.lvs;

import java.net.InetAddress;
import java.time.Duration;
import java.util.OptionalInt;

/** One kind of look at a real server. Called on virtual threads, many at a time. */
public interface Look {
  /** Blocks for {@code limit} at most. Whatever goes wrong is a bad look, never an exception. */
  Seen at(InetAddress ip, int port, Duration limit) throws InterruptedException;

  /** What a look says of the server. */
  enum Verdict {
    GOOD,
    BAD,
    /** This machine itself could not look: nothing is known of the server. */
    NONE
  }

  /** What one look saw, in a few words; {@code weight} is what the server asks for, if it does. */
  record Seen(Verdict verdict, OptionalInt weight, String detail) {
    public static Seen good(String detail) {
      return new Seen(Verdict.GOOD, OptionalInt.empty(), detail);
    }

    public static Seen bad(String detail) {
      return new Seen(Verdict.BAD, OptionalInt.empty(), detail);
    }

    public static Seen none(String why) {
      return new Seen(Verdict.NONE, OptionalInt.empty(), why);
    }
  }
}
