package io.twinbeat.heartbeat;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * Opens the peer's frames on one link and drops, cheapest check first, what is not authentic or was
 * opened before. Not thread-safe: one per receiving thread.
 */
final class Opener {
  /** How many lives of the peer are remembered besides the present one; the oldest is forgotten. */
  private static final int LIVES_MAX = 16;

  /** Which incarnations of the peer are over, and which is the present one. */
  interface Lives {
    boolean isOver(long incarnation);

    boolean isPresent(long incarnation);
  }

  private record Life(long incarnation, int key, SecretKeySpec frameKey, ReplayWindow seen) {}

  private final HeartbeatKeys keys;
  private final Seal.Direction direction;
  private final Seal.Tickets[] tickets;
  private final Lives lives;
  private final Drops drops;
  private final List<Life> known = new ArrayList<>();
  private final Cipher cipher = Seal.gcm();
  private final byte[] datagram = new byte[Seal.DATAGRAM_BYTES_MAX];
  private final byte[] plain = new byte[Seal.DATAGRAM_BYTES_MAX];
  private final ByteBuffer header = ByteBuffer.wrap(datagram);
  private final ByteBuffer inner = ByteBuffer.wrap(plain);

  Opener(HeartbeatKeys keys, Seal.Direction direction, Lives lives, Drops drops) {
    this.keys = keys;
    this.direction = direction;
    this.lives = lives;
    this.drops = drops;
    this.tickets = new Seal.Tickets[keys.keys().size()];
    for (int i = 0; i < tickets.length; i++) {
      tickets[i] = new Seal.Tickets(keys.keys().get(i), direction);
    }
  }

  /** The frame in the rest of this buffer, or null if it was dropped (and counted). */
  Frame open(ByteBuffer in) {
    int length = in.remaining();
    if (!looksLikeOurs(in, length)) {
      drops.garbage.incrementAndGet();
      return null;
    }
    in.get(datagram, 0, length);
    long incarnation = header.getLong(Seal.AT_INCARNATION);
    if (lives.isOver(incarnation)) {
      drops.staleIncarnation.incrementAndGet();
      return null;
    }
    int key = keyOfTicket();
    Life life = key < 0 ? null : life(incarnation, key);
    if (life == null || life.key() != key) {
      drops.forged.incrementAndGet();
      return null;
    }
    long counter = header.getLong(Seal.AT_COUNTER);
    if (!life.seen().isNew(counter)) {
      drops.replayed.incrementAndGet();
      return null;
    }
    int plainLength = decrypt(life, counter, length);
    if (plainLength < 0) {
      drops.forged.incrementAndGet();
      return null;
    }
    life.seen().mark(counter);
    remember(life);
    return parse(incarnation, plainLength);
  }

  private boolean looksLikeOurs(ByteBuffer in, int length) {
    int at = in.position();
    return length >= Seal.DATAGRAM_BYTES_MIN
        && length <= Seal.DATAGRAM_BYTES_MAX
        && in.get(at) == Seal.MAGIC_0
        && in.get(at + 1) == Seal.MAGIC_1
        && in.get(at + 2) == Seal.VERSION
        && in.get(at + Seal.AT_LINK) == direction.link();
  }

  private int keyOfTicket() {
    long ticket = header.getLong(Seal.AT_TICKET);
    for (int i = 0; i < tickets.length; i++) {
      if (tickets[i].of(datagram) == ticket) {
        return i;
      }
    }
    return -1;
  }

  private Life life(long incarnation, int key) {
    for (int i = 0; i < known.size(); i++) {
      if (known.get(i).incarnation() == incarnation) {
        return known.get(i);
      }
    }
    SecretKeySpec frameKey = Seal.frameKey(keys.keys().get(key), direction, incarnation);
    return new Life(incarnation, key, frameKey, new ReplayWindow(Seal.COUNTERS_REMEMBERED));
  }

  private int decrypt(Life life, long counter, int length) {
    try {
      cipher.init(Cipher.DECRYPT_MODE, life.frameKey(), Seal.nonce(counter));
      cipher.updateAAD(datagram, 0, Seal.HEADER_BYTES);
      return cipher.doFinal(datagram, Seal.HEADER_BYTES, length - Seal.HEADER_BYTES, plain, 0);
    } catch (AEADBadTagException e) {
      return -1;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot open", e);
    }
  }

  /** The present life is never forgotten: that would open its window to replays. */
  private void remember(Life life) {
    for (int i = 0; i < known.size(); i++) {
      if (known.get(i).incarnation() == life.incarnation()) {
        return;
      }
    }
    if (known.size() > LIVES_MAX) {
      known.remove(lives.isPresent(known.getFirst().incarnation()) ? 1 : 0);
    }
    known.add(life);
  }

  private Frame parse(long incarnation, int length) {
    inner.clear().limit(length);
    Frame.Type type = Frame.Type.of(inner.get());
    if (type == null || incarnation == 0) {
      drops.garbage.incrementAndGet();
      return null;
    }
    long sequence = inner.getLong();
    long stamp = inner.getLong();
    Frame.Echo echo = new Frame.Echo(inner.getLong(), inner.getLong(), inner.getLong());
    byte[] body = new byte[inner.remaining()];
    inner.get(body);
    return new Frame(type, incarnation, sequence, stamp, echo, body);
  }
}
