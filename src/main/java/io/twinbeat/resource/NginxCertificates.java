package io.twinbeat.resource;

import io.twinbeat.resource.ReadinessItem.State;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How long the certificates are good that nginx's configuration names; files are read once. */
final class NginxCertificates {
  static final String NAME = "certificates";

  /** Renewal by ACME is due 30 days before the end and tried daily; something is wrong by then. */
  static final Duration WARN_BEFORE = Duration.ofDays(14);

  private static final int FILES_MAX = 1_000;
  private static final int NAMED_MAX = 3;
  private static final long BYTES_MAX = 1L << 20;
  private static final String RENEW =
      "renew it on both nodes (its ACME client, or your authority), then reload nginx";

  private record Validity(Instant from, Instant until) {}

  /** What a file held when it had this stamp. */
  private record Read(Map<String, Object> stamp, Optional<Validity> validity, String error) {}

  private final Path directory;
  private Map<Path, Read> reads = Map.of();

  /** Relative names count from the directory of the main configuration file. */
  NginxCertificates(Path directory) {
    this.directory = directory;
  }

  ReadinessItem item(List<String> named, Instant now) {
    Map<Path, Read> kept = new HashMap<>();
    List<String> ended = new ArrayList<>();
    List<String> soon = new ArrayList<>();
    List<String> unread = new ArrayList<>();
    Instant next = Instant.MAX;
    int looked = 0;
    for (String name : named) {
      // With variables nginx chooses at each handshake; "data:" and "engine:" are no files.
      if (name.contains("$") || name.startsWith("data:") || name.startsWith("engine:")) {
        continue;
      }
      if (looked++ == FILES_MAX) {
        unread.add("more than " + FILES_MAX + " files: the others are not looked at");
        break;
      }
      Path file = directory.resolve(name);
      Read read = read(file);
      kept.put(file, read);
      if (read.validity().isEmpty()) {
        unread.add(file + ": " + read.error());
        continue;
      }
      Validity validity = read.validity().get();
      next = validity.until().isBefore(next) ? validity.until() : next;
      if (validity.until().isBefore(now)) {
        ended.add(file + " expired " + day(validity.until()));
      } else if (validity.from().isAfter(now)) {
        ended.add(file + " is not valid before " + day(validity.from()));
      } else if (validity.until().isBefore(now.plus(WARN_BEFORE))) {
        soon.add(file + " expires " + day(validity.until()));
      }
    }
    reads = kept;
    if (!ended.isEmpty()) {
      return ReadinessItem.bad(NAME, joined(ended), RENEW);
    } else if (!unread.isEmpty()) {
      return new ReadinessItem(
          NAME,
          State.UNKNOWN,
          false,
          joined(unread),
          "put a PEM file there that this daemon may read",
          System.nanoTime(),
          ReadinessItem.LIMIT);
    } else if (!soon.isEmpty()) {
      return ReadinessItem.warning(NAME, joined(soon), RENEW);
    }
    return ReadinessItem.good(
        NAME,
        kept.isEmpty()
            ? "the configuration names none"
            : kept.size() + (kept.size() == 1 ? " file" : " files") + ", good until " + day(next));
  }

  private Read read(Path file) {
    try {
      Map<String, Object> stamp = Files.readAttributes(file, "unix:lastModifiedTime,size,ino");
      Read before = reads.get(file);
      if (before != null && before.stamp().equals(stamp)) {
        return before;
      }
      return parse(file, stamp);
    } catch (IOException e) {
      return new Read(Map.of(), Optional.empty(), "cannot be read (" + e.getMessage() + ")");
    }
  }

  /** A chain is as good as its first certificate to end. */
  private static Read parse(Path file, Map<String, Object> stamp) throws IOException {
    if (stamp.get("size") instanceof Long size && size > BYTES_MAX) {
      return new Read(stamp, Optional.empty(), "larger than " + BYTES_MAX + " bytes");
    }
    Instant from = Instant.MIN;
    Instant until = Instant.MAX;
    try {
      // The other things that may stand in such a file are passed over.
      for (Certificate one :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(onlyCertificates(file)))) {
        if (one instanceof X509Certificate x509) {
          Instant begins = x509.getNotBefore().toInstant();
          Instant ends = x509.getNotAfter().toInstant();
          from = begins.isAfter(from) ? begins : from;
          until = ends.isBefore(until) ? ends : until;
        }
      }
    } catch (CertificateException e) {
      return new Read(stamp, Optional.empty(), "holds a certificate that cannot be read");
    }
    return until.equals(Instant.MAX)
        ? new Read(stamp, Optional.empty(), "holds no certificate in PEM form")
        : new Read(stamp, Optional.of(new Validity(from, until)), "");
  }

  private static byte[] onlyCertificates(Path file) throws IOException {
    StringBuilder kept = new StringBuilder();
    boolean inside = false;
    for (String line : Files.readAllLines(file, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      inside |= line.startsWith("-----BEGIN ") && line.contains("CERTIFICATE-----");
      if (inside) {
        kept.append(line).append('\n');
      }
      inside &= !line.startsWith("-----END ");
    }
    return kept.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  /** The day and nothing finer: a text that changes with the hour would be news each hour. */
  private static String day(Instant instant) {
    return "on " + instant.toString().substring(0, 10);
  }

  private static String joined(List<String> all) {
    String first = String.join(", ", all.subList(0, Math.min(NAMED_MAX, all.size())));
    return all.size() > NAMED_MAX ? first + ", and " + (all.size() - NAMED_MAX) + " more" : first;
  }
}
