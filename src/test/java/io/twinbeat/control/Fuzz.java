package io.twinbeat.control;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Lines that a control socket should not trip over: garbage, and requests with damage. */
final class Fuzz {
  private static final String[] SEEDS = {
    "{\"twinbeat\":1,\"verb\":\"echo\",\"arguments\":{\"group\":\"site\",\"n\":[1,2,{\"a\":null}]}}",
    "{\"twinbeat\":1,\"verb\":\"count\"}",
    "{\"twinbeat\":1e400,\"verb\":\"echo\"}",
    "{\"twinbeat\":1,\"verb\":\"refuse\",\"arguments\":{}}",
    "{\"twinbeat\":1,\"twinbeat\":2,\"verb\":\"echo\",\"verb\":7}",
  };

  private Fuzz() {}

  static String line(Random random) {
    if (random.nextInt(4) == 0) {
      byte[] noise = new byte[random.nextInt(300)];
      random.nextBytes(noise);
      return new String(noise, StandardCharsets.ISO_8859_1).replace('\n', ' ');
    }
    StringBuilder line = new StringBuilder(SEEDS[random.nextInt(SEEDS.length)]);
    for (int i = random.nextInt(5); i > 0 && !line.isEmpty(); i--) {
      int at = random.nextInt(line.length());
      switch (random.nextInt(4)) {
        case 0 -> line.deleteCharAt(at);
        case 1 -> line.insert(at, (char) (32 + random.nextInt(200)));
        case 2 -> line.setCharAt(at, "{}[]\",:019.-e\\u".charAt(random.nextInt(15)));
        default -> line.insert(at, line.substring(at).repeat(random.nextInt(6)));
      }
    }
    return line.toString();
  }
}
