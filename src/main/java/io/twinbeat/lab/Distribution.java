package io.twinbeat.lab;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the program that the lab itself was started from: the nodes run the same one. */
final class Distribution {
  private Distribution() {}

  /**
   * The folder that holds bin/, lib/ and hooks/: what {@code twinbeat.home} or (in tests) {@code
   * twinbeat.distribution} names, else the one that our own jar lies in, else the checkout's.
   */
  static Path find() {
    for (String property : new String[] {"twinbeat.home", "twinbeat.distribution"}) {
      String home = System.getProperty(property);
      if (home != null) {
        return Path.of(home).toAbsolutePath();
      }
    }
    Path code = ownCode();
    Path folder = code.getParent();
    if (folder != null && folder.endsWith("lib")) {
      return folder.getParent();
    }
    return folder == null ? code : folder.resolve("twinbeat");
  }

  /** The jar or folder of classes that this class comes from. */
  static Path ownCode() {
    try {
      return Path.of(Distribution.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toAbsolutePath();
    } catch (java.net.URISyntaxException e) {
      throw new LabException("the program's own place has no path: " + e.getMessage());
    }
  }

  static Path file(Path distribution, String name) {
    Path file = distribution.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new LabException("not a built distribution (no " + file + "); run: mvn package");
    }
    return file;
  }
}
