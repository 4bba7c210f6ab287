package io.twinbeat.config;

import java.util.List;

/** What came of reading a file: a site that may be run, or everything that is wrong with it. */
public sealed interface Reading {
  /** The file is right; the warnings are worth an operator's look and stop nothing. */
  record Good(Site site, List<Problem> warnings) implements Reading {
    public Good {
      warnings = List.copyOf(warnings);
    }
  }

  /** The file is wrong: at least one problem, in the order of the file. */
  record Bad(List<Problem> problems) implements Reading {
    public Bad {
      problems = List.copyOf(problems);
      if (problems.isEmpty()) {
        throw new IllegalArgumentException("a bad file has a problem");
      }
    }
  }
}
