package io.twinbeat.cli;

import io.twinbeat.config.Pair;
import io.twinbeat.config.Reading;
import io.twinbeat.config.Site.Role;
import io.twinbeat.config.SiteReader;
import io.twinbeat.daemon.Upstreams;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    description =
        "Writes the upstream files of this node's nginx from the file's 'upstreams', tests them with"
            + " nginx -t, and reloads nginx; what nginx refuses is put back as it was.")
final class UpstreamsCommand implements Callable<Integer> {
  private final Surroundings at;

  @Mixin final FileOptions files = new FileOptions();

  @Option(names = "--check", description = "only say which files are not as they should be")
  boolean check;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this")
  boolean help;

  UpstreamsCommand(Surroundings at) {
    this.at = at;
  }

  @Override
  public Integer call() throws IOException {
    Path file = files.file(at);
    return switch (SiteReader.read(file)) {
      case Reading.Bad bad -> {
        bad.problems().forEach(problem -> at.err().println(problem));
        yield Exit.FAILED;
      }
      case Reading.Good good ->
          Here.role(good.site(), files.node()).orElse(null) instanceof Role.OfNode role
              ? on(role.pair())
              : none(file);
    };
  }

  private int none(Path file) {
    at.err().println("twinbeat upstreams: this machine is no node of a pair in " + file);
    return Exit.FAILED;
  }

  private int on(Pair pair) throws IOException {
    if (check) {
      List<Path> differing = Upstreams.differing(pair);
      differing.forEach(path -> at.out().println(path + ": not as the file has it"));
      return differing.isEmpty() ? Exit.DONE : Exit.FAILED;
    }
    List<String> said = Upstreams.write(pair);
    said.forEach(sentence -> at.out().println(sentence));
    if (said.isEmpty()) {
      at.out().println("nothing to write: all is as the file has it");
    }
    return Exit.DONE;
  }
}
