package io.twinbeat.heartbeat;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;

/**
 * Fuzz target: what a link may bring. The first byte chooses: the rest is a datagram as it is, or
 * (even) the inside of one that is sealed with the pair's key.
 */
public final class LinkFuzz {
  private static final long DEADTIME = 1_000_000_000;
  private static final long OURS = 7;
  private static final long PEERS = 9;
  private static final Seal.Direction TO_B = new Seal.Direction(0, "a", "b");
  private static final HeartbeatKeys KEYS = Pair.key(1);

  private LinkFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) throws GeneralSecurityException {
    if (input.length == 0) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    boolean sealed = input[0] % 2 == 0;
    byte[] datagram = sealed ? sealed(rest) : rest;
    PeerTracker tracker = new PeerTracker(OURS, 1, DEADTIME);
    Drops drops = new Drops();
    Opener opener = new Opener(KEYS, TO_B, tracker, drops);
    Frame frame = opener.open(ByteBuffer.wrap(datagram));
    if (frame == null) {
      if (dropped(drops) != 1) {
        throw new AssertionError("dropped and not counted once: " + dropped(drops));
      }
      return;
    }
    if (!sealed) {
      throw new AssertionError("accepted, and nobody sealed it");
    }
    PeerTracker.Verdict verdict = tracker.received(frame, 0, DEADTIME);
    boolean proof =
        frame.echo().incarnation() == OURS
            && Math.max(frame.echo().linkStamp(), frame.echo().stamp()) > 0;
    if (verdict.live() && !proof) {
      throw new AssertionError("no proof of life: " + frame);
    }
    tracker.echo(0, DEADTIME);
    // The same once more is a replay; sealed anew it is the same frame.
    if (opener.open(ByteBuffer.wrap(datagram)) != null) {
      throw new AssertionError("a replay was opened");
    }
    ByteBuffer again = new Sealer(KEYS.keys().getFirst(), TO_B, PEERS).seal(frame);
    Frame back = new Opener(KEYS, TO_B, tracker, drops).open(again);
    if (!same(frame, back)) {
      throw new AssertionError(frame + " came back as " + back);
    }
  }

  private static boolean same(Frame a, Frame b) {
    return b != null
        && a.type() == b.type()
        && a.incarnation() == b.incarnation()
        && a.sequence() == b.sequence()
        && a.stamp() == b.stamp()
        && a.echo().equals(b.echo())
        && Arrays.equals(a.body(), b.body());
  }

  private static long dropped(Drops drops) {
    return drops.garbage.get()
        + drops.forged.get()
        + drops.replayed.get()
        + drops.staleIncarnation.get()
        + drops.notFresh.get();
  }

  private static byte[] sealed(byte[] inner) throws GeneralSecurityException {
    byte[] out = new byte[Seal.HEADER_BYTES + inner.length + Seal.TAG_BYTES];
    ByteBuffer header = ByteBuffer.wrap(out);
    header.put(Seal.MAGIC_0).put(Seal.MAGIC_1).put(Seal.VERSION).put((byte) TO_B.link());
    header.putLong(PEERS).putLong(1);
    byte[] shared = KEYS.keys().getFirst();
    header.putLong(new Seal.Tickets(shared, TO_B).of(out));
    Cipher cipher = Seal.gcm();
    cipher.init(Cipher.ENCRYPT_MODE, Seal.frameKey(shared, TO_B, PEERS), Seal.nonce(1));
    cipher.updateAAD(out, 0, Seal.HEADER_BYTES);
    cipher.doFinal(inner, 0, inner.length, out, Seal.HEADER_BYTES);
    return out;
  }
}
