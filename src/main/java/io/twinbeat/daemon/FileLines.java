package io.twinbeat.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many lines of a small text differ on two nodes, by hashes: no content leaves a node. */
final class FileLines {
  private static final long BYTES_MAX = 64 * 1024;
  private static final int LINES_MAX = 4_000;
  private static final int HASH_BYTES = 8;

  private FileLines() {}

  /** A hash for each line; none for what is no small text. */
  static List<String> of(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      return List.of();
    }
    byte[] bytes = Files.readAllBytes(file);
    for (byte b : bytes) {
      if (b == 0) {
        return List.of();
      }
    }
    List<String> hashes = new ArrayList<>();
    MessageDigest digest = FileTree.sha256();
    for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\n", LINES_MAX + 1)) {
      digest.update(line.getBytes(StandardCharsets.ISO_8859_1));
      hashes.add(FileTree.shortened(digest, HASH_BYTES));
    }
    return hashes.size() > LINES_MAX ? List.of() : hashes;
  }

  /** For example "2 lines here, 1 on lb1"; empty when it cannot be told. */
  static String difference(List<String> here, List<String> there, String peer) {
    if (here.isEmpty() || there.isEmpty()) {
      return "";
    }
    int only = rest(here, there);
    int onlyThere = rest(there, here);
    return only + onlyThere == 0
        ? "the same lines in another order"
        : only + (only == 1 ? " line here, " : " lines here, ") + onlyThere + " on " + peer;
  }

  private static int rest(List<String> all, List<String> without) {
    Map<String, Integer> count = new HashMap<>();
    without.forEach(line -> count.merge(line, 1, Integer::sum));
    int rest = 0;
    for (String line : all) {
      if (count.merge(line, -1, Integer::sum) < 0) {
        rest++;
      }
    }
    return rest;
  }
}
