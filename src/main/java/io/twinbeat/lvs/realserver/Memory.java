package io.twinbeat.lvs.realserver;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was before each change that {@code realserver up} made, on disk before the change is made:
 * so {@code down} puts back exactly that, wherever {@code up} was killed. Kernel settings and
 * addresses do not outlive a boot, so neither does this: {@code life} names the boot and the
 * network namespace that it is about.
 */
final class Memory {
  private static final int FORMAT = 1;

  private final Path file;
  private final String life;
  private final List<Done> done = new ArrayList<>();

  private Memory(Path file, String life) {
    this.file = file;
    this.life = life;
  }

  /** One change, in the order in which they are made. */
  sealed interface Done {
    record Changed(String sysctl, String before, String set) implements Done {}

    record SwitchedOn(String device) implements Done {}

    record Added(Setting.Local address) implements Done {}

    /** Whether this is the change that makes the setting so. */
    default boolean serves(Setting setting) {
      return switch (this) {
        case Changed(String sysctl, String _, String _) ->
            setting instanceof Setting.Value value && value.sysctl().equals(sysctl);
        case SwitchedOn(String device) ->
            setting instanceof Setting.Up up && up.device().equals(device);
        case Added(Setting.Local address) -> address.equals(setting);
      };
    }
  }

  /** Empty where nothing was written, or in an earlier life. */
  static Memory read(Path file, String life) throws IOException {
    Memory memory = new Memory(file, life);
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException _) {
      return memory;
    }
    try {
      JsonObject json = JsonParser.parseString(text).getAsJsonObject();
      if (json.get("format").getAsInt() != FORMAT) {
        throw new IOException(file + ": written by another version of Twinbeat");
      }
      if (json.get("life").getAsString().equals(life)) {
        for (JsonElement each : json.getAsJsonArray("done")) {
          memory.done.add(parsed(each.getAsJsonObject()));
        }
      }
    } catch (RuntimeException e) {
      throw new IOException(
          file
              + ": not what 'realserver up' wrote ("
              + e.getMessage()
              + "): what was before is not known; undo by hand, then remove the file",
          e);
    }
    return memory;
  }

  private static Done parsed(JsonObject json) {
    String what = json.get("what").getAsString();
    return switch (what) {
      case "sysctl" ->
          new Done.Changed(
              json.get("name").getAsString(),
              json.get("before").getAsString(),
              json.get("set").getAsString());
      case "up" -> new Done.SwitchedOn(json.get("device").getAsString());
      case "address" ->
          new Done.Added(
              new Setting.Local(
                  json.get("device").getAsString(),
                  InetAddress.ofLiteral(json.get("ip").getAsString())));
      default -> throw new IllegalArgumentException("unknown change " + what);
    };
  }

  private static JsonObject written(Done each) {
    JsonObject json = new JsonObject();
    switch (each) {
      case Done.Changed(String sysctl, String before, String set) -> {
        json.addProperty("what", "sysctl");
        json.addProperty("name", sysctl);
        json.addProperty("before", before);
        json.addProperty("set", set);
      }
      case Done.SwitchedOn(String device) -> {
        json.addProperty("what", "up");
        json.addProperty("device", device);
      }
      case Done.Added(Setting.Local address) -> {
        json.addProperty("what", "address");
        json.addProperty("device", address.device());
        json.addProperty("ip", address.ip().getHostAddress());
      }
    }
    return json;
  }

  List<Done> done() {
    return List.copyOf(done);
  }

  boolean isEmpty() {
    return done.isEmpty();
  }

  /** What a kernel setting was before it was changed; empty where it was not. */
  Optional<String> before(String sysctl) {
    for (Done each : done) {
      if (each instanceof Done.Changed(String name, String before, String _)
          && name.equals(sysctl)) {
        return Optional.of(before);
      }
    }
    return Optional.empty();
  }

  /** Returns when it is on disk. */
  void remember(List<Done> more) throws IOException {
    if (!more.isEmpty()) {
      done.addAll(more);
      write();
    }
  }

  void forget(List<Done> undone) throws IOException {
    if (done.removeAll(undone)) {
      write();
    }
  }

  private void write() throws IOException {
    if (done.isEmpty()) {
      Files.deleteIfExists(file);
      return;
    }
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.addProperty("life", life);
    JsonArray all = new JsonArray();
    done.forEach(each -> all.add(written(each)));
    json.add("done", all);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap((json + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent())) {
      folder.force(true);
    }
  }
}
