package io.twinbeat.lvs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Asks a DNS server one question over UDP (RFC 1035); NOERROR and NXDOMAIN are good answers. */
record DnsLook(String name, String type) implements Look {
  private static final Map<String, Integer> TYPES =
      Map.of(
          "A", 1, "NS", 2, "CNAME", 5, "SOA", 6, "PTR", 12, "MX", 15, "TXT", 16, "AAAA", 28, "SRV",
          33);
  private static final int HEADER_BYTES = 12;
  private static final int IN = 1;
  private static final int RECURSION_DESIRED = 0x01;
  private static final int RESPONSE = 0x80;
  private static final int NOERROR = 0;
  private static final int NXDOMAIN = 3;

  @Override
  public Seen at(InetAddress ip, int port, Duration limit) {
    int id = ThreadLocalRandom.current().nextInt(1 << 16);
    try {
      byte[] answer = Looks.exchange(ip, port, question(id), limit, bytes -> answers(bytes, id));
      int code = answer[3] & 0xf;
      String said = name + " " + type + " answered with " + (code == NOERROR ? "NOERROR" : code);
      return code == NOERROR || code == NXDOMAIN ? Seen.good(said) : Seen.bad(said);
    } catch (IOException e) {
      return Looks.failed(port, limit, e);
    }
  }

  static boolean answers(byte[] datagram, int id) {
    return datagram.length >= HEADER_BYTES
        && ((datagram[0] & 0xff) << 8 | (datagram[1] & 0xff)) == id
        && (datagram[2] & RESPONSE) != 0;
  }

  byte[] question(int id) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    out.write(id >> 8);
    out.write(id);
    out.write(RECURSION_DESIRED);
    out.write(0);
    out.writeBytes(new byte[] {0, 1, 0, 0, 0, 0, 0, 0});
    for (String label : name.split("\\.", -1)) {
      if (!label.isEmpty()) {
        out.write(label.length());
        out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
      }
    }
    out.write(0);
    out.write(0);
    out.write(TYPES.get(type));
    out.write(0);
    out.write(IN);
    return out.toByteArray();
  }
}
