package io.pgplane.dataplane.stream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringTokenizer;
import java.util.stream.Stream;

/**
 * What {@code resolv.conf} says of names without a dot at their end (resolv.conf(5)). Netty reads
 * this only once, when its class is loaded.
 *
 * @param search the domains to look a name up in
 * @param ndots how many dots a name must have to be looked up first as it is
 */
record ResolvConf(List<String> search, int ndots) {
  private static final String NDOTS = "ndots:";
  private static final int MOST_NDOTS = 15;

  /** Of an unreadable file, what an empty one says. */
  static ResolvConf read(Path file) {
    ResolvConf read = new ResolvConf(List.of(), 1);
    try {
      for (String line : Files.readAllLines(file)) {
        read = read.with(line);
      }
    } catch (IOException e) {
      // HostResolver asks the platform's name servers then.
    }
    return read;
  }

  /** Of {@code domain} and {@code search} the last one counts. */
  private ResolvConf with(String line) {
    StringTokenizer words = new StringTokenizer(line);
    List<String> rest = Stream.generate(words::nextToken).limit(words.countTokens()).toList();
    if (rest.isEmpty()) {
      return this;
    }
    List<String> values = rest.subList(1, rest.size());
    return switch (rest.get(0)) {
      case "domain" -> new ResolvConf(values.stream().limit(1).toList(), ndots);
      case "search" -> new ResolvConf(values, ndots);
      case "options" -> new ResolvConf(search, ndots(values));
      default -> this;
    };
  }

  private int ndots(List<String> options) {
    for (String option : options) {
      if (option.startsWith(NDOTS)) {
        try {
          return Math.min(
              MOST_NDOTS, Math.max(0, Integer.parseInt(option.substring(NDOTS.length()))));
        } catch (NumberFormatException e) {
          return ndots;
        }
      }
    }
    return ndots;
  }
}
