package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether two nodes have the same keys, and nothing else. */
class KeyProofTest {
  private final byte[] a = key(1);
  private final byte[] b = key(2);
  private final String nonce = KeyProof.nonce();

  private static byte[] key(int first) {
    byte[] key = new byte[32];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (first + 7 * i);
    }
    return key;
  }

  @Test
  void onlyTheSameKeysInTheSameOrderProveTheSame() {
    String proof = KeyProof.of(List.of(a, b), nonce);
    assertTrue(KeyProof.same(proof, KeyProof.of(List.of(a.clone(), b.clone()), nonce)));
    assertFalse(KeyProof.same(proof, KeyProof.of(List.of(b, a), nonce)));
    assertFalse(KeyProof.same(proof, KeyProof.of(List.of(a), nonce)));
    byte[] almost = Arrays.copyOf(a, a.length);
    almost[31] ^= 1;
    assertFalse(KeyProof.same(proof, KeyProof.of(List.of(almost, b), nonce)));
  }

  @Test
  void anOldProofIsWorthNothingAndShowsNoKey() {
    String again = KeyProof.nonce();
    assertNotEquals(nonce, again);
    String proof = KeyProof.of(List.of(a), nonce);
    assertFalse(KeyProof.same(proof, KeyProof.of(List.of(a), again)));
    assertEquals(64, proof.length());
    assertFalse(proof.contains(HexFormat.of().formatHex(a).substring(0, 8)));
  }

  @Test
  void aNonceOfAnotherKindIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> KeyProof.of(List.of(a), ""));
    assertThrows(IllegalArgumentException.class, () -> KeyProof.of(List.of(a), "x".repeat(64)));
  }
}
