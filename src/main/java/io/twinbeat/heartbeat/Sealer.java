package io.twinbeat.heartbeat;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** Seals our frames for one link. Not thread-safe: the counter must never be used twice. */
final class Sealer {
  private final Cipher cipher = Seal.gcm();
  private final SecretKeySpec key;
  private final Seal.Tickets tickets;
  private final int link;
  private final long incarnation;
  private final byte[] plain = new byte[Seal.INNER_BYTES + Seal.BODY_BYTES_MAX];
  private final byte[] sealed = new byte[Seal.DATAGRAM_BYTES_MAX];
  private final ByteBuffer inner = ByteBuffer.wrap(plain);
  private final ByteBuffer outer = ByteBuffer.wrap(sealed);
  private long counter;

  Sealer(byte[] shared, Seal.Direction direction, long incarnation) {
    this.key = Seal.frameKey(shared, direction, incarnation);
    this.tickets = new Seal.Tickets(shared, direction);
    this.link = direction.link();
    this.incarnation = incarnation;
  }

  /** The sealed datagram, in a buffer that the next call uses again. */
  ByteBuffer seal(Frame frame) {
    byte[] body = frame.body();
    inner.clear();
    inner.put(frame.type().code).putLong(frame.sequence()).putLong(frame.stamp());
    inner.putLong(frame.echo().incarnation());
    inner.putLong(frame.echo().linkStamp()).putLong(frame.echo().stamp());
    inner.put(body);
    counter++;
    outer.clear();
    outer.put(Seal.MAGIC_0).put(Seal.MAGIC_1).put(Seal.VERSION).put((byte) link);
    outer.putLong(incarnation).putLong(counter).putLong(tickets.of(sealed));
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, Seal.nonce(counter));
      cipher.updateAAD(sealed, 0, Seal.HEADER_BYTES);
      int length = cipher.doFinal(plain, 0, inner.position(), sealed, Seal.HEADER_BYTES);
      return outer.limit(Seal.HEADER_BYTES + length).position(0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot seal", e);
    }
  }
}
