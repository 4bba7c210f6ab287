package io.twinbeat.heartbeat;

/**
 * One datagram, opened. {@code sequence} numbers beats and messages the same on all links, so that
 * the copy on the other link is recognised. {@code stamp} is the sender's monotonic time in
 * nanoseconds since its start, opaque to the receiver, which sends the highest one back: {@code
 * echoLinkStamp} as heard on this link, {@code echoStamp} as heard on any. What comes back tells
 * the first sender how old the news is at most, without a common clock.
 */
@SuppressWarnings("ArrayRecordComponent") // Frames are passed on once and never compared.
record Frame(Type type, long incarnation, long sequence, long stamp, Echo echo, byte[] body) {

  /** What the sender heard last: of which incarnation, its stamp on this link and on any link. */
  record Echo(long incarnation, long linkStamp, long stamp) {
    static final Echo NONE = new Echo(0, 0, 0);
  }

  enum Type {
    /** A status. */
    BEAT(1),
    /** The last status of this incarnation. */
    BYE(2),
    /** Wants an answer at once. */
    PROBE(3),
    /** The answer to a probe, or to a frame that did not prove to be fresh; never answered. */
    ANSWER(4),
    /** A datagram of JGroups. */
    MESSAGE(5);

    private static final Type[] BY_CODE = {null, BEAT, BYE, PROBE, ANSWER, MESSAGE};
    final byte code;

    Type(int code) {
      this.code = (byte) code;
    }

    /** Null if there is no such type. */
    static Type of(byte code) {
      return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
  }

  static final byte[] EMPTY = {};
}
