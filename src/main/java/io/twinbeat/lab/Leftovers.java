package io.twinbeat.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/** Finds every lab of this machine, whole or not. */
final class Leftovers {
  private Leftovers() {}

  /** Names of labs with a folder, and of labs of which only namespaces are left. */
  static List<String> find(Path base) {
    TreeSet<String> names = new TreeSet<>(LabFolder.names(base));
    // Namespaces do not tell whose folder they belong to: those of other places are not ours.
    if (base.equals(LabOptions.BASE)) {
      for (String line : Shell.must("ip", "netns", "list").lines().toList()) {
        String namespace = line.strip().split(" ", -1)[0];
        if (namespace.startsWith(LabFolder.PREFIX) && namespace.endsWith("-sw")) {
          names.add(
              namespace.substring(LabFolder.PREFIX.length(), namespace.length() - "-sw".length()));
        }
      }
    }
    names.removeIf(name -> !Files.exists(base.resolve(name)) && !name.matches("[a-z0-9]{1,12}"));
    return List.copyOf(names);
  }
}
