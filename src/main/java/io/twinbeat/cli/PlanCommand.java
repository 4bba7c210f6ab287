package io.twinbeat.cli;

import io.twinbeat.config.Reading;
import io.twinbeat.config.Site;
import io.twinbeat.config.SiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    description =
        "What the file does on each machine, and why; the tiers and the ways between them. Reads the"
            + " file alone: asks nobody, changes nothing.")
final class PlanCommand implements Callable<Integer> {
  private final Surroundings at;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "the file (or TWINBEAT_CONFIG; else /etc/twinbeat/twinbeat.yaml)")
  Path file;

  @Option(names = "--node", paramLabel = "NAME", description = "of this machine alone")
  String node;

  @Option(names = "--svg", paramLabel = "PICTURE", description = "draws the site into this file")
  Path svg;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this")
  boolean help;

  PlanCommand(Surroundings at) {
    this.at = at;
  }

  @Override
  public Integer call() throws IOException {
    Path path = file == null ? at.config() : file;
    return switch (SiteReader.read(path)) {
      case Reading.Bad bad -> {
        bad.problems().forEach(problem -> at.err().println(problem));
        yield Exit.FAILED;
      }
      case Reading.Good good -> {
        good.warnings().forEach(warning -> at.err().println("warning: " + warning));
        yield shown(path, good.site());
      }
    };
  }

  private int shown(Path path, Site site) throws IOException {
    if (node != null && site.role(node).isEmpty()) {
      at.err().println("twinbeat plan: " + path + " has no machine " + node);
      return Exit.FAILED;
    }
    at.out().print(PlanPage.render(site, Optional.ofNullable(node)));
    if (svg != null) {
      Files.writeString(svg, PlanDrawing.svg(site));
      at.out().println("drawn: " + svg);
    }
    return Exit.DONE;
  }
}
