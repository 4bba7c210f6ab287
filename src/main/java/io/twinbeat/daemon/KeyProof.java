package io.twinbeat.daemon;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells two nodes whether they have the same keys without telling a key: HMAC-SHA256 under each key
 * of a number that the asking node drew. Keys are 32 random bytes, so nobody can search for them.
 */
final class KeyProof {
  private static final int NONCE_BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";

  /** So that what is computed here is of no use anywhere else. */
  private static final byte[] PURPOSE =
      "twinbeat: is it the same key?".getBytes(StandardCharsets.US_ASCII);

  private KeyProof() {}

  static String nonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(nonce);
    return HexFormat.of().formatHex(nonce);
  }

  /**
   * @throws IllegalArgumentException for a nonce that is none of {@link #nonce}
   */
  static String of(List<byte[]> keys, String nonce) {
    if (nonce.length() != 2 * NONCE_BYTES) {
      throw new IllegalArgumentException("a nonce of " + nonce.length() + " characters");
    }
    byte[] drawn = HexFormat.of().parseHex(nonce);
    List<String> proofs = new ArrayList<>();
    try {
      for (byte[] key : keys) {
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(new SecretKeySpec(key, ALGORITHM));
        mac.update(PURPOSE);
        proofs.add(HexFormat.of().formatHex(mac.doFinal(drawn)));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // Every Java platform has it.
    }
    return String.join(" ", proofs);
  }

  static boolean same(String proof, String other) {
    return MessageDigest.isEqual(
        proof.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
