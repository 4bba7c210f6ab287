package io.twinbeat.daemon;

import io.twinbeat.config.Addresses;
import io.twinbeat.config.Group;
import io.twinbeat.config.NginxConfig;
import io.twinbeat.config.Pair;
import io.twinbeat.config.ResourceConfig;
import io.twinbeat.config.UpstreamConfig;
import io.twinbeat.resource.NginxResource;
import io.twinbeat.resource.ReadinessItem;
import io.twinbeat.resource.ResourceException;
import io.twinbeat.resource.UpstreamFiles;
import java.io.IOException;
import java.net.Inet6Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The upstream files of a pair's nginx on this node. Blocks while nginx tests and loads them. */
public final class Upstreams {
  static final String ITEM = "upstream files";

  private static final String HEADER =
      "# Written by 'twinbeat upstreams' from the site's file: changes here are lost.\n";

  private Upstreams() {}

  /** What was done, a sentence each, and how to put all of it back. */
  static final class Change {
    private final List<String> said = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();

    private record Step(UpstreamFiles files, Map<Path, Optional<String>> before) {}

    List<String> said() {
      return said;
    }

    void undo() throws IOException {
      for (Step step : steps.reversed()) {
        try {
          step.files().write(step.before());
        } catch (ResourceException e) {
          throw new IOException("the upstream files could not be put back: " + e.getMessage(), e);
        }
      }
    }
  }

  /** Writes, tests and loads what differs; a sentence for each thing done. */
  public static List<String> write(Pair pair) throws IOException {
    return change(pair, pair).said();
  }

  /**
   * The same for the next file of a pair; what is written for the file before and is not in the
   * next one goes. All of it or nothing.
   */
  static Change change(Pair old, Pair next) throws IOException {
    Change change = new Change();
    for (NginxConfig nginx : all(next)) {
      try {
        UpstreamFiles files = of(nginx);
        UpstreamFiles.Written written = files.write(wanted(old, nginx));
        change.said.addAll(written.said());
        change.steps.add(new Change.Step(files, written.before()));
      } catch (ResourceException e) {
        change.undo();
        throw new IOException(nginx.name() + ": " + e.getMessage(), e);
      }
    }
    return change;
  }

  /** Why nginx would refuse what {@link #change} would write; all is as it was afterwards. */
  static List<String> objections(Pair old, Pair next) {
    List<String> objections = new ArrayList<>();
    for (NginxConfig nginx : all(next)) {
      try {
        of(nginx)
            .refusal(wanted(old, nginx))
            .ifPresent(why ->
                objections.add(
                    nginx.name() + " refuses the upstream files of the changed file: " + why));
      } catch (ResourceException e) {
        objections.add(nginx.name() + ": " + e.getMessage());
      }
    }
    return objections;
  }

  /** The files that are not as the site's file has it. */
  public static List<Path> differing(Pair pair) throws IOException {
    List<Path> differing = new ArrayList<>();
    for (NginxConfig nginx : all(pair)) {
      try {
        differing.addAll(UpstreamFiles.differing(wanted(pair, nginx)));
      } catch (ResourceException e) {
        throw new IOException(nginx.name() + ": " + e.getMessage(), e);
      }
    }
    return differing;
  }

  static boolean any(Pair pair) {
    return all(pair).stream().anyMatch(nginx -> !nginx.upstreams().isEmpty());
  }

  /**
   * Whether they are those of the file that this daemon runs with. A daemon that starts does not
   * write them: it may start under an nginx that serves, with a file that is half way edited on
   * this node alone, or after an emergency edit by hand; who orders a reload has all of that tried
   * first, on both nodes.
   */
  static ReadinessItem item(Pair pair) {
    try {
      List<Path> differing = differing(pair);
      return differing.isEmpty()
          ? ReadinessItem.good(ITEM, "as the site's file has them")
          : ReadinessItem.bad(
              ITEM,
              differing.getFirst()
                  + (differing.size() > 1 ? " and " + (differing.size() - 1) + " more are" : " is")
                  + " not as the site's file has it",
              "on this node: twinbeat upstreams");
    } catch (IOException e) {
      return ReadinessItem.bad(ITEM, e.getMessage(), "see that the daemon may read it");
    }
  }

  private static UpstreamFiles of(NginxConfig nginx) {
    Path binary = nginx.binary().orElse(NginxResource.Settings.BINARY);
    return new UpstreamFiles(binary, nginx.config(), ResourceFactory.unit(nginx));
  }

  private static List<NginxConfig> all(Pair pair) {
    List<NginxConfig> all = new ArrayList<>();
    for (Group group : pair.groups()) {
      for (ResourceConfig resource : group.resources()) {
        if (resource instanceof NginxConfig nginx) {
          all.add(nginx);
        }
      }
    }
    return all;
  }

  private static Map<Path, Optional<String>> wanted(Pair old, NginxConfig nginx)
      throws ResourceException {
    Map<Path, Optional<String>> wanted = new LinkedHashMap<>();
    nginx.upstreams().forEach(each -> wanted.put(each.file(), Optional.of(text(each))));
    for (NginxConfig before : all(old)) {
      if (before.config().equals(nginx.config())) {
        for (UpstreamConfig gone : before.upstreams()) {
          if (!wanted.containsKey(gone.file()) && isOurs(gone.file())) {
            wanted.put(gone.file(), Optional.empty());
          }
        }
      }
    }
    return wanted;
  }

  private static boolean isOurs(Path file) throws ResourceException {
    return UpstreamFiles.present(file).filter(text -> text.startsWith(HEADER)).isPresent();
  }

  static String text(UpstreamConfig upstream) {
    StringBuilder text = new StringBuilder(HEADER);
    text.append("upstream ").append(upstream.name()).append(" {\n");
    for (UpstreamConfig.Server server : upstream.servers()) {
      String ip = Addresses.shown(server.ip());
      text.append("    server ")
          .append(server.ip() instanceof Inet6Address ? "[" + ip + "]" : ip)
          .append(':')
          .append(server.port())
          .append("; # ")
          .append(server.name())
          .append('\n');
    }
    return text.append("}\n").toString();
  }
}
