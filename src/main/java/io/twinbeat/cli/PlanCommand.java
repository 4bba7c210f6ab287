package io.twinbeat.cli;

import io.twinbeat.config.Reading;
import io.twinbeat.config.Site;
import io.twinbeat.config.SiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    description =
        "What the file does on each machine (with --node on that one alone), and why; the tiers and"
            + " the ways between them. Reads the file alone: asks nobody, changes nothing.")
final class PlanCommand implements Callable<Integer> {
  private final Surroundings at;

  @Mixin final FileArgument files = new FileArgument();

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
    Path path = files.file(at);
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
    if (Here.isMissing(site, files.node())) {
      at.err().println("twinbeat plan: " + path + " has no machine " + files.node().get());
      return Exit.FAILED;
    }
    at.out().print(PlanPage.render(site, files.node()));
    if (svg != null) {
      Files.writeString(svg, PlanDrawing.svg(site));
      at.out().println("drawn: " + svg);
    }
    return Exit.DONE;
  }
}
