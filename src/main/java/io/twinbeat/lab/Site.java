package io.twinbeat.lab;

import io.twinbeat.config.Problem;
import io.twinbeat.config.Reading;
import io.twinbeat.config.SiteReader;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What to build: the text of the site's file, what it says, and the machines around it. */
record Site(String text, io.twinbeat.config.Site file, SitePlan plan) {
  /** The BMC simulator speaks cipher suites 0-3 and 6; real BMCs want 17. */
  private static final Pattern CIPHER = Pattern.compile("(?m)\\bcipher:\\s*\"?17\"?");

  static Site of(LabOptions options) {
    String name = options.siteFile().map(Path::toString).orElse("built-in site");
    String written =
        options.siteFile().map(LabFolder::read).orElseGet(() -> SiteFiles.builtIn(options.fence()));
    String text = CIPHER.matcher(written).replaceAll("cipher: 3");
    return switch (SiteReader.read(text, name)) {
      case Reading.Good good -> {
        if (!good.site().onePair() && !options.machines()) {
          throw new LabException(name + " has several tiers: its machines are guests (--machines)");
        }
        yield new Site(text, good.site(), Planner.plan(good.site()));
      }
      case Reading.Bad bad ->
          throw new LabException(
              "the site's file is wrong:\n"
                  + bad.problems().stream()
                      .map(Problem::toString)
                      .collect(Collectors.joining("\n")));
    };
  }
}
