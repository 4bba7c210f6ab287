package io.twinbeat.heartbeat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The layout of a sealed datagram and its keys.
 *
 * <pre>
 *  0 magic "TW"   2 version   3 link   4 incarnation   12 counter   20 ticket      in clear, authenticated
 * 28 type   29 sequence   37 stamp   45 echo: incarnation, link stamp, stamp   69 body, GCM tag
 * </pre>
 *
 * Each link, direction and incarnation has its own AES-256 key, HMAC-SHA256 of these under the
 * shared key; the counter is the nonce and never repeats under one key. The ticket is one AES block
 * over incarnation and counter under a key that does not change with the incarnation: a flood of
 * made-up frames is dropped for the price of one block, and it tells which key of a rotation to
 * use. It is no proof by itself.
 */
final class Seal {
  static final int HEADER_BYTES = 28;
  static final int TAG_BYTES = 16;
  static final int INNER_BYTES = 41;

  /** What fits into one packet of 1500 bytes on IPv6: nothing we send is ever fragmented by IP. */
  static final int DATAGRAM_BYTES_MAX = 1452;

  static final int DATAGRAM_BYTES_MIN = HEADER_BYTES + INNER_BYTES + TAG_BYTES;
  static final int BODY_BYTES_MAX = DATAGRAM_BYTES_MAX - DATAGRAM_BYTES_MIN;
  static final int COUNTERS_REMEMBERED = 256;

  static final byte MAGIC_0 = 'T';
  static final byte MAGIC_1 = 'W';
  static final byte VERSION = 1;
  static final int AT_LINK = 3;
  static final int AT_INCARNATION = 4;
  static final int AT_COUNTER = 12;
  static final int AT_TICKET = 20;

  private static final int TAG_BITS = TAG_BYTES * 8;
  private static final int NONCE_BYTES = 12;

  private Seal() {}

  /** Which way over which link: the same for all incarnations of the sender. */
  record Direction(int link, String sender, String receiver) {}

  static SecretKeySpec frameKey(byte[] shared, Direction direction, long incarnation) {
    return derive(shared, "frame", direction, incarnation);
  }

  static SecretKeySpec ticketKey(byte[] shared, Direction direction) {
    return derive(shared, "ticket", direction, 0);
  }

  private static SecretKeySpec derive(
      byte[] shared, String purpose, Direction direction, long incarnation) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(shared, "HmacSHA256"));
      mac.update(bytes("twinbeat heartbeat " + VERSION + " " + purpose));
      mac.update((byte) direction.link());
      mac.update(ByteBuffer.allocate(Long.BYTES).putLong(0, incarnation));
      mac.update(bytes(direction.sender()));
      mac.update(bytes(direction.receiver()));
      return new SecretKeySpec(mac.doFinal(), "AES");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no HMAC-SHA256", e);
    }
  }

  /** With its length in front, so that no two sequences of names give the same bytes. */
  private static byte[] bytes(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Short.BYTES + utf8.length)
        .putShort((short) utf8.length)
        .put(utf8)
        .array();
  }

  static GCMParameterSpec nonce(long counter) {
    byte[] nonce = new byte[NONCE_BYTES];
    ByteBuffer.wrap(nonce).putLong(NONCE_BYTES - Long.BYTES, counter);
    return new GCMParameterSpec(TAG_BITS, nonce);
  }

  static Cipher gcm() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no AES-GCM", e);
    }
  }

  /** Makes and checks tickets under one key. Not thread-safe. */
  static final class Tickets {
    private final Cipher cipher;
    private final byte[] out = new byte[16];
    private final ByteBuffer ticket = ByteBuffer.wrap(out);

    // One block is the whole input, so there is no mode to speak of: AES as a pseudo-random
    // function.
    @SuppressWarnings("InsecureCryptoUsage")
    Tickets(byte[] shared, Direction direction) {
      try {
        cipher = Cipher.getInstance("AES/ECB/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, ticketKey(shared, direction));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JVM has no AES", e);
      }
    }

    /** The ticket for the incarnation and counter in this header. */
    long of(byte[] header) {
      try {
        cipher.update(header, AT_INCARNATION, 2 * Long.BYTES, out, 0);
        return ticket.getLong(0);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
