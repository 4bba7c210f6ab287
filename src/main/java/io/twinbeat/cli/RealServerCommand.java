package io.twinbeat.cli;

import io.twinbeat.config.Addresses;
import io.twinbeat.config.ForwardingMode;
import io.twinbeat.config.NodeName;
import io.twinbeat.config.Reading;
import io.twinbeat.config.RealServerDuty;
import io.twinbeat.config.Site;
import io.twinbeat.config.SiteReader;
import io.twinbeat.daemon.RealServerSide;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    description = {
      "What this machine needs as a real server behind an LVS director: the virtual address where"
          + " packets for it are taken and no neighbour is told of it (DR, TUN), or the way back"
          + " (NAT). Which directors, addresses and modes: the file says.",
      "up makes it so, twice is once; down puts back what up found; check looks, item by item."
    })
final class RealServerCommand implements Callable<Integer> {
  private final Surroundings at;

  @Parameters(index = "0", paramLabel = "up|down|check", description = "what to do")
  String verb;

  @Mixin final FileOptions files = new FileOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this")
  boolean help;

  RealServerCommand(Surroundings at) {
    this.at = at;
  }

  @Override
  public Integer call() throws IOException {
    if (!List.of("up", "down", "check").contains(verb)) {
      at.err().println("twinbeat realserver: '" + verb + "'; expected up, down or check");
      return Exit.USAGE;
    }
    Path file = files.file(at);
    return switch (SiteReader.read(file)) {
      case Reading.Bad bad -> {
        bad.problems().forEach(problem -> at.err().println(problem));
        yield Exit.FAILED;
      }
      case Reading.Good good -> {
        String name = files.node().isPresent() ? files.node().get() : NodeName.self();
        yield run(file, good.site(), name);
      }
    };
  }

  private int run(Path file, Site site, String name) throws IOException {
    RealServerSide side = RealServerSide.of(site, name);
    if (verb.equals("down")) {
      return told(side.down(), "nothing was to be put back");
    }
    side.duties().forEach(duty -> at.out().println(name + ": " + sentence(duty)));
    boolean known = !side.duties().isEmpty();
    int exit =
        verb.equals("up")
            ? told(side.up(), known ? "all was so already" : "nothing was done")
            : Items.print(at, side.check());
    return known ? exit : unknown(file, name);
  }

  /** What was up for a file that named it is put back by now. */
  private int unknown(Path file, String name) {
    at.err()
        .println(
            "twinbeat realserver: no director of "
                + file
                + " has this machine as a real server, neither by its name ("
                + name
                + ") nor by an address that it has now");
    return Exit.FAILED;
  }

  private int told(List<String> changes, String nothing) {
    changes.forEach(change -> at.out().println("  " + change));
    if (changes.isEmpty()) {
      at.out().println("  " + nothing);
    }
    return Exit.DONE;
  }

  /** What a machine does for a virtual address, and for whom. */
  static String sentence(RealServerDuty duty) {
    String mode = duty.mode().name().toLowerCase(Locale.ROOT);
    String vip = Addresses.shown(duty.vip());
    String what =
        duty.mode() == ForwardingMode.NAT
            ? "answers go back through the director of " + vip
            : "serves for " + vip + ", silently";
    return what
        + " ("
        + mode
        + ", "
        + String.join(", ", duty.services())
        + " of pair "
        + duty.director().name()
        + ", group "
        + duty.group().name()
        + ")";
  }
}
