package io.twinbeat.heartbeat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SealTest {
  private static final byte[] BODY = {1, 2, 3};
  private static final long INCARNATION = 77;
  private final Drops drops = new Drops();
  private final Set<Long> over = new HashSet<>();

  private final Opener.Lives lives =
      new Opener.Lives() {
        @Override
        public boolean isOver(long incarnation) {
          return over.contains(incarnation);
        }

        @Override
        public boolean isPresent(long incarnation) {
          return incarnation == INCARNATION;
        }
      };

  private static Seal.Direction toB(int link) {
    return new Seal.Direction(link, "a", "b");
  }

  private static Sealer sealer(int key, long incarnation) {
    return new Sealer(Pair.key(key).keys().getFirst(), toB(0), incarnation);
  }

  private Opener opener(int link, int... keys) {
    return new Opener(Pair.key(keys), toB(link), lives, drops);
  }

  private static Frame frame() {
    return new Frame(Frame.Type.BEAT, 0, 5, 6, new Frame.Echo(7, 8, 9), BODY);
  }

  private static byte[] seal(Sealer sealer) {
    ByteBuffer sealed = sealer.seal(frame());
    byte[] copy = new byte[sealed.remaining()];
    sealed.get(copy);
    return copy;
  }

  private static Frame open(Opener opener, byte[] datagram) {
    return opener.open(ByteBuffer.wrap(datagram));
  }

  @Test
  void whatIsSealedOpensUnchanged() {
    Frame opened = open(opener(0, 1), seal(sealer(1, INCARNATION)));
    assertEquals(Frame.Type.BEAT, opened.type());
    assertEquals(INCARNATION, opened.incarnation());
    assertEquals(5, opened.sequence());
    assertEquals(6, opened.stamp());
    assertEquals(new Frame.Echo(7, 8, 9), opened.echo());
    assertArrayEquals(BODY, opened.body());
  }

  @Test
  void theLongestBodyFitsAndALongerOneIsRefused() {
    Sealer sealer = sealer(1, INCARNATION);
    byte[] longest = new byte[Seal.BODY_BYTES_MAX];
    Frame fits = new Frame(Frame.Type.MESSAGE, 0, 1, 1, Frame.Echo.NONE, longest);
    ByteBuffer sealed = sealer.seal(fits);
    assertEquals(Seal.DATAGRAM_BYTES_MAX, sealed.remaining());
    assertNotNull(opener(0, 1).open(sealed));
    byte[] longer = new byte[longest.length + 1];
    Frame tooLong = new Frame(Frame.Type.MESSAGE, 0, 1, 1, Frame.Echo.NONE, longer);
    assertThrows(RuntimeException.class, () -> sealer.seal(tooLong));
  }

  @Test
  void anotherKeyDoesNotOpen() {
    assertNull(open(opener(0, 2), seal(sealer(1, INCARNATION))));
    assertEquals(1, drops.forged.get());
  }

  @Test
  void eitherKeyOfARotationOpens() {
    Opener both = opener(0, 2, 1);
    assertNotNull(open(both, seal(sealer(1, INCARNATION))));
    assertNotNull(open(both, seal(sealer(2, INCARNATION + 1))));
    assertEquals(0, drops.forged.get());
  }

  @Test
  void everyChangedBitIsNoticed() {
    Opener opener = opener(0, 1);
    byte[] datagram = seal(sealer(1, INCARNATION));
    for (int bit = 0; bit < datagram.length * 8; bit++) {
      byte[] changed = datagram.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertNull(open(opener, changed), "bit " + bit);
    }
    assertEquals(datagram.length * 8L, drops.forged.get() + drops.garbage.get());
    assertNotNull(open(opener, datagram), "forgeries must not use up the counter");
  }

  @Test
  void everyOtherLengthIsNoticed() {
    Opener opener = opener(0, 1);
    byte[] datagram = seal(sealer(1, INCARNATION));
    for (int length = 0; length < 2048; length++) {
      if (length != datagram.length) {
        assertNull(open(opener, java.util.Arrays.copyOf(datagram, length)), "length " + length);
      }
    }
  }

  @Test
  void randomBytesBehindTheMagicAreForgeries() {
    Opener opener = opener(0, 1);
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      byte[] made = new byte[100 + random.nextInt(200)];
      random.nextBytes(made);
      made[0] = 'T';
      made[1] = 'W';
      made[2] = 1;
      made[3] = 0;
      assertNull(open(opener, made));
    }
    assertEquals(1000, drops.forged.get());
  }

  @Test
  void aFrameOpensOnceOnly() {
    Opener opener = opener(0, 1);
    byte[] datagram = seal(sealer(1, INCARNATION));
    assertNotNull(open(opener, datagram));
    assertNull(open(opener, datagram));
    assertEquals(1, drops.replayed.get());
  }

  @Test
  void aFrameOfLinkZeroIsRefusedOnLinkOne() {
    byte[] datagram = seal(sealer(1, INCARNATION));
    assertNull(open(opener(1, 1), datagram));
    datagram[Seal.AT_LINK] = 1;
    assertNull(open(opener(1, 1), datagram));
    assertEquals(1, drops.garbage.get());
    assertEquals(1, drops.forged.get());
  }

  @Test
  void aNodesOwnFrameIsNotThePeers() {
    Opener atA = new Opener(Pair.key(1), new Seal.Direction(0, "b", "a"), lives, drops);
    assertNull(open(atA, seal(sealer(1, INCARNATION))), "reflected");
    assertEquals(1, drops.forged.get());
  }

  @Test
  void namesAreNotRunTogether() {
    Sealer sealer = new Sealer(Pair.key(1).keys().getFirst(), new Seal.Direction(0, "ab", "c"), 3);
    Opener opener = new Opener(Pair.key(1), new Seal.Direction(0, "a", "bc"), lives, drops);
    assertNull(open(opener, seal(sealer)));
  }

  @Test
  void aRetiredIncarnationIsRefusedWithoutALook() {
    over.add(INCARNATION);
    assertNull(open(opener(0, 1), seal(sealer(1, INCARNATION))));
    assertEquals(1, drops.staleIncarnation.get());
  }

  @Test
  void thePresentIncarnationsCountersSurviveManyOtherLives() {
    Opener opener = opener(0, 1);
    byte[] present = seal(sealer(1, INCARNATION));
    assertNotNull(open(opener, present));
    for (int life = 1000; life < 1100; life++) {
      assertNotNull(open(opener, seal(sealer(1, life))));
    }
    assertNull(open(opener, present));
    assertEquals(1, drops.replayed.get());
  }
}
