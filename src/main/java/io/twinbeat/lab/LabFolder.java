package io.twinbeat.lab;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The folder of one lab: what later commands, the keeper and the nodes read. */
record LabFolder(Path root) {
  private static final Gson JSON = new GsonBuilder().setPrettyPrinting().create();
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  /** What all namespaces of all labs begin with. */
  static final String PREFIX = "tb-";

  static LabFolder of(Path base, String name) {
    return new LabFolder(base.resolve(name));
  }

  /** Fails when the lab is there already: two commands can't build the same one. */
  void create() {
    try {
      Files.createDirectories(base());
      Files.createDirectory(root, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      Files.createDirectory(bin());
      Files.createDirectory(power());
    } catch (FileAlreadyExistsException e) {
      throw new LabException("a lab named " + name() + " is there already");
    } catch (IOException e) {
      throw new LabException("can't make " + root + ": " + e);
    }
    for (String script :
        List.of("keeper.sh", "number.sh", "init.sh", "chassis.sh", "teardown.sh")) {
      script(script, bin().resolve(script));
    }
    script("power.sh", power().resolve("power.sh"));
  }

  static List<String> names(Path base) {
    List<String> names = new ArrayList<>();
    if (Files.isDirectory(base)) {
      try (Stream<Path> labs = Files.list(base)) {
        labs.filter(Files::isDirectory).forEach(lab -> names.add(lab.getFileName().toString()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    names.sort(null);
    return names;
  }

  String name() {
    return String.valueOf(root.getFileName());
  }

  Path base() {
    Path base = root.getParent();
    if (base == null) {
      throw new LabException("a lab's folder has a parent: " + root);
    }
    return base;
  }

  String prefix() {
    return PREFIX + name();
  }

  /** The network namespace of a machine of the lab; {@code sw} is the switch. */
  String namespace(String machine) {
    return prefix() + "-" + machine;
  }

  Path bin() {
    return root.resolve("bin");
  }

  Path power() {
    return root.resolve("power");
  }

  Path powerLog() {
    return power().resolve("log");
  }

  Path keeper() {
    return root.resolve("keeper.pid");
  }

  Path node(String node) {
    return root.resolve("nodes").resolve(node);
  }

  Path disk(String node) {
    return node(node).resolve("disk");
  }

  /** What a guest mounts as /lab. */
  Path guest(String node) {
    return node(node).resolve("guest");
  }

  /** A link to the image of a guest; a node in namespaces has none. */
  Path image(String node) {
    return node(node).resolve("image");
  }

  Path bmc(String node) {
    return root.resolve("bmc").resolve(node);
  }

  boolean exists() {
    return Files.isRegularFile(root.resolve("plan.json"));
  }

  void save(SitePlan plan) {
    write(root.resolve("plan.json"), JSON.toJson(plan));
  }

  SitePlan plan() {
    return JSON.fromJson(read(root.resolve("plan.json")), SitePlan.class);
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new LabException("can't read " + file + ": " + e.getMessage(), e);
    }
  }

  static void write(Path file, String text) {
    try {
      Path folder = file.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new LabException("can't write " + file + ": " + e.getMessage(), e);
    }
  }

  static void writeSecret(Path file, String text) {
    write(file, text);
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new LabException("can't protect " + file + ": " + e.getMessage(), e);
    }
  }

  /** Copies one of our shell scripts out of the program, ready to run. */
  static void script(String name, Path to) {
    try (InputStream in = LabFolder.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new LabException("the program lacks its own " + name);
      }
      Files.copy(in, to);
      Files.setPosixFilePermissions(to, OWNER_ONLY);
    } catch (IOException e) {
      throw new LabException("can't write " + to + ": " + e.getMessage(), e);
    }
  }
}
