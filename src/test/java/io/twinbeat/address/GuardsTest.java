package io.twinbeat.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.linux.MacAddress;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What bounds put-backs, reports of duplicates and defences. */
class GuardsTest {
  private static final FloatingAddress A =
      new FloatingAddress(InetAddress.ofLiteral("10.0.0.1"), 24, "eth0");
  private static final FloatingAddress B =
      new FloatingAddress(InetAddress.ofLiteral("10.0.0.2"), 24, "eth0");
  private static final long INTERVAL = DuplicateWatch.INTERVAL.toNanos();

  private static MacAddress mac(int number) {
    return new MacAddress(0x0200_0000_0000L + number);
  }

  @Test
  void putBacksAreBoundedInAWindow() {
    PruneGuard guard = new PruneGuard();
    long window = PruneGuard.WINDOW.toNanos();
    for (int i = 0; i < PruneGuard.PUT_BACKS_MAX; i++) {
      assertTrue(guard.allow(A, i));
    }
    assertFalse(guard.allow(A, window - 1));
    assertTrue(guard.allow(B, window - 1));
    assertTrue(guard.allow(A, window));
    assertFalse(guard.allow(A, window));
    guard.forget(A);
    assertTrue(guard.allow(A, window));
  }

  @Test
  void duplicateIsToldOncePerAddressAndMacAndInterval() {
    DuplicateWatch watch = new DuplicateWatch();
    assertTrue(watch.tell(A, mac(1), 0));
    assertFalse(watch.tell(A, mac(1), INTERVAL - 1));
    assertTrue(watch.tell(A, mac(2), 1));
    assertTrue(watch.tell(B, mac(1), 1));
    assertTrue(watch.tell(A, mac(1), INTERVAL));
  }

  @Test
  void forgedFloodIsBoundedAndForgotten() {
    DuplicateWatch watch = new DuplicateWatch();
    int told = 0;
    for (int i = 0; i < 5000; i++) {
      told += watch.tell(A, mac(i), 0) ? 1 : 0;
    }
    assertEquals(DuplicateWatch.REMEMBERED_MAX, told);
    assertTrue(watch.tell(A, mac(6000), INTERVAL));
  }

  @Test
  void defenceHasAPauseWhoeverClaims() {
    DuplicateWatch watch = new DuplicateWatch();
    assertTrue(watch.defend(A, 0));
    assertFalse(watch.defend(A, Duration.ofSeconds(9).toNanos()));
    assertTrue(watch.defend(B, 0));
    assertTrue(watch.defend(A, INTERVAL));
  }

  @Test
  void floatingAddressIsChecked() {
    assertThrows(IllegalArgumentException.class, () -> new FloatingAddress(A.ip(), 33, "eth0"));
    assertThrows(IllegalArgumentException.class, () -> new FloatingAddress(A.ip(), 0, "eth0"));
    assertThrows(IllegalArgumentException.class, () -> new FloatingAddress(A.ip(), 24, ""));
    assertThrows(
        IllegalArgumentException.class, () -> new FloatingAddress(A.ip(), 24, "sixteen-letters-"));
    assertEquals("10.0.0.1/24 dev eth0", A.toString());
  }
}
